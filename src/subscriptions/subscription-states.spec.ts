import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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

it('the table of the documentation has every arrow and no other', () => {
  const text = readFileSync(join(__dirname, '../../docs/subscriptions.md'), 'utf8');
  const [, states = ''] = text.split('## States');
  const [table = ''] = states.split('\n\n', 3).filter((part) => part.includes('| `incomplete` |'));
  const wordsOf = (cell = ''): string[] => [...cell.matchAll(/`(\w+)`/g)].map(([, word = '']) => word);
  const isStatus = (word: string): boolean => (SUBSCRIPTION_STATUSES as readonly string[]).includes(word);
  const told = table
    .split('\n')
    .slice(2)
    .flatMap((row) => {
      const [, from, , to] = row.split('|');
      return wordsOf(from).map((status) => [status, wordsOf(to).filter(isStatus).toSorted()] as const);
    });
  const drawn = Object.entries(SUBSCRIPTION_TRANSITIONS).map(([from, to]) => [from, to.toSorted()] as const);
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(drawn));
});
