import type { Transactions } from '../database/transactions';

export interface DemoPlace {
  readonly merchant: string;
  /** Machine and folder in which its credentials lie. */
  readonly dataDir: string;
}

/** The one row that says which merchant the demo of this database is. */
export class DemoMerchantRepository {
  constructor(private readonly transactions: Transactions) {}

  async find(): Promise<DemoPlace | null> {
    const [row] = await this.transactions.rows<DemoPlace>('select merchant, data_dir as "dataDir" from demo_merchant');
    return row ?? null;
  }

  /** False when the demo of this database belongs to another place; of two that come at once, one wins. */
  async claim({ merchant, dataDir }: DemoPlace, at: Date): Promise<boolean> {
    const claimed = await this.transactions.affected(
      `insert into demo_merchant as d (merchant, data_dir, opened_at) values ($1, $2, $3)
       on conflict (one) do update set merchant = excluded.merchant, opened_at = excluded.opened_at where d.data_dir = excluded.data_dir`,
      [merchant, dataDir, at],
    );
    return claimed === 1;
  }
}
