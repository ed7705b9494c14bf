import { periodAt } from './period-dates';
import { type Happening } from './subscription-event';
import { type Period, rhythmOf, type Subscription } from './subscription';
import { datesOf, dueOf, nextStep, openingOf, unquotedFrom } from './subscription-plan';
import { LIVE_STATUSES } from './subscription-states';

/** What money, people and time make of a subscription: from what it is to what it becomes. Pure. */

/** A subscription that is held, with the periods that matter. */
export interface Held {
  readonly subscription: Subscription;
  /** The one that waits for money. */
  readonly open: Period | null;
  /** Of the open period, the first that was not sent yet. */
  readonly reminderAt: Date | null;
}

/** What is written of a move, and told. */
export interface Move {
  readonly subscription: Subscription;
  readonly open: Period | null;
  readonly reminderAt: Date | null;
  /** As they are from now on. */
  readonly periods: readonly Period[];
  readonly happenings: readonly Happening[];
  /** The open period is not waited for any more: its invoice is to be cancelled. */
  readonly withdraws?: Period;
  /** The invoice that was not paid in time takes no more money: what it has received is to be held. */
  readonly releases?: true;
  /** Its invoice was made for another period. */
  readonly repurposes?: Period;
}

/** Makes the row of a period that has none yet. */
export type NewPeriod = (index: number, members: Pick<Period, 'state' | 'invoiceId'>) => Period;

export const untouched = (held: Held): Move => ({ ...held, periods: [], happenings: [] });

/** The same with its next instant worked out. */
export function settled(move: Move): Move {
  const { subscription, open, reminderAt } = move;
  const waiting = open === null || subscription.cancelAtPeriodEnd ? null : reminderAt;
  return {
    ...move,
    reminderAt: waiting,
    subscription: { ...subscription, dueAt: dueOf(subscription, open, waiting) },
  };
}

/** The invoice of a period is paid. Null where that moves nothing. */
export function paid(held: Held, period: Period, closedAt: Date, newPeriod: NewPeriod): Move | null {
  const { status } = held.subscription;
  if (status === 'incomplete' || status === 'incomplete_expired') return activated(held, period, closedAt);
  if (status !== 'lapsed' && !isWaiting(held, period)) return null;
  // Also before time has said that the grace is over: what closed later does not renew what is past.
  const isLate = status === 'lapsed' || (period.endsAt !== null && closedAt >= period.endsAt);
  return isLate ? reactivated(held, period, closedAt, newPeriod) : renewed(held, period);
}

export function isWaiting({ subscription, open }: Held, { id }: Period): boolean {
  return LIVE_STATUSES.includes(subscription.status) && open?.id === id;
}

/** The first period is paid: everything is counted from the close of that ledger. */
export function activated({ subscription, open }: Held, period: Period, closedAt: Date): Move {
  const begun: Subscription = { ...subscription, status: 'active', anchorAt: closedAt, reason: null, nextIndex: 1 };
  const dates = datesOf(begun);
  const paid: Period = { ...period, state: 'paid', startsAt: dates.start(0), endsAt: dates.end(0) };
  return settled({
    subscription: { ...begun, paidThrough: dates.end(0), nextOpenAt: openingOf(begun, 1) },
    open: open?.id === period.id ? null : open,
    reminderAt: null,
    periods: [paid],
    happenings: [{ type: 'subscription.activated', period: paid }],
  });
}

/** `releaseAt`: when what its invoice has received is held, because nothing can complete it any more; null where there is nothing. */
export function enrolmentExpired({ subscription }: Held, period: Period, releaseAt: Date | null): Move {
  const over: Period = { ...period, state: 'cancelled' };
  return settled({
    subscription: { ...subscription, status: 'incomplete_expired', reason: 'enrolment_expired', dueAt: releaseAt },
    open: null,
    reminderAt: null,
    periods: [over],
    happenings: [{ type: 'subscription.incomplete_expired', period: over }],
  });
}

export function renewed({ subscription }: Held, period: Period): Move {
  const paid: Period = { ...period, state: 'paid' };
  return settled({
    subscription: { ...subscription, status: 'active', reason: flagged(subscription), paidThrough: period.endsAt },
    open: null,
    reminderAt: null,
    periods: [paid],
    happenings: [{ type: 'subscription.renewed', period: paid }],
  });
}

export function pastDue(held: Move): Move {
  const { open, subscription, periods, happenings } = held;
  if (open === null) throw new Error(`no period of subscription ${subscription.id} waits for money`);
  const late: Period = { ...open, state: 'past_due' };
  return {
    ...held,
    subscription: { ...subscription, status: 'past_due', reason: flagged(subscription) ?? 'period_unpaid' },
    open: late,
    periods: withPeriod(periods, late),
    happenings: [...happenings, { type: 'subscription.past_due', period: late }],
  };
}

/** Its grace is over. Whoever was not told that it was due is told both. `releaseAt` as above. */
export function lapsed(held: Held, period: Period, releaseAt: Date | null): Move {
  const before = period.state === 'open' ? pastDue({ ...untouched(held), open: period }) : untouched(held);
  const over: Period = { ...period, state: 'lapsed' };
  return settled({
    subscription: { ...before.subscription, status: 'lapsed', reason: 'grace_over', dueAt: releaseAt },
    open: null,
    reminderAt: null,
    periods: [over],
    happenings: [...before.happenings, { type: 'subscription.lapsed', period: over }],
  });
}

/** Late money pays the period in which it closed. What lies between was not asked for. */
export function reactivated(held: Held, period: Period, closedAt: Date, newPeriod: NewPeriod): Move {
  const { subscription } = held;
  const { anchorAt, billingCycles } = subscription;
  if (anchorAt === null || period.invoiceId === null) throw new Error(`subscription ${subscription.id} has not begun`);
  const at = periodAt(anchorAt, rhythmOf(subscription), closedAt);
  const index = Math.max(period.index, Math.min(at, (billingCycles ?? Infinity) - 1));
  const skipped: Period[] =
    index === period.index
      ? []
      : [
          { ...period, state: 'skipped', invoiceId: null },
          ...range(period.index + 1, index).map((each) => newPeriod(each, { state: 'skipped', invoiceId: null })),
        ];
  const paid: Period =
    index === period.index
      ? { ...period, state: 'paid' }
      : newPeriod(index, { state: 'paid', invoiceId: period.invoiceId });
  const back: Subscription = {
    ...subscription,
    status: 'active',
    reason: subscription.status === 'lapsed' ? null : flagged(subscription),
    paidThrough: paid.endsAt,
    nextIndex: Math.max(subscription.nextIndex, index + 1),
  };
  return settled({
    subscription: { ...back, nextOpenAt: openingOf(back, back.nextIndex) },
    open: null,
    reminderAt: null,
    periods: [...skipped, paid],
    happenings: [
      ...skipped.map((each): Happening => ({ type: 'subscription.period_skipped', period: each })),
      { type: 'subscription.reactivated', period: paid },
    ],
    ...(index === period.index ? {} : { repurposes: paid }),
  });
}

/** The merchant has cancelled the invoice of a period: it is not asked for, and the next one is. */
export function withdrawn({ subscription }: Held, period: Period): Move {
  const over: Period = { ...period, state: 'cancelled' };
  return settled({
    subscription: { ...subscription, status: 'active', reason: flagged(subscription) },
    open: null,
    reminderAt: null,
    periods: [over],
    happenings: [{ type: 'subscription.period_skipped', period: over }],
  });
}

/** Nobody is asked any more. What was paid stays paid. */
export function cancelled(held: Held, reason: string, at: Date): Move {
  const { subscription, open } = held;
  const over: Period | null = open === null ? null : { ...open, state: 'cancelled' };
  return settled({
    subscription: { ...subscription, status: 'cancelled', reason, cancelledAt: at, pausedUntil: null },
    open: null,
    reminderAt: null,
    periods: over === null ? [] : [over],
    happenings: [{ type: 'subscription.cancelled', period: over }],
    ...(open === null ? {} : { withdraws: open }),
  });
}

/** Everything that time does up to an instant, short of what needs an invoice: the move so far, and the period to open. */
export function advanced(
  held: Held | Move,
  at: Date,
  newPeriod: NewPeriod,
): { readonly move: Move; readonly opens: number | null } {
  let move: Move = 'periods' in held ? held : untouched(held);
  for (;;) {
    const step = nextStep(move.subscription, move.open, at);
    if (step === null) return { move: settled(move), opens: null };
    if (step.does === 'open') return { move: settled(move), opens: step.index };
    move = taken(move, step, at, newPeriod);
  }
}

function taken(
  move: Move,
  step: Exclude<NonNullable<ReturnType<typeof nextStep>>, { does: 'open' }>,
  at: Date,
  newPeriod: NewPeriod,
): Move {
  const { subscription } = move;
  switch (step.does) {
    case 'resume':
      return told({ ...move, subscription: { ...subscription, pausedUntil: null } }, 'subscription.resumed');
    case 'past_due':
      return pastDue(move);
    case 'release':
      return { ...move, subscription: { ...subscription, dueAt: null }, releases: true };
    case 'complete':
      return told(
        { ...move, subscription: { ...subscription, status: 'completed', reason: 'last_period_over' } },
        'subscription.completed',
      );
    case 'lapse':
      return move.open === null ? move : after(move, lapsed(move, move.open, unquotedFrom(subscription, move.open)));
    case 'end':
      return after(move, cancelled(move, subscription.reason ?? 'payer_cancelled', at));
    case 'skip': {
      const skipped = range(subscription.nextIndex, step.through).map((index) =>
        newPeriod(index, { state: 'skipped', invoiceId: null }),
      );
      const next: Subscription = { ...subscription, nextIndex: step.through };
      return {
        ...move,
        subscription: { ...next, nextOpenAt: openingOf(next, next.nextIndex) },
        periods: [...move.periods, ...skipped],
        happenings: [
          ...move.happenings,
          ...skipped.map((period): Happening => ({ type: 'subscription.period_skipped', period })),
        ],
      };
    }
  }
}

/** One move after another. */
function after(move: Move, next: Move): Move {
  return {
    ...next,
    periods: next.periods.reduce(withPeriod, move.periods),
    happenings: [...move.happenings, ...next.happenings],
  };
}

/** Its invoice is open. */
export function opened(move: Move, period: Period, reminderAt: Date | null): Move {
  const next: Subscription = { ...move.subscription, nextIndex: period.index + 1 };
  return {
    ...move,
    subscription: { ...next, nextOpenAt: openingOf(next, next.nextIndex) },
    open: period,
    reminderAt,
    periods: [...move.periods, period],
    happenings: [...move.happenings, { type: 'subscription.invoice_opened', period }],
  };
}

/** Who wants it to end with the time that is paid for. */
function flagged({ cancelAtPeriodEnd, reason }: Subscription): string | null {
  return cancelAtPeriodEnd ? reason : null;
}

function told(move: Move, type: Happening['type']): Move {
  return { ...move, happenings: [...move.happenings, { type, period: null }] };
}

function withPeriod(periods: readonly Period[], period: Period): Period[] {
  return [...periods.filter(({ id }) => id !== period.id), period];
}

/** From the first number on, without the last. */
function range(first: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - first) }, (_unused, at) => first + at);
}
