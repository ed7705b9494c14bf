import type { Period, Subscription } from './subscription';
import { type Held, type NewPeriod, paid, withdrawn } from './subscription-moves';
import { datesOf } from './subscription-plan';

const ANCHOR = new Date('2027-01-10T10:00:00.000Z');

function subscription(members: Partial<Subscription> = {}): Subscription {
  return {
    merchantId: 'm',
    id: '00000000-0000-7000-8000-000000000000',
    status: 'past_due',
    reason: 'period_unpaid',
    anchorAt: ANCHOR,
    nextIndex: 2,
    paidThrough: new Date('2027-02-10T10:00:00.000Z'),
    interval: 'month',
    intervalCount: 1,
    billingCycles: null,
    openDays: 5,
    cancelAtPeriodEnd: false,
    pausedUntil: null,
    ...members,
  } as Subscription;
}

const newPeriodOf =
  (of: Subscription): NewPeriod =>
  (index, { state, invoiceId }) => ({
    merchantId: 'm',
    subscriptionId: of.id,
    id: `period-${index}`,
    index,
    startsAt: datesOf(of).start(index),
    endsAt: datesOf(of).end(index),
    invoiceId,
    linkId: null,
    linkPublicId: null,
    state,
    amount: 1n,
    createdAt: ANCHOR,
  });

/** Its second period waits for money. */
function waiting(members: Partial<Subscription> = {}): { held: Held; period: Period; newPeriod: NewPeriod } {
  const of = subscription(members);
  const newPeriod = newPeriodOf(of);
  const period = newPeriod(1, { state: 'past_due', invoiceId: 'invoice' });
  return { held: { subscription: of, open: period, reminderAt: null }, period, newPeriod };
}

it.each([
  ['2027-03-10T09:59:59.999Z', 'past_due', ['1 paid'], '2027-03-10', 'subscription.renewed'],
  ['2027-03-10T10:00:00.000Z', 'past_due', ['1 skipped', '2 paid'], '2027-04-10', 'subscription.reactivated'],
  [
    '2027-05-01T00:00:00.000Z',
    'active',
    ['1 skipped', '2 skipped', '3 paid'],
    '2027-05-10',
    'subscription.reactivated',
  ],
  ['2027-03-10T10:00:00.000Z', 'lapsed', ['1 skipped', '2 paid'], '2027-04-10', 'subscription.reactivated'],
] as const)(
  'money that closed at %s, while the status is %s, makes of the periods %j',
  (at, status, made, through, told) => {
    const { held, period, newPeriod } = waiting({ status });
    const move = paid(held, period, new Date(at), newPeriod);
    expect(move?.periods.map(({ index, state }) => `${index} ${state}`)).toEqual(made);
    expect(move?.subscription.status).toBe('active');
    expect(move?.subscription.paidThrough?.toISOString().slice(0, 10)).toBe(through);
    expect(move?.happenings.at(-1)?.type).toBe(told);
    expect([move?.open, move?.subscription.nextIndex]).toEqual([null, Math.max(2, made.length + 1)]);
  },
);

it('money of a period that nobody waits for moves nothing', () => {
  const { held, period, newPeriod } = waiting();
  expect(paid({ ...held, open: null }, period, ANCHOR, newPeriod)).toBeNull();
});

it.each(['2027-02-20T00:00:00.000Z', '2027-03-20T00:00:00.000Z'])(
  'who wanted it to end is still known when it is paid at %s',
  (at) => {
    const { held, period, newPeriod } = waiting({ cancelAtPeriodEnd: true, reason: 'merchant_cancelled' });
    expect(paid(held, period, new Date(at), newPeriod)?.subscription.reason).toBe('merchant_cancelled');
  },
);

it.each([
  [true, 'merchant_cancelled'],
  [false, null],
])(
  'a period that is not asked for forgets that it was late, not who wanted the end (scheduled: %s)',
  (cancelAtPeriodEnd, reason) => {
    const { held, period } = waiting({ cancelAtPeriodEnd, reason: reason ?? 'period_unpaid' });
    expect(withdrawn(held, period).subscription).toMatchObject({ status: 'active', reason });
  },
);
