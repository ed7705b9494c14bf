import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';

@Injectable()
export class HealthRepository {
  constructor(private readonly transactions: Transactions) {}

  /** True when the database takes writes: a standby refuses the id of a transaction, and one set to read only says so. */
  async writable(): Promise<boolean> {
    const [row] = await this.transactions.rows<{ writable: boolean }>(`select pg_current_xact_id() is not null and current_setting('transaction_read_only') = 'off' as writable`);
    return row?.writable === true;
  }

  /** Counts for the metrics, each from a small or partial index. */
  async counts(): Promise<{ openIntents: number }> {
    const [row] = await this.transactions.rows<{ intents: bigint }>(
      `select count(*) as intents from payment_intents where status in ('open', 'submitted')`,
    );
    return { openIntents: Number(row?.intents ?? 0n) };
  }
}
