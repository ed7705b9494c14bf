import { DatabaseError } from 'pg';
import type { QueryFailedError } from 'typeorm';
import { isDomainError } from '../common/errors';

/** SQLSTATE of an error raised by PostgreSQL, however it was wrapped. */
function sqlState(error: unknown): string | undefined {
  const cause = driverError(error);
  return cause instanceof DatabaseError ? cause.code : undefined;
}

function driverError(error: unknown): unknown {
  return isOfMigration(error) ? error.driverError : error;
}

/** What TypeORM wraps around an error of a migration. Known by its name: the service runs without loading TypeORM. */
function isOfMigration(error: unknown): error is QueryFailedError {
  return error instanceof Error && error.name === 'QueryFailedError';
}

/** What a transaction decided no longer holds when it came to write: it must be run again from its reads. */
export class TransactionConflict extends Error {
  constructor(what: string, options?: ErrorOptions) {
    super(what, options);
    this.name = 'TransactionConflict';
  }
}

/** Serialization failure, deadlock, a conflict we found ourselves, or a cached plan that a migration made stale: the same statement may succeed now. */
export function isRetryable(error: unknown): boolean {
  return error instanceof TransactionConflict || ['40001', '40P01', '0A000'].includes(sqlState(error) ?? '');
}

/** The server is gone, going, full, locked or takes no writes: nothing is wrong with the request. */
export function isUnavailable(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return /^(08|53|57P|55P03|57014|58030|25006)/.test(state);
  return isCutOff(error) || NOT_ASKED.test(messageOf(error));
}

/** Errors of the socket and of the name of the host; our own limit and the lack of a server bear such codes too. */
const CUT_OFF = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
];
/** The driver's messages for a connection that could not be opened, or was broken before the statement. */
const NOT_ASKED = /connection timeout|timeout exceeded when trying to connect|is not queryable/i;

function isCutOff(error: unknown): boolean {
  const cause = driverError(error);
  if (!(cause instanceof Error) || cause instanceof DatabaseError) return false;
  return CUT_OFF.includes((cause as NodeJS.ErrnoException).code ?? '') || /connection terminated/i.test(cause.message);
}

function messageOf(error: unknown): string {
  const cause = driverError(error);
  return cause instanceof Error ? cause.message : '';
}

/** A statement was sent and no answer came, or only the end of the session: it may have been carried out. */
export function isAnswerLost(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return /^(08|57P)/.test(state);
  return isCutOff(error) && !NOT_ASKED.test(messageOf(error));
}

/** The server takes no writes: a standby, or one that is being switched over. */
export function isReadOnly(error: unknown): boolean {
  return sqlState(error) === '25006';
}

/** The database did not answer in time, by the cause of an error of ours: a caller next in line would wait in vain. */
export function isSilence(error: unknown): boolean {
  const cause = driverError(error instanceof Error && error.cause instanceof Error ? error.cause : error);
  if (!(cause instanceof Error)) return false;
  return (
    (cause as NodeJS.ErrnoException).code === 'ETIMEDOUT' ||
    /connection timeout|timeout exceeded when trying to connect/i.test(cause.message)
  );
}

/**
 * The database itself is away, takes no writes, or knows another schema than this release: whatever was asked would have failed, and nothing
 * that was to be written is to blame. Lock waits, time limits and lost races are not of this kind: they are about certain rows.
 */
export function isDatabaseAway(error: unknown): boolean {
  const cause = gaveUpOn(error);
  const state = sqlState(cause);
  return state === undefined ? isUnavailable(cause) : /^(08|25006|26|3D|3F|42|53|57P|58)/.test(state);
}

/** Another transaction held a row for longer than the wait for it. */
export function isHeld(error: unknown): boolean {
  return ['55P03', '57014'].includes(sqlState(gaveUpOn(error)) ?? '');
}

/** Another transaction was in the way, and may not be the next time. */
export function isPassing(error: unknown): boolean {
  return isHeld(error) || isRetryable(gaveUpOn(error));
}

/** The error that `Transactions` gave up on, beneath the condition it reported and the hint it added. */
function gaveUpOn(error: unknown): unknown {
  return error instanceof Error && !isOfMigration(error) && error.cause !== undefined ? gaveUpOn(error.cause) : error;
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

/** For the log: what lies behind an error, and where in our code only when something there may be broken. */
export function causeOf(error: unknown): { readonly name: string; readonly message: string; readonly stack?: string } {
  if (!(error instanceof Error)) return { name: 'unknown', message: String(error) };
  const { name, message, stack } = error;
  if (isUnavailable(error)) return { name, message };
  if (!isDomainError(error)) return { name, message, ...(stack === undefined ? {} : { stack }) };
  const behind = error.cause instanceof Error ? messageOf(error.cause) : message;
  return { name, message: `${error.code}: ${behind}` };
}

/**
 * What an operator can do about an error whose words do not say it, undefined for all others. Named statements are lost
 * or doubled where a pooler gives each transaction another connection.
 */
export function hintOf(error: unknown): string | undefined {
  const state = sqlState(error);
  if (state === '26000' || state === '42P05')
    return 'a pooler that cannot keep named statements stands before the database: set DATABASE_PREPARE=0, or max_prepared_statements in PgBouncer 1.21 or newer';
  if (state === '08P01' && /startup parameter/i.test(messageOf(error)))
    return 'a pooler refuses time limits as startup parameters: set ignore_startup_parameters = statement_timeout,lock_timeout,idle_in_transaction_session_timeout there';
  return undefined;
}

/** The same error with the hint in its message, where there is one. */
export function withHint(error: unknown): unknown {
  const hint = hintOf(error);
  return hint === undefined ? error : new Error(`${messageOf(error)}: ${hint}`, { cause: error });
}
