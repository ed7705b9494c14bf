import type { Recurrence } from '../../links/terms/recurrence';

type Rhythm = Pick<Recurrence, 'interval' | 'intervalCount'>;

/** `every month`, `every 2 weeks`. */
export function rhythmWords({ interval, intervalCount }: Rhythm): string {
  return intervalCount === 1 ? `every ${interval}` : `every ${intervalCount} ${interval}s`;
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** `31 January 2027`, in UTC. */
export function dayWords(instant: Date): string {
  return `${instant.getUTCDate()} ${MONTHS[instant.getUTCMonth()]} ${instant.getUTCFullYear()}`;
}
