import { Injectable } from '@nestjs/common';
import { Transactions } from '../../database/transactions';

/** How often a page was opened on a day (`2026-11-30`, UTC). */
export interface ViewCount {
  readonly publicId: string;
  readonly day: string;
  readonly opened: number;
}

/** In the order of their keys, so that processes that write at once wait for each other in one direction. */
const ADD = `
  insert into link_views (merchant_id, link_id, day, opened)
  select l.merchant_id, l.id, k.day, sum(k.opened) from unnest($1::text[], $2::date[], $3::bigint[]) as k (public_id, day, opened)
    join payment_links l on l.public_id = k.public_id
  group by l.merchant_id, l.id, k.day order by l.merchant_id, l.id, k.day
  on conflict (merchant_id, link_id, day) do update set opened = link_views.opened + excluded.opened`;

@Injectable()
export class LinkViewsRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Adds them to what is counted; pages that are no link's are left out. */
  async add(counts: readonly ViewCount[]): Promise<void> {
    await this.transactions.affected(ADD, [
      counts.map(({ publicId }) => publicId),
      counts.map(({ day }) => day),
      counts.map(({ opened }) => opened),
    ]);
  }
}
