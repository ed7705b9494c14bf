import { Injectable } from '@nestjs/common';
import pg from 'pg';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { transactionScope } from '../common/transaction-scope';
import { type AskedQuery, Connections } from './connections';
import { hintOf, isAnswerLost, isReadOnly, isRetryable, isUnavailable, withHint } from './database-errors';
import { type LastWriter, LastWrites } from './last-writes';

const MAX_ATTEMPTS = 5;
const BACKOFF_MS = 8;

/** A transaction from its begin to its end, on a connection of its own. */
interface OpenTransaction {
  readonly client: pg.PoolClient;
  /** How often its work has been tried, this time included. */
  readonly attempt: number;
  /** What was asked for after its commit. */
  readonly followers: (() => void)[];
  /** What it writes as its last. */
  readonly writes: LastWrites;
  /** From then on the connection belongs to another transaction. */
  ended: boolean;
}

/**
 * The one door to the database. `run` opens a transaction that every repository inside joins; outside of `run`
 * each statement is its own transaction. Nested calls join; the outermost one repeats on a serialization failure
 * or deadlock, so the function must have no effect outside the database.
 */
@Injectable()
export class Transactions {
  constructor(
    private readonly pool: pg.Pool,
    private readonly clock: Clock,
    private readonly connections: Connections = new Connections(),
  ) {}

  /** Its writes are on disk when it returns, and before anybody else sees them. `work` gets the number of the attempt, from 1 on. */
  async run<T>(work: (attempt: number) => Promise<T>): Promise<T> {
    const joined = this.current();
    if (joined !== undefined) return work(joined.attempt);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.attempt(attempt, work);
      } catch (error) {
        await this.beforeRetry(error, attempt);
      }
    }
  }

  /** Work that is one statement and needs no transaction of its own: the outermost call repeats what `run` would repeat. */
  async persist<T>(work: () => Promise<T>): Promise<T> {
    if (this.current() !== undefined) return work();
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        await this.beforeRetry(error, attempt);
      }
    }
  }

  /**
   * Work whose failure the caller will survive. In an open transaction a failed statement would doom everything after
   * it, so the work is undone to a savepoint; without one it is its own transaction already.
   */
  async recoverable<T>(work: () => Promise<T>): Promise<T> {
    if (this.current() === undefined) return work();
    await this.affected('savepoint recoverable');
    try {
      const value = await work();
      await this.affected('release savepoint recoverable');
      return value;
    } catch (error) {
      await this.affected('rollback to savepoint recoverable');
      throw error;
    }
  }

  /** Called with every connection that the pool opens from now on. */
  onConnection(listener: () => void): void {
    this.pool.on('connect', listener);
  }

  /** Writes rows in the open transaction, as the last that it does; at once where none is open. See LastWrites. */
  async writeLast<T>(writer: LastWriter<T>, rows: readonly T[]): Promise<void> {
    const open = this.current();
    if (open !== undefined) open.writes.add(writer, rows);
    else {
      const writes = new LastWrites();
      writes.add(writer, rows);
      await this.write(writes);
    }
  }

  /** Calls `then`, which must not throw, after the open transaction commits, and never if it does not; at once where none is open. */
  afterCommit(then: () => void): void {
    const open = this.current();
    if (open === undefined) then();
    else open.followers.push(then);
  }

  /** Connections of this process by what they do, and work that waits for one. */
  poolUse(): { readonly busy: number; readonly idle: number; readonly waiting: number } {
    const { totalCount, idleCount, waitingCount } = this.pool;
    return { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
  }

  /** Rows of one statement, in the open transaction or as a transaction of its own (then repeated when that is safe). */
  async rows<R>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    return (await this.result<R>(text, values)).rows;
  }

  /**
   * Rows of a page of a list, planned anew for its values. Where conditions hold as soon as their parameter is null, the one plan for
   * all values, on which PostgreSQL may settle for a named statement, reads and sorts the whole collection.
   */
  async page<R>(text: string, values: readonly unknown[]): Promise<R[]> {
    return (await this.result<R>(text, values, true)).rows;
  }

  /** Number of rows one statement touched. */
  async affected(text: string, values: readonly unknown[] = []): Promise<number> {
    return (await this.result(text, values)).rowCount ?? 0;
  }

  private async write(writes: LastWrites): Promise<void> {
    for (let next = writes.next(); next !== null; next = writes.next()) await this.affected(next.text, next.values);
  }

  private async result<R>(text: string, values: readonly unknown[], anew = false): Promise<Result<R>> {
    const open = this.current();
    const asked = (): AskedQuery => ({
      text,
      values: [...values],
      anew,
      untilMs: this.connections.untilMs(),
      sent: false,
    });
    if (open !== undefined) return send(open.client, asked());
    const { pool } = this;
    for (let attempt = 1; ; attempt++) {
      const query = asked();
      try {
        return await send(pool, query);
      } catch (error) {
        if (query.sent && isWriting(text) && isAnswerLost(error)) throw outcomeUnknown(error);
        await this.beforeRetry(error, attempt);
      }
    }
  }

  /** Returns when the same may be tried again: it was undone, and nothing is wrong with the request. */
  private async beforeRetry(error: unknown, attempt: number): Promise<void> {
    if (hintOf(error) !== undefined) throw databaseBusy(withHint(error));
    if (!isRetryable(error)) throw isUnavailable(error) ? databaseBusy(error) : error;
    if (attempt === MAX_ATTEMPTS) throw databaseBusy(error);
    await this.clock.sleep(BACKOFF_MS * 2 ** attempt);
  }

  /** Throws when work has outlived its transaction: its connection may be in the middle of another one. */
  private current(): OpenTransaction | undefined {
    const open = transactionScope.getStore() as OpenTransaction | undefined;
    if (open?.ended === true) throw new Error('the transaction that this belongs to has ended');
    return open;
  }

  private async attempt<T>(attempt: number, work: (attempt: number) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    const open: OpenTransaction = { client, attempt, followers: [], writes: new LastWrites(), ended: false };
    let unusable = false;
    try {
      await client.query('BEGIN');
      const value = await transactionScope.run(open, async () => {
        const done = await work(attempt);
        await this.write(open.writes);
        return done;
      });
      await commit(client);
      open.ended = true;
      for (const then of open.followers) then();
      return value;
    } catch (error) {
      // Roles may have changed beneath this connection: then the next one asks where to go.
      unusable = !(await rolledBack(client)) || isReadOnly(error);
      throw error;
    } finally {
      open.ended = true;
      client.release(unusable);
    }
  }
}

/** False when the connection must not be used again. Never throws: the first error is the one to report. */
async function rolledBack(client: pg.PoolClient): Promise<boolean> {
  return client.query('ROLLBACK').then(
    () => true,
    () => false,
  );
}

interface Result<R> {
  readonly rows: R[];
  readonly rowCount: number | null;
}

async function send<R>(client: pg.Pool | pg.PoolClient, query: AskedQuery): Promise<Result<R>> {
  return (await client.query(query)) as unknown as Result<R>;
}

/** From here on a lost answer does not show what was done, so it is reported as that and not tried again. */
async function commit(client: pg.PoolClient): Promise<void> {
  try {
    await client.query('COMMIT');
  } catch (error) {
    throw isAnswerLost(error) ? outcomeUnknown(error) : error;
  }
}

/** A statement of its own that only reads can be repeated whatever became of it. */
function isWriting(text: string): boolean {
  return /\b(insert|update|delete|merge)\b/i.test(text);
}

function databaseBusy(cause: unknown): DomainError {
  return new DomainError('database_busy', { retryAfterSeconds: 1, cause });
}

function outcomeUnknown(cause: unknown): DomainError {
  return new DomainError('outcome_unknown', { retryAfterSeconds: 1, cause });
}
