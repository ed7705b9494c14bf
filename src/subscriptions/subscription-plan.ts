import { periodEnd, periodStart } from './period-dates';
import { type Period, rhythmOf, type Subscription } from './subscription';
import { LIVE_STATUSES, UNPAID_STATUSES } from './subscription-states';

/** What is due at a subscription, and when. Pure. */

const DAY_MS = 86_400_000;
/** Longer than money for a quote that has ended is taken. */
const QUOTES_LATE_MS = 3_600_000;
/** Invoices of one instant are opened within this part of the lead time, so that midnight is no burst. */
const SPREAD = 0.1;

/** The dates of a subscription that has begun. Throws for one that has not. */
export interface Dates {
  start(index: number): Date;
  end(index: number): Date;
}

export function datesOf(subscription: Subscription): Dates {
  const { anchorAt } = subscription;
  if (anchorAt === null) throw new Error(`subscription ${subscription.id} has not begun`);
  const rhythm = rhythmOf(subscription);
  return {
    start: (index) => periodStart(anchorAt, rhythm, index),
    end: (index) => periodEnd(anchorAt, rhythm, index),
  };
}

/** When the invoice of a period is opened: ahead of it, and never after it has begun. */
export function openingOf(subscription: Subscription, index: number): Date {
  const leadMs = subscription.openDays * DAY_MS;
  const share = Number.parseInt(subscription.id.slice(-8), 16) / 2 ** 32;
  const opensMs = datesOf(subscription).start(index).getTime() - leadMs + leadMs * SPREAD * share;
  return new Date(Math.floor(opensMs / 1000) * 1000);
}

/** Until when the invoice of a period can be paid; a till that was closed gives the payer the whole grace, and no period ends after itself. */
export function deadlineOf(subscription: Subscription, index: number, openedAt: Date): Date {
  const dates = datesOf(subscription);
  const fromMs = Math.max(dates.start(index).getTime(), openedAt.getTime());
  return new Date(Math.min(fromMs + subscription.graceDays * DAY_MS, dates.end(index).getTime()));
}

/** True when every period that was agreed on has been opened. */
export function isLast({ nextIndex, billingCycles }: Subscription): boolean {
  return billingCycles !== null && nextIndex >= billingCycles;
}

/** What time does next. */
export type Step =
  | { readonly does: 'resume' | 'end' | 'complete' | 'past_due' | 'lapse' | 'release' }
  | { readonly does: 'skip'; readonly through: number }
  | { readonly does: 'open'; readonly index: number };

/** The first thing that is due at an instant; null when nothing is. `open` is the one period that waits for money. */
export function nextStep(subscription: Subscription, open: Period | null, at: Date): Step | null {
  const { pausedUntil, cancelAtPeriodEnd, paidThrough, dueAt } = subscription;
  if (UNPAID_STATUSES.includes(subscription.status)) return dueAt !== null && dueAt <= at ? { does: 'release' } : null;
  if (!LIVE_STATUSES.includes(subscription.status)) return null;
  if (pausedUntil !== null && pausedUntil <= at) return { does: 'resume' };
  if (cancelAtPeriodEnd && paidThrough !== null && paidThrough <= at) return { does: 'end' };
  if (open !== null) return waitingStep(subscription, open, at);
  return cancelAtPeriodEnd ? null : openStep(subscription, at);
}

/** The invoice of a period ends by its own deadline; where a payer chooses one each time, the period itself does. */
function waitingStep(subscription: Subscription, open: Period, at: Date): Step | null {
  if (open.state === 'open' && open.startsAt !== null && open.startsAt <= at) return { does: 'past_due' };
  const end = chosenUntil(subscription, open);
  return end !== null && end <= at ? { does: 'lapse' } : null;
}

/** Until when a period that is priced in fiat is waited for; null for any other. */
function chosenUntil(subscription: Subscription, { linkId, index, createdAt }: Period): Date | null {
  return linkId === null ? null : deadlineOf(subscription, index, createdAt);
}

/** From when on no quote for a period that is priced in fiat can be paid, not even late. */
export function unquotedFrom(subscription: Subscription, { index, createdAt }: Period): Date {
  const deadline = deadlineOf(subscription, index, createdAt);
  return new Date(deadline.getTime() + subscription.reactivationDays * DAY_MS + QUOTES_LATE_MS);
}

/** Nothing waits for money: the next period is passed over, opened, or not there any more. */
function openStep(subscription: Subscription, at: Date): Step | null {
  const { nextIndex: index, pausedUntil } = subscription;
  const dates = datesOf(subscription);
  if (isLast(subscription)) return dates.start(index) <= at ? { does: 'complete' } : null;
  const isOver = (period: number): boolean => dates.end(period) <= at;
  const isPaused = (period: number): boolean =>
    pausedUntil !== null && dates.start(period) < pausedUntil && dates.start(period) <= at;
  let through = index;
  while ((isOver(through) || isPaused(through)) && through < (subscription.billingCycles ?? Infinity)) through += 1;
  if (through > index) return { does: 'skip', through };
  return pausedUntil === null && openingOf(subscription, index) <= at ? { does: 'open', index } : null;
}

/** When `nextStep` will have something to say, or a reminder is due; null while only money or people move it. */
export function dueOf(subscription: Subscription, open: Period | null, reminderAt: Date | null = null): Date | null {
  // When its invoice takes no more money was said when it ended.
  if (UNPAID_STATUSES.includes(subscription.status)) return subscription.dueAt;
  if (!LIVE_STATUSES.includes(subscription.status)) return null;
  const instants = [reminderAt, subscription.pausedUntil, ...waits(subscription, open)].flatMap((each) => each ?? []);
  return instants.length === 0 ? null : new Date(Math.min(...instants.map((each) => each.getTime())));
}

function waits(subscription: Subscription, open: Period | null): (Date | null)[] {
  const { nextIndex, cancelAtPeriodEnd, paidThrough, pausedUntil } = subscription;
  const end = cancelAtPeriodEnd ? paidThrough : null;
  if (open !== null) return [end, open.state === 'open' ? open.startsAt : chosenUntil(subscription, open)];
  if (cancelAtPeriodEnd) return [end];
  const start = datesOf(subscription).start(nextIndex);
  return [isLast(subscription) || pausedUntil !== null ? start : openingOf(subscription, nextIndex)];
}
