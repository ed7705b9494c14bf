import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';

/** SQLSTATE of an error raised by PostgreSQL, however it was wrapped. */
function sqlState(error: unknown): string | undefined {
  const cause = driverError(error);
  return cause instanceof DatabaseError ? cause.code : undefined;
}

function driverError(error: unknown): unknown {
  return error instanceof QueryFailedError ? (error.driverError as unknown) : error;
}

/** What a transaction decided no longer holds when it came to write: it must be run again from its reads. */
export class TransactionConflict extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'TransactionConflict';
  }
}

/** Serialization failure, deadlock, a conflict we found ourselves, or a cached plan that a migration made stale: the same statement may succeed now. */
export function isRetryable(error: unknown): boolean {
  return error instanceof TransactionConflict || ['40001', '40P01', '0A000'].includes(sqlState(error) ?? '');
}

/** The server is gone, going, full or locked: nothing is wrong with the request. */
export function isUnavailable(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return /^(08|53|57P|55P03|57014|58030)/.test(state);
  const cause = driverError(error);
  if (!(cause instanceof Error)) return false;
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  return ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT', 'ETIMEDOUT'].includes(code) || /connection (terminated|timeout)|timeout exceeded when trying to connect|is not queryable|query runner already released/i.test(cause.message);
}

/**
 * The database itself is away, takes no writes, or knows another schema than this release: whatever was asked would have failed, and nothing
 * that was to be written is to blame. Lock waits, time limits and lost races are not of this kind: they are about certain rows.
 */
export function isDatabaseAway(error: unknown): boolean {
  const cause = causeOf(error);
  const state = sqlState(cause);
  return state === undefined ? isUnavailable(cause) : /^(08|25006|3D|3F|42|53|57P|58)/.test(state);
}

/** A row was held by somebody else for longer than was waited for it. */
export function isHeld(error: unknown): boolean {
  return ['55P03', '57014'].includes(sqlState(causeOf(error)) ?? '');
}

/** Somebody else was in the way, and may not be the next time. */
export function isPassing(error: unknown): boolean {
  return isHeld(error) || isRetryable(causeOf(error));
}

/** What `Transactions` gave up on. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && !(error instanceof QueryFailedError) && error.cause !== undefined ? error.cause : error;
}

/** Name of the constraint that a unique violation (23505) hit; undefined for every other error. */
export function violatedUnique(error: unknown): string | undefined {
  const cause = driverError(error);
  return cause instanceof DatabaseError && cause.code === '23505' ? cause.constraint : undefined;
}

/** A row was to be deleted to which another one refers (23503, or 23001 of `on delete restrict`). */
export function isStillReferenced(error: unknown): boolean {
  return ['23503', '23001'].includes(sqlState(error) ?? '');
}
