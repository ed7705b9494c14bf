import type { Period, Subscription } from './subscription';
import { advanced, type Held, type NewPeriod } from './subscription-moves';
import { dueOf, nextStep, unquotedFrom } from './subscription-plan';

const START = new Date('2027-02-10T10:00:00.000Z');
const at = (text: string): Date => new Date(`2027-${text}Z`);

const SUBSCRIPTION = {
  merchantId: 'm',
  id: '00000000-0000-7000-8000-000000000000',
  status: 'active',
  reason: null,
  anchorAt: at('01-10T10:00:00.000'),
  nextIndex: 2,
  paidThrough: START,
  interval: 'month',
  intervalCount: 1,
  billingCycles: null,
  openDays: 5,
  graceDays: 7,
  reactivationDays: 30,
  cancelAtPeriodEnd: false,
  pausedUntil: null,
  payCurrency: null,
} as Partial<Subscription> as Subscription;

const OPEN: Period = {
  merchantId: 'm',
  subscriptionId: SUBSCRIPTION.id,
  id: 'p',
  index: 1,
  startsAt: START,
  endsAt: at('03-10T10:00:00.000'),
  invoiceId: null,
  linkId: 'l',
  linkPublicId: 'link',
  state: 'open',
  amount: 125_000_000n,
  createdAt: at('02-05T10:00:00.000'),
};
const DUE: Period = { ...OPEN, state: 'past_due' };
const newPeriod: NewPeriod = () => {
  throw new Error('nothing is opened');
};

describe('a period that the payer chooses for', () => {
  it.each<[string, Period, string, string | null]>([
    ['is waited for before it begins', OPEN, '02-10T09:59:59.999', null],
    ['is due when it begins', OPEN, '02-10T10:00:00.000', 'past_due'],
    ['is waited for within its grace', DUE, '02-17T09:59:59.999', null],
    ['lapses after it, without any invoice', DUE, '02-17T10:00:00.000', 'lapse'],
    [
      'leaves that to its invoice, where it has one',
      { ...DUE, linkId: null, invoiceId: 'i' },
      '02-20T00:00:00.000',
      null,
    ],
  ])('%s', (_what, open, now, does) => {
    expect(
      nextStep({ ...SUBSCRIPTION, status: open.state === 'open' ? 'active' : 'past_due' }, open, at(now))?.does ?? null,
    ).toBe(does);
  });

  it('has its instants in the queue, one after the other', () => {
    expect(dueOf(SUBSCRIPTION, OPEN)).toEqual(START);
    expect(dueOf({ ...SUBSCRIPTION, status: 'past_due' }, DUE)).toEqual(at('02-17T10:00:00.000'));
  });

  it('is told due and lapsed, once each, by whoever comes late, and its money is looked at when no quote can be paid', () => {
    const held: Held = { subscription: SUBSCRIPTION, open: OPEN, reminderAt: null };
    const { move, opens } = advanced(held, at('02-20T00:00:00.000'), newPeriod);
    expect([opens, move.open, move.subscription.status]).toEqual([null, null, 'lapsed']);
    expect(move.happenings.map(({ type, period }) => `${type} ${period?.state}`)).toEqual([
      'subscription.past_due past_due',
      'subscription.lapsed lapsed',
    ]);
    expect(move.periods.map(({ index, state, linkId }) => [index, state, linkId])).toEqual([[1, 'lapsed', 'l']]);
    expect(move.subscription.dueAt).toEqual(unquotedFrom(SUBSCRIPTION, OPEN));
    expect(unquotedFrom(SUBSCRIPTION, OPEN).getTime()).toBeGreaterThan(at('03-19T10:05:00.000').getTime());
  });
});
