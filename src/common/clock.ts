/**
 * Time as a port, so that any failure can be replayed. Money is judged by ledger close time, leases by the
 * database clock, time-outs by the monotonic clock here.
 */
export abstract class Clock {
  /** Wall clock, the instant the service believes it is. On a sandbox with `SANDBOX_CLOCK` it can have been moved ahead. */
  abstract now(): Date;

  /** The real wall clock, which no sandbox moves: for credentials, limits, and what others compare with their own clock. */
  real(): Date {
    return this.now();
  }

  /** Milliseconds that never run backwards; only differences mean anything. */
  abstract monotonicMs(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
  abstract sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }

  monotonicMs(): number {
    return performance.now();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done, { once: true });
    });
  }
}

/** RFC 3339 UTC with milliseconds: the only form in which an instant leaves the service. */
export function isoInstant(instant: Date): string {
  return instant.toISOString();
}

export function isoInstantOrNull(instant: Date | null): string | null {
  return instant === null ? null : isoInstant(instant);
}

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/;

/**
 * Strict RFC 3339 section 5.6 date-time, whose letters may be small; undefined for anything else, so 30 February, a leap second, a bare
 * date, a number and a year outside 1970..9999 are all refused instead of being rolled over by `Date`.
 */
export function parseInstant(text: string): Date | undefined {
  if (text.length > 40) return undefined;
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > lastDay) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const offset = match[8] as string;
  if (offset.toUpperCase() !== 'Z' && (Number(offset.slice(1, 3)) > 23 || Number(offset.slice(4, 6)) > 59))
    return undefined;
  const instant = new Date(text.toUpperCase());
  // An offset may carry the first or last hours of the range out of it.
  return instant.getTime() < 0 || instant.getUTCFullYear() > 9999 ? undefined : instant;
}
