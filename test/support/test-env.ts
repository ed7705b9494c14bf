/** Settings of a service under test: a fast sandbox, and limits that no test meets by chance. */
export const TEST_ENV = {
  NODE_ENV: 'test',
  NETWORKS: 'sandbox',
  SANDBOX_LEDGER_MS: '50',
  LEDGER_POLL_MS: '200',
  SANDBOX_DEMO: '0',
  // How slow a machine may be before its tests are called red is told in one place (patience.ts), not here.
  DATABASE_TIMEOUT_MS: '60000',
  LIMIT_LINKS_PER_HOUR: '100000',
  LIMIT_INVOICES_PER_HOUR: '100000',
  LIMIT_ANONYMOUS_PER_MINUTE: '1000000',
  LIMIT_NONCES_PER_15_MINUTES: '100000',
  LIMIT_SESSIONS_PER_15_MINUTES: '100000',
  LIMIT_PAY_INTENTS_PER_5_MINUTES: '100000',
  LIMIT_PARTNER_PER_MINUTE: '1000000',
  LIMIT_MERCHANT_PER_MINUTE: '1000000',
  LIMIT_WRITES_PER_MINUTE: '100000000',
};
