/** How deliveries are paced; also the token to inject it by. */
export abstract class WebhookSettings {
  /** Pause before each attempt, in seconds; when the last one has failed, the delivery has. */
  abstract readonly scheduleSeconds: readonly number[];
  /** Every pause is made longer by a random part of this share of it. */
  abstract readonly jitter: number;
  /** Requests at once, of one process; and per endpoint, of all processes together. */
  abstract readonly concurrency: number;
  abstract readonly perEndpoint: number;
  /** For a whole request. */
  abstract readonly deadlineMs: number;
  /** After this, by the database's clock, a claimed delivery belongs to whoever claims it next. Longer than any request. */
  abstract readonly leaseSeconds: number;
  /** An endpoint without a success for this long is disabled. */
  abstract readonly disableAfterSeconds: number;
  /** Pause between two looks for new work while requests are under way. */
  abstract readonly pollMs: number;
}

const HOUR = 3600;

/** The schedule is that of Standard Webhooks: ten attempts over three days. */
export const DEFAULT_WEBHOOK_SETTINGS = {
  scheduleSeconds: [0, 5, 300, 1800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
  jitter: 0.1,
  concurrency: 128,
  perEndpoint: 8,
  deadlineMs: 20_000,
  leaseSeconds: 60,
  disableAfterSeconds: 72 * HOUR,
  pollMs: 100,
} as const satisfies WebhookSettings;
