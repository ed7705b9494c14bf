import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';

interface Taken {
  /** How many of the window are used, this one included; null when there was none left. */
  readonly used: number | null;
  readonly resetSeconds: number;
}

// Counts and refuses in one statement: the row lock of the upsert puts concurrent callers in line, and a counter
// that is full is left alone. Windows follow the database clock, the one clock that all replicas share.
const TAKE = `
  with span as (
    select to_timestamp(floor(extract(epoch from clock_timestamp()) / $3::int) * $3::int) as start
  ), taken as (
    insert into rate_limits (key, window_start, used) select $1, start, 1 from span
    on conflict (key, window_start) do update set used = rate_limits.used + 1 where rate_limits.used < $2::int
    returning used
  )
  select (select used from taken) as used,
    greatest(1, ceil(extract(epoch from span.start - clock_timestamp()) + $3::int))::int as "resetSeconds"
  from span`;

const DELETE_OVER = `delete from rate_limits where window_start < now() - make_interval(secs => $1::int)`;

@Injectable()
export class RateLimitsRepository {
  constructor(private readonly transactions: Transactions) {}

  async take(key: string, limit: number, windowSeconds: number): Promise<Taken> {
    const [row] = await this.transactions.rows<Taken>(TAKE, [key, limit, windowSeconds]);
    return row as Taken;
  }

  /** Forgets windows that began longer ago than any window lasts. */
  deleteOlderThan(seconds: number): Promise<number> {
    return this.transactions.affected(DELETE_OVER, [seconds]);
  }
}
