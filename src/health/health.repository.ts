import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';

@Injectable()
export class HealthRepository {
  constructor(private readonly transactions: Transactions) {}

  /**
   * Writes the heartbeat of this process to the disk, and sorts a megabyte there on the way: a disk can be full while a
   * row that is only changed still finds room. Throws when any of it is refused.
   */
  async beat(process: string, role: string, at: Date): Promise<void> {
    await this.transactions.run(async () => {
      await this.transactions.rows(
        `select set_config('work_mem', '64kB', true), case when current_setting('synchronous_commit') = 'off' then set_config('synchronous_commit', 'on', true) end`,
      );
      await this.transactions.affected(
        `with room as (select count(distinct repeat(n::text, 200)) as lines from generate_series(1, 1500) n)
         insert into process_heartbeats (process, role, written_at) select $1::uuid, $2::text, $3::timestamptz from room where lines > 0
         on conflict (process) do update set role = excluded.role, written_at = excluded.written_at`,
        [process, role, at],
      );
      await this.transactions.affected(
        `delete from process_heartbeats where written_at < $1::timestamptz - interval '1 day'`,
        [at],
      );
    });
  }

  /** Counts for the metrics, each from a small or partial index. */
  async counts(): Promise<{ openIntents: number }> {
    const [row] = await this.transactions.rows<{ intents: bigint }>(
      `select count(*) as intents from payment_intents where status in ('open', 'submitted')`,
    );
    return { openIntents: Number(row?.intents ?? 0n) };
  }
}
