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

/**
 * `X-RateLimit-*`: the end of the window in seconds since 1970. Windows end at whole multiples of their length by the database clock,
 * so a clock beside it that is a little off tells the same instant.
 */
export function unixRateLimit(verdict: RateLimitVerdict, at: Date): Record<string, string> {
  const { limit, remaining, resetSeconds, windowSeconds } = verdict;
  const end = Math.round((at.getTime() / 1000 + resetSeconds) / windowSeconds) * windowSeconds;
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(end),
  };
}
