/** Names of the IANA time zone database, as this Node knows it. Pure. */

const DAY_MS = 24 * 3600 * 1000;
const NAME = /^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/;

/** True for a name such as "Europe/Berlin" or "UTC"; a bare offset names no zone, because it does not know of summer. */
export function isTimeZone(name: string): boolean {
  if (!NAME.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * The last millisecond of a calendar date ("2030-01-31") in a zone. A day may have 23 or 25 hours, and its midnight may
 * not exist or come twice. Undefined for no date, and for a date that the zone left out.
 */
export function endOfDay(date: string, zone: string): Date | undefined {
  const midnight = new Date(`${date}T00:00:00.000Z`).getTime() + DAY_MS;
  if (Number.isNaN(midnight) || new Date(midnight - DAY_MS).toISOString().slice(0, 10) !== date) return undefined;
  const format = formatOf(zone);
  // The offset that holds then is the one of the day before or of the day after.
  const offsets = [midnight - DAY_MS, midnight, midnight + DAY_MS].map(
    (instant) => wallClock(format, instant) - instant,
  );
  const ends = offsets.map((offset) => midnight - offset - 1).filter((end) => dateOf(wallClock(format, end)) === date);
  return ends.length === 0 ? undefined : new Date(Math.max(...ends));
}

function formatOf(zone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-u-ca-iso8601', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    era: 'short',
  });
}

/** What the clock on the wall shows, read as if it were UTC. */
function wallClock(format: Intl.DateTimeFormat, instant: number): number {
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  // Offsets are whole seconds, so milliseconds are the same on every wall.
  return (
    Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) +
    (((instant % 1000) + 1000) % 1000)
  );
}

function dateOf(wall: number): string {
  return new Date(wall).toISOString().slice(0, 10);
}
