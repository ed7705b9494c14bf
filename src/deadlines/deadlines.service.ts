import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import type { Deadline, DeadlineQueue } from './deadline';
import { DeadlinesRepository } from './deadlines.repository';

const PAGE = 500;
/** Of one merchant in one transaction: what it holds is free again after some tens of milliseconds. */
const BATCH = 50;

/** What became of deadlines that were looked at. */
export interface Judged {
  /** How many ended by it; what reminds of these went in the statement that ended them. */
  readonly ended: number;
  /** Subjects that need no reminder at this time: they have ended, or their deadline was moved. */
  readonly stale: readonly string[];
}

/** Due rows of one merchant, held by the caller's transaction. Never waits. */
export type Judge = (merchantId: string, subjectIds: readonly string[]) => Promise<Judged>;

/**
 * Works off what is due. Rows are read in order and held per merchant, one transaction each: several processes share the
 * work, one that dies leaves everything as it was, and no merchant waits for another one's batch. A subject that another
 * transaction holds stays for the next time, and the rows behind it are reached all the same.
 */
@Injectable()
export class DeadlinesService {
  constructor(
    private readonly repository: DeadlinesRepository,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Everything that was due before `before`, or as much as `stop` leaves time for. Returns how many ended. A failure at one
   * merchant is thrown after all others are done.
   */
  async work(queue: DeadlineQueue, before: Date, judge: Judge, stop?: AbortSignal): Promise<number> {
    const failures: unknown[] = [];
    let ended = 0;
    for (let after: Deadline | null = null; ;) {
      const page: Deadline[] = await this.repository.listDue(queue, before, after, PAGE);
      for (const batch of batchesOf(page)) {
        if (stop?.aborted === true) break;
        try {
          ended += await this.take(queue, batch, judge);
        } catch (error) {
          failures.push(error);
        }
      }
      after = page.at(-1) ?? null;
      if (page.length < PAGE || stop?.aborted === true) break;
    }
    if (failures.length > 0) throw failures[0];
    return ended;
  }

  private take(queue: DeadlineQueue, batch: readonly [Deadline, ...Deadline[]], judge: Judge): Promise<number> {
    const [{ merchantId }] = batch;
    return this.transactions.run(async () => {
      const rows = await this.repository.claim(queue, merchantId, batch);
      if (rows.length === 0) return 0;
      const { ended, stale } = await judge(merchantId, [...new Set(rows.map(({ subjectId }) => subjectId))]);
      const over = new Set(stale);
      await this.repository.remove(
        queue,
        merchantId,
        rows.filter(({ subjectId }) => over.has(subjectId)),
      );
      return ended;
    });
  }
}

/** By merchant, in the order in which their first is due. */
function batchesOf(page: readonly Deadline[]): (readonly [Deadline, ...Deadline[]])[] {
  return [...Map.groupBy(page, ({ merchantId }) => merchantId).values()].flatMap((rows) =>
    Array.from({ length: Math.ceil(rows.length / BATCH) }, (_unused, at) => {
      const [first, ...more] = rows.slice(at * BATCH, (at + 1) * BATCH);
      return first === undefined ? [] : [[first, ...more] as const];
    }).flat(),
  );
}
