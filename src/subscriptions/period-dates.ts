import { type Rhythm, shortestDays } from '../links/terms/recurrence';

/** When the periods of a subscription begin. Pure; every date follows from the anchor and an index, never from the date before. UTC throughout. */

const DAY_MS = 86_400_000;

/** The beginning of period `index`: the anchor's time of day, and its day of the month as far as the month has it. */
export function periodStart(anchor: Date, { interval, count }: Rhythm, index: number): Date {
  if (interval === 'day' || interval === 'week')
    return new Date(anchor.getTime() + index * count * (interval === 'day' ? 1 : 7) * DAY_MS);
  const months = anchor.getUTCMonth() + index * count * (interval === 'month' ? 1 : 12);
  const [year, month] = [anchor.getUTCFullYear() + Math.floor(months / 12), months % 12];
  const day = Math.min(anchor.getUTCDate(), daysOf(year, month));
  const timeOfDay = anchor.getTime() - Date.UTC(anchor.getUTCFullYear(), anchor.getUTCMonth(), anchor.getUTCDate());
  return new Date(Date.UTC(year, month, day) + timeOfDay);
}

/** Where period `index` ends and the next one begins. */
export function periodEnd(anchor: Date, rhythm: Rhythm, index: number): Date {
  return periodStart(anchor, rhythm, index + 1);
}

/** The period that holds an instant; that of the anchor for everything before it. */
export function periodAt(anchor: Date, rhythm: Rhythm, instant: Date): number {
  const elapsed = instant.getTime() - anchor.getTime();
  // No period is shorter: the guess is never too small.
  let index = Math.max(0, Math.floor(elapsed / (shortestDays(rhythm) * DAY_MS)));
  while (index > 0 && periodStart(anchor, rhythm, index) > instant) index -= 1;
  return index;
}

function daysOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
}
