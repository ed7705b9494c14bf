/** The embedded PostgreSQL cannot run here; the message says what was tried and what the operator can do. */
export class EmbeddedError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(`${message}\nA PostgreSQL of your own can be used instead: set DATABASE_URL.`, options);
    this.name = 'EmbeddedError';
  }
}

/**
 * The `code` of a system error (ENOENT, EACCES, ...) or the SQLSTATE of a refused statement; undefined for
 * everything else. The shape decides and not `instanceof`: Node's own errors come from another realm under a
 * test runner.
 */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
