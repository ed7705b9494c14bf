import type { LinkDraft, TermFault } from './link-request';
import { type Interval, INTERVALS, type Recurrence, shortestDays, usualRecurrence } from './recurrence';

/** The rules of a new link's recurrence. Pure. */

const MOST_CYCLES = 120;
const MOST_REACTIVATION_DAYS = 365;
const MOST_COUNT: Readonly<Record<Interval, number>> = { day: 24, week: 24, month: 24, year: 3 };

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
