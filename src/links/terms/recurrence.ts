/** How often a subscription asks, and how long it waits. Pure. */

export const INTERVALS = ['day', 'week', 'month', 'year'] as const;
export type Interval = (typeof INTERVALS)[number];

/** Every `count` intervals. */
export interface Rhythm {
  readonly interval: Interval;
  readonly count: number;
}

/** The terms of a link that is subscribed to, as they are kept. Days are of 24 hours. */
export interface Recurrence {
  readonly interval: Interval;
  readonly intervalCount: number;
  /** After so many periods it ends by itself; null: never. */
  readonly billingCycles: number | null;
  /** So long before a period its invoice is opened. */
  readonly openDays: number;
  /** So long after the beginning of its period an invoice can be paid. */
  readonly graceDays: number;
  /** So long after that late money brings the subscription back. */
  readonly reactivationDays: number;
  /** Money that names a period which is paid already counts for the open one. */
  readonly rollForward: boolean;
}

/** The same as it is asked for. */
export type RecurrenceRequest = {
  readonly [Member in keyof Recurrence]?: Recurrence[Member] | null;
};

const USUAL: Readonly<Record<Interval, Pick<Recurrence, 'openDays' | 'graceDays'>>> = {
  day: { openDays: 0, graceDays: 1 },
  week: { openDays: 2, graceDays: 3 },
  month: { openDays: 5, graceDays: 7 },
  year: { openDays: 21, graceDays: 14 },
};
const USUAL_REACTIVATION_DAYS = 30;

/** Whole days of the shortest period there can be. */
export function shortestDays({ interval, count }: Rhythm): number {
  return { day: 1, week: 7, month: count >= 12 ? 30 : 28, year: 365 }[interval] * count;
}

/** What was left out is usual for the interval. */
export function usualRecurrence(interval: Interval, asked: RecurrenceRequest = {}): Recurrence {
  const { openDays, graceDays } = USUAL[interval];
  return {
    interval,
    intervalCount: asked.intervalCount ?? 1,
    billingCycles: asked.billingCycles ?? null,
    openDays: asked.openDays ?? openDays,
    graceDays: asked.graceDays ?? graceDays,
    reactivationDays: asked.reactivationDays ?? USUAL_REACTIVATION_DAYS,
    rollForward: asked.rollForward ?? true,
  };
}
