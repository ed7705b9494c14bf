import { DomainError } from '../common/errors';
import type { RateLimits } from '../env';
import { rateLimitHeaders, type RateLimitVerdict } from '../http/rate-limit-headers';

/** A limit that is documented to callers: so many requests per fixed window. */
export interface RateLimitRule {
  /** Names the counter; part of its key. */
  readonly name: string;
  readonly limit: (limits: RateLimits) => number;
  readonly windowSeconds: number;
  /** Sentence of the 429; a general one when absent. */
  readonly message?: string;
}

export function rateLimited(verdict: RateLimitVerdict, message?: string): DomainError {
  return new DomainError('rate_limited', {
    ...(message === undefined ? {} : { detail: message }),
    retryAfterSeconds: verdict.resetSeconds,
    headers: rateLimitHeaders(verdict),
  });
}
