import { DomainError } from '../common/errors';
import type { RateLimits } from '../env';

/** A limit that is documented to callers: so many requests per fixed window. */
export interface RateLimitRule {
  /** Names the counter; part of its key. */
  readonly name: string;
  readonly limit: (limits: RateLimits) => number;
  readonly windowSeconds: number;
  /** Sentence of the 429; a general one when absent. */
  readonly message?: string;
}

export interface RateLimitVerdict {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Whole seconds until the window ends, at least 1. */
  readonly resetSeconds: number;
  readonly windowSeconds: number;
}

/** The fields of draft-ietf-httpapi-ratelimit-headers-06: `RateLimit-Reset` is seconds left, not an instant. */
export function rateLimitHeaders(verdict: RateLimitVerdict): Record<string, string> {
  return {
    'ratelimit-limit': String(verdict.limit),
    'ratelimit-remaining': String(verdict.remaining),
    'ratelimit-reset': String(verdict.resetSeconds),
    'ratelimit-policy': `${verdict.limit};w=${verdict.windowSeconds}`,
  };
}

/**
 * The fields of draft-ietf-httpapi-ratelimit-headers-10 (structured fields): `r` is what is left of `q` in a window
 * of `w` seconds that ends in `t`.
 */
export function structuredRateLimit(verdict: RateLimitVerdict, policy = 'default'): Record<string, string> {
  return {
    'ratelimit-policy': `"${policy}";q=${verdict.limit};w=${verdict.windowSeconds}`,
    ratelimit: `"${policy}";r=${verdict.remaining};t=${verdict.resetSeconds}`,
  };
}

export function rateLimited(verdict: RateLimitVerdict, message?: string): DomainError {
  return new DomainError('rate_limited', {
    ...(message === undefined ? {} : { detail: message }),
    retryAfterSeconds: verdict.resetSeconds,
    headers: rateLimitHeaders(verdict),
  });
}
