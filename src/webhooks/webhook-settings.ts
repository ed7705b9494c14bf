/** How deliveries are paced; also the token to inject it by. */
export abstract class WebhookSettings {
  /** Pause before each attempt, in seconds; when the last one has failed, the delivery has. */
  abstract readonly scheduleSeconds: readonly number[];
  /** Every pause is made longer by a random part of this share of it. */
  abstract readonly jitter: number;
  /**
   * Requests at once, of one process. Three quarters are for endpoints that were prompt the last time; of the last
   * quarter, one half is for those that are unproven and the other for those in trouble.
   */
  abstract readonly concurrency: number;
  /** Requests at once, of all processes together: per endpoint, and for all prompt endpoints of a merchant. Unproven and troubled ones of a merchant have one each. */
  abstract readonly perEndpoint: number;
  abstract readonly perMerchant: number;
  /** For a whole request. */
  abstract readonly deadlineMs: number;
  /** The same while the endpoint is unproven. */
  abstract readonly unprovenDeadlineMs: number;
  /** An answer that comes later was not prompt. */
  abstract readonly promptMs: number;
  /** After this, by the database's clock, another worker may claim the delivery. Longer than any request. */
  abstract readonly leaseSeconds: number;
  /** An endpoint without a success for this long is disabled. */
  abstract readonly disableAfterSeconds: number;
  /** Pause between two looks for new work while requests are under way. */
  abstract readonly pollMs: number;
  /** Merchants whose events get their numbers in one transaction. One, where the database is distributed by merchant and locks rows of one only. */
  abstract readonly merchantsPerRound: number;
}

const HOUR = 3600;

/** The schedule is that of Standard Webhooks: ten attempts over three days. */
export const DEFAULT_WEBHOOK_SETTINGS = {
  scheduleSeconds: [0, 5, 300, 1800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
  jitter: 0.1,
  concurrency: 128,
  perEndpoint: 8,
  perMerchant: 32,
  deadlineMs: 20_000,
  unprovenDeadlineMs: 5_000,
  promptMs: 2_000,
  leaseSeconds: 60,
  disableAfterSeconds: 72 * HOUR,
  pollMs: 100,
  merchantsPerRound: 32,
} as const satisfies WebhookSettings;
