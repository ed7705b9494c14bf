import { assertSound } from '../common/state-machine';
import { SUBSCRIPTION_STATUSES, SUBSCRIPTION_TRANSITIONS, subscriptionSources } from './subscription-states';

it('the table of subscriptions is sound', () => {
  expect(() => assertSound('subscription', SUBSCRIPTION_TRANSITIONS, ['incomplete'])).not.toThrow();
  expect(Object.keys(SUBSCRIPTION_TRANSITIONS).toSorted()).toEqual([...SUBSCRIPTION_STATUSES].toSorted());
});

it('nothing leaves what was cancelled or completed', () => {
  expect(SUBSCRIPTION_TRANSITIONS.cancelled).toEqual([]);
  expect(SUBSCRIPTION_TRANSITIONS.completed).toEqual([]);
  expect(subscriptionSources('active').toSorted()).toEqual(['incomplete', 'incomplete_expired', 'lapsed', 'past_due']);
});
