import { parseInstant } from '../common/clock';
import { endOfDay } from '../common/time-zone';

export interface Period {
  /** Inclusive. */
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
}

const DAY_MS = 24 * 3600 * 1000;

/** Where a period begins: an instant, or the first moment of a day in the zone. Undefined for anything else. */
export function periodStart(text: string, zone: string): Date | undefined {
  return parseInstant(text) ?? startOf(text, zone);
}

/** Where it ends: an instant that is no part of it any more, or a day that is its last. */
export function periodEnd(text: string, zone: string): Date | undefined {
  return parseInstant(text) ?? after(endOf(text, zone));
}

/** The moment after the day before. */
function startOf(day: string, zone: string): Date | undefined {
  const end = endOf(day, zone);
  return end === undefined
    ? undefined
    : after(endOf(new Date(Date.parse(day) - DAY_MS).toISOString().slice(0, 10), zone));
}

function endOf(day: string, zone: string): Date | undefined {
  return /^(?:19[7-9]\d|[2-9]\d{3})-\d{2}-\d{2}$/.test(day) ? endOfDay(day, zone) : undefined;
}

function after(end: Date | undefined): Date | undefined {
  return end === undefined ? undefined : new Date(end.getTime() + 1);
}
