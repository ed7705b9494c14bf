import type { LinkDraft, TermFault } from './link-request';

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

const MOST_CYCLES = 120;
const MOST_REACTIVATION_DAYS = 365;
const MOST_COUNT: Readonly<Record<Interval, number>> = { day: 24, week: 24, month: 24, year: 3 };
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

/** Null for a link that nobody subscribes to, and where there are faults, which are added to `faults`. */
export function recurrenceTerms({ kind, recurrence }: LinkDraft, faults: TermFault[]): Recurrence | null {
  const asked = recurrence ?? null;
  if (kind !== 'subscription') {
    if (asked !== null) faults.push(fault('belongs to links of the kind subscription'));
    return null;
  }
  if (asked === null || asked.interval === undefined || asked.interval === null) {
    faults.push(fault(`is required for the kind subscription: an interval of ${INTERVALS.join(', ')}`));
    return null;
  }
  const known = faults.length;
  const terms = usualRecurrence(asked.interval, asked);
  const within = (member: keyof Recurrence, most: number, least: number): void => {
    const value = terms[member];
    if (typeof value === 'number' && !(Number.isSafeInteger(value) && value >= least && value <= most))
      faults.push(fault(`must be a whole number from ${least} to ${most}`, member));
  };
  within('intervalCount', MOST_COUNT[asked.interval], 1);
  within('billingCycles', MOST_CYCLES, 1);
  within('reactivationDays', MOST_REACTIVATION_DAYS, 0);
  if (faults.length > known) return null;
  const days = shortestDays({ interval: asked.interval, count: terms.intervalCount });
  within('openDays', Math.floor(days / 2), 0);
  within('graceDays', days, 1);
  return faults.length > known ? null : terms;
}

function fault(detail: string, index?: keyof Recurrence): TermFault {
  return { code: 'recurrence_invalid', attribute: 'recurrence', ...(index === undefined ? {} : { index }), detail };
}
