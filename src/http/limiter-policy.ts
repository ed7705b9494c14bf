import type { RateLimits } from '../env';
import { rateLimitHeaders, type RateLimitVerdict, structuredRateLimit, unixRateLimit } from './rate-limit-headers';

/** How a dialect limits a credential, and how it tells so. */
export interface LimiterPolicy {
  readonly counts: 'every_request' | 'writing_requests';
  /** Names the counter; part of its key. */
  readonly name: string;
  readonly limit: (limits: RateLimits) => number;
  /** Windows begin at whole multiples of this, so that one of 60 begins with the minute. */
  readonly windowSeconds: number;
  /** Those who wait for the end of a window are told to come back spread over so many seconds. */
  readonly spreadSeconds: number;
  /** The header fields of a verdict. `name` is that of a route's own limit. */
  readonly fields: (verdict: RateLimitVerdict, at: Date, name?: string) => Readonly<Record<string, string>>;
  /** The same of a limit per address. */
  readonly addressFields: (verdict: RateLimitVerdict, at: Date) => Readonly<Record<string, string>>;
  /** What is said of a route's own limit: it takes the place of the fields, stands beside what they say, or is left out. */
  readonly ownLimit: 'replaces' | 'joins' | 'left_out';
  /** Fields stand on every answer, also to a request that is refused before its caller is known. */
  readonly onEveryAnswer: boolean;
}

/** Writing requests, told in plain fields. */
export const WRITES_LIMITER: LimiterPolicy = {
  counts: 'writing_requests',
  name: 'writes',
  limit: ({ writesPerMinute }) => writesPerMinute,
  windowSeconds: 60,
  spreadSeconds: 0,
  fields: (verdict) => rateLimitHeaders(verdict),
  addressFields: (verdict) => rateLimitHeaders(verdict),
  ownLimit: 'replaces',
  onEveryAnswer: false,
};

/** Every request, told in structured fields. */
export const EVERY_REQUEST_LIMITER: LimiterPolicy = {
  counts: 'every_request',
  name: 'partner',
  limit: ({ partnerPerMinute }) => partnerPerMinute,
  windowSeconds: 60,
  // A second or two of delay by credential, so that not all that wait for the same window come back at once.
  spreadSeconds: 4,
  fields: (verdict, _at, name) => structuredRateLimit(verdict, name),
  addressFields: (verdict) => rateLimitHeaders(verdict),
  ownLimit: 'joins',
  onEveryAnswer: false,
};

/** Every request, told in the fields that shops' programs know; exactly so many in each minute of the clock. */
export const CLIENT_KEY_LIMITER: LimiterPolicy = {
  counts: 'every_request',
  name: 'merchant',
  limit: ({ merchantPerMinute }) => merchantPerMinute,
  windowSeconds: 60,
  spreadSeconds: 0,
  fields: (verdict, at) => unixRateLimit(verdict, at),
  addressFields: (verdict, at) => unixRateLimit(verdict, at),
  ownLimit: 'left_out',
  onEveryAnswer: true,
};
