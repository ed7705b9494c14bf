import type { RateLimitRule } from '../../../auth/rate-limit';

const WINDOW_SECONDS = 900;

/** Asking for something to sign, by message or by transaction. */
export const NONCE_LIMIT: RateLimitRule = {
  name: 'auth-nonce',
  limit: (limits) => limits.noncesPer15Minutes,
  windowSeconds: WINDOW_SECONDS,
};

/** Handing in what was signed. */
export const SESSION_LIMIT: RateLimitRule = {
  name: 'auth-session',
  limit: (limits) => limits.sessionsPer15Minutes,
  windowSeconds: WINDOW_SECONDS,
};
