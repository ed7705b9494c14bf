import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';

export interface Taken {
  /** How many of the window are used, this one included; null when there was none left. */
  readonly used: number | null;
  readonly resetSeconds: number;
}

interface Counted {
  readonly key: string;
  /** Used before these; null when there was none left. */
  before: number | null;
  readonly resetSeconds: number;
}

// Counts and refuses in one statement. The row lock of the upsert serializes concurrent callers, and a full counter
// stays as it is; keys are locked in one order everywhere. A key that is asked for several times at once may be
// counted beyond the limit, and the excess shows how many of them still found room. Windows follow the database
// clock, the one clock that all replicas share.
const TAKE = `
  with span as (
    select to_timestamp(floor(extract(epoch from clock_timestamp()) / $3::int) * $3::int) as start
  ), asked as (
    select key, count(*)::int as times from unnest($1::text[]) as key group by key
  ), taken as (
    insert into rate_limits (key, window_start, used) select key, start, times from asked, span order by key
    on conflict (key, window_start) do update set used = rate_limits.used + excluded.used where rate_limits.used < $2::int
    returning key, used
  )
  select asked.key, taken.used - asked.times as before,
    greatest(1, ceil(extract(epoch from span.start - clock_timestamp()) + $3::int))::int as "resetSeconds"
  from span, asked left join taken on taken.key = asked.key`;

const DELETE_OVER = `
  delete from rate_limits where (key, window_start) in (
    select key, window_start from rate_limits where window_start < now() - make_interval(secs => $1::int) limit $2 for update skip locked)`;

@Injectable()
export class RateLimitsRepository {
  constructor(private readonly transactions: Transactions) {}

  /** One of each key, of several where a key is named several times, in their order. */
  async take(keys: readonly string[], limit: number, windowSeconds: number): Promise<Taken[]> {
    const rows = await this.transactions.rows<Counted>(TAKE, [keys, limit, windowSeconds]);
    const counted = new Map(rows.map((row) => [row.key, row]));
    return keys.map((key) => {
      const row = counted.get(key) as Counted;
      if (row.before === null || row.before >= limit) return { used: null, resetSeconds: row.resetSeconds };
      row.before += 1;
      return { used: row.before, resetSeconds: row.resetSeconds };
    });
  }

  /** Forgets windows that began longer ago than any window lasts. */
  deleteOlderThan(seconds: number, limit: number): Promise<number> {
    return this.transactions.affected(DELETE_OVER, [seconds, limit]);
  }
}
