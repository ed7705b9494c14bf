import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import type { Deadline, DeadlineQueue } from './deadline';

const START: Deadline = {
  dueAt: new Date(0),
  merchantId: '00000000-0000-0000-0000-000000000000',
  subjectId: '00000000-0000-0000-0000-000000000000',
};

@Injectable()
export class DeadlinesRepository {
  constructor(private readonly transactions: Transactions) {}

  /** What is due before `before`, in order, after a row that was read; locks nothing. */
  listDue({ network, kind }: DeadlineQueue, before: Date, after: Deadline | null, limit: number): Promise<Deadline[]> {
    const { dueAt, merchantId, subjectId } = after ?? START;
    return this.transactions.rows(
      `select due_at as "dueAt", merchant_id as "merchantId", subject_id as "subjectId" from deadlines
       where network = $1 and kind = $2 and due_at < $3 and (due_at, merchant_id, subject_id) > ($4::timestamptz, $5::uuid, $6::uuid)
       order by due_at, merchant_id, subject_id limit $7`,
      [network, kind, before, dueAt, merchantId, subjectId, limit],
    );
  }

  /** Rows of one merchant that are still there and that no other transaction holds; held until the caller's transaction ends. */
  claim(queue: DeadlineQueue, merchantId: string, rows: readonly Deadline[]): Promise<Deadline[]> {
    return this.transactions.rows(
      `select d.due_at as "dueAt", d.merchant_id as "merchantId", d.subject_id as "subjectId"
       from unnest($4::timestamptz[], $5::uuid[]) as k (due_at, subject_id)
         join deadlines d on d.network = $1 and d.kind = $2 and d.due_at = k.due_at and d.merchant_id = $3 and d.subject_id = k.subject_id
       order by d.due_at, d.subject_id for update of d skip locked`,
      this.keys(queue, merchantId, rows),
    );
  }

  /** Takes out rows that the caller holds. */
  async remove(queue: DeadlineQueue, merchantId: string, rows: readonly Deadline[]): Promise<void> {
    if (rows.length === 0) return;
    await this.transactions.affected(
      `delete from deadlines d using unnest($4::timestamptz[], $5::uuid[]) as k (due_at, subject_id)
       where d.network = $1 and d.kind = $2 and d.due_at = k.due_at and d.merchant_id = $3 and d.subject_id = k.subject_id`,
      this.keys(queue, merchantId, rows),
    );
  }

  private keys({ network, kind }: DeadlineQueue, merchantId: string, rows: readonly Deadline[]): unknown[] {
    return [network, kind, merchantId, rows.map(({ dueAt }) => dueAt), rows.map(({ subjectId }) => subjectId)];
  }
}
