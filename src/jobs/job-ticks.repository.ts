import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';

@Injectable()
export class JobTicksRepository {
  constructor(private readonly transactions: Transactions) {}

  /**
   * True for the one replica that may run this tick. A unique row rather than an advisory lock: a short job frees
   * a lock before the next replica asks, and would run again.
   */
  async claim(job: string, slot: Date): Promise<boolean> {
    return (
      (await this.transactions.affected('insert into job_slots (job, slot) values ($1, $2) on conflict do nothing', [
        job,
        slot,
      ])) === 1
    );
  }

  async forget(before: Date): Promise<number> {
    return this.transactions.affected('delete from job_slots where slot < $1', [before]);
  }
}
