import type { RateLimitRule } from '../auth/rate-limit';

/** Choosing, by form or as JSON: it costs a rate and makes an invoice. */
export const CHOICE_LIMIT: RateLimitRule = {
  name: 'checkout-choice',
  limit: ({ payIntentsPer5Minutes }) => payIntentsPer5Minutes,
  windowSeconds: 300,
  message: 'Too many choices, please try again later',
};

export const PRICES_LIMIT: RateLimitRule = {
  name: 'checkout-prices',
  limit: ({ pricesPerMinute }) => pricesPerMinute,
  windowSeconds: 60,
  message: 'Too many price requests, please try again later',
};
