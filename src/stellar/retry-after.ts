const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
/** A provider's mistake must not put us to sleep for a day. */
const LONGEST_SECONDS = 3600;

/** Retry-After (RFC 9110 section 10.2.3) in whole seconds from 1 to 3600: a number of seconds or a date. */
export function retryAfterSeconds(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header)) return within(Number(header));
  return HTTP_DATE.test(header) ? within(Math.ceil((Date.parse(header) - now.getTime()) / 1000)) : undefined;
}

function within(seconds: number): number {
  return Math.min(Math.max(seconds, 1), LONGEST_SECONDS);
}
