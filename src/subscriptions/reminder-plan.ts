import type { Interval } from '../links/terms/recurrence';
import type { Subscription } from './subscription';

/** What a subscriber is reminded of in one period, and when. Pure. */

export const REMINDER_KINDS = ['opening', 'before_start', 'start', 'after_start', 'grace_end'] as const;
export type ReminderKind = (typeof REMINDER_KINDS)[number];

export interface PlannedReminder {
  readonly kind: ReminderKind;
  readonly dueAt: Date;
}

const DAY_MS = 86_400_000;

/** Days from the beginning of the period, or (`grace_end`) from the end of its grace. */
const DAYS: Readonly<Record<Interval, Readonly<Partial<Record<Exclude<ReminderKind, 'opening'>, number>>>>> = {
  day: {},
  week: { start: 0, after_start: 2 },
  month: { start: 0, after_start: 3, grace_end: -1 },
  year: { before_start: -7, start: 0, after_start: 7, grace_end: -2 },
};

/** In the order of their time; what would come before the invoice is open, or when it cannot be paid any more, is left out. */
export function reminderPlan(
  { interval }: Pick<Subscription, 'interval'>,
  startsAt: Date,
  openedAt: Date,
  deadline: Date,
): PlannedReminder[] {
  const planned = (Object.entries(DAYS[interval]) as [ReminderKind, number][]).map(([kind, days]) => ({
    kind,
    dueAt: new Date((kind === 'grace_end' ? deadline : startsAt).getTime() + days * DAY_MS),
  }));
  return [
    { kind: 'opening' as const, dueAt: openedAt },
    ...planned
      .filter(({ dueAt }) => dueAt > openedAt && dueAt < deadline)
      .toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime()),
  ];
}
