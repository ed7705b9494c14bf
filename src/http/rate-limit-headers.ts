/** What was decided of a request under a limit. */
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
