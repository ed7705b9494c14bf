import { Injectable } from '@nestjs/common';
import type { Tenant } from '../common/tenant';
import { CREATION_COLUMNS, type Keyset, keysetClause } from '../database/keyset';
import { Transactions } from '../database/transactions';
import type { LinkStatus } from '../links/link-states';
import type { Period } from './subscription';

/** What a move needs to know of a subscription's periods. */
export interface WaitingPeriod extends Period {
  readonly invoicePublicId: string | null;
  /** Money for it was put aside and is not recorded yet. */
  readonly unread: boolean;
  /** The first of its reminders that was not sent. */
  readonly reminderAt: Date | null;
}

/** A period, and an invoice that it may be paid by. */
export interface FollowedPeriod extends Period {
  readonly movedId: string;
  /** Of the link by which it is paid. */
  readonly linkStatus: LinkStatus | null;
}

export interface UnpaidPeriod {
  readonly merchantId: string;
  readonly subscriptionId: string;
  readonly invoiceId: string;
  readonly unread: boolean;
}

const COLUMNS = `p.merchant_id as "merchantId", p.subscription_id as "subscriptionId", p.id, p.period_index as index, p.starts_at as "startsAt", p.ends_at as "endsAt",
  p.invoice_id as "invoiceId", p.link_id as "linkId", (select l.public_id from payment_links l where l.merchant_id = p.merchant_id and l.id = p.link_id) as "linkPublicId", p.state, p.amount, p.created_at as "createdAt"`;
const KEYS = 'unnest($1::uuid[], $2::uuid[]) as k (merchant_id, id)';
/** The invoice of a period that waits: its own, or the newest choice of its link, if there is one. */
const ASKING =
  'coalesce(p.invoice_id, (select l.invoice_id from payment_links l where l.merchant_id = p.merchant_id and l.id = p.link_id))';
const WAITING = `
  select ${COLUMNS}, (select i.public_id from invoices i where i.merchant_id = p.merchant_id and i.id = ${ASKING}) as "invoicePublicId",
    exists (select from quarantined_items q where q.merchant_id = p.merchant_id and (q.invoice_id = p.invoice_id
      or q.invoice_id in (select c.invoice_id from payment_link_choices c where c.merchant_id = p.merchant_id and c.link_id = p.link_id))) as unread,
    (select min(r.due_at) from subscription_reminders r where r.merchant_id = p.merchant_id and r.subscription_id = p.subscription_id and r.period_index = p.period_index and r.sent_at is null) as "reminderAt"
  from ${KEYS} join subscription_periods p on p.merchant_id = k.merchant_id and p.subscription_id = k.id and p.state in ('open', 'past_due')`;

/** Their last invoice, or a choice of their link, expired: it has received something, or money for it is not recorded yet. */
const UNPAID = `
  select p.merchant_id as "merchantId", p.subscription_id as "subscriptionId", i.id as "invoiceId", q.unread
  from ${KEYS} join subscription_periods p on p.merchant_id = k.merchant_id and p.subscription_id = k.id and p.state in ('lapsed', 'cancelled')
    cross join lateral (select p.invoice_id as id union select c.invoice_id from payment_link_choices c where c.merchant_id = p.merchant_id and c.link_id = p.link_id) as a
    join invoices i on i.merchant_id = p.merchant_id and i.id = a.id and i.status = 'EXPIRED'
    cross join lateral (select exists (select from quarantined_items q where q.merchant_id = i.merchant_id and q.invoice_id = i.id) as unread) as q
  where i.received > 0 or q.unread`;

/** Rows that lose their invoice come first: another one may get it. */
const WRITE = `
  insert into subscription_periods (merchant_id, subscription_id, period_index, id, starts_at, ends_at, invoice_id, link_id, state, amount, created_at, updated_at)
  select merchant_id, subscription_id, period_index, id, starts_at, ends_at, invoice_id, link_id, state, amount, created_at, $2
  from jsonb_to_recordset($1::jsonb) as p (merchant_id uuid, subscription_id uuid, period_index integer, id uuid, starts_at timestamptz, ends_at timestamptz, invoice_id uuid, link_id uuid, state text, amount bigint, created_at timestamptz)
  order by invoice_id is not null, state in ('open', 'past_due'), merchant_id, subscription_id, period_index
  on conflict (merchant_id, subscription_id, period_index) do update
    set starts_at = excluded.starts_at, ends_at = excluded.ends_at, invoice_id = excluded.invoice_id, state = excluded.state, updated_at = excluded.updated_at`;

@Injectable()
export class PeriodsRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Of each of these subscriptions, which the caller holds, the one period that waits for money. */
  listWaiting(
    subscriptions: readonly { readonly merchantId: string; readonly id: string }[],
  ): Promise<WaitingPeriod[]> {
    return this.transactions.rows(WAITING, columns(subscriptions));
  }

  /** Of each of these subscriptions, which have not been paid in time, the invoice that has to be looked at. */
  listUnpaid(subscriptions: readonly { readonly merchantId: string; readonly id: string }[]): Promise<UnpaidPeriod[]> {
    return this.transactions.rows(UNPAID, columns(subscriptions));
  }

  /** Those that these invoices are for: each with its own, or with one of the choices of its link. */
  listOf(invoices: readonly { readonly merchantId: string; readonly id: string }[]): Promise<FollowedPeriod[]> {
    return this.transactions.rows(
      `select ${COLUMNS}, k.id as "movedId", (select l.status from payment_links l where l.merchant_id = p.merchant_id and l.id = p.link_id) as "linkStatus"
       from ${KEYS} join invoices i on i.merchant_id = k.merchant_id and i.id = k.id
         join subscription_periods p on p.merchant_id = i.merchant_id and p.subscription_id = i.subscription_id and p.period_index = i.period_index and (p.invoice_id = i.id or p.link_id is not null)`,
      columns(invoices),
    );
  }

  /** Money came for other periods than the invoices were made for. The caller holds the invoices. */
  async repurpose(periods: readonly Period[], at: Date): Promise<void> {
    if (periods.length === 0) return;
    await this.transactions.affected(
      `update invoices i set period_index = k.period_index, updated_at = $4, version = i.version + 1
       from unnest($1::uuid[], $2::uuid[], $3::integer[]) as k (merchant_id, id, period_index) where i.merchant_id = k.merchant_id and i.id = k.id`,
      [
        periods.map(({ merchantId }) => merchantId),
        periods.map(({ invoiceId }) => invoiceId),
        periods.map(({ index }) => index),
        at,
      ],
    );
  }

  /** As they are from now on, new ones among them. */
  async write(periods: readonly Period[], at: Date): Promise<void> {
    if (periods.length === 0) return;
    const rows = periods.map((period) => ({
      merchant_id: period.merchantId,
      subscription_id: period.subscriptionId,
      period_index: period.index,
      id: period.id,
      starts_at: period.startsAt,
      ends_at: period.endsAt,
      invoice_id: period.invoiceId,
      link_id: period.linkId,
      state: period.state,
      amount: period.amount.toString(),
      created_at: period.createdAt,
    }));
    await this.transactions.affected(WRITE, [JSON.stringify(rows), at]);
  }

  list(owner: Tenant, subscriptionId: string, page: Keyset): Promise<Period[]> {
    const values: unknown[] = [owner.merchantId, subscriptionId];
    return this.transactions.page(
      `select ${COLUMNS} from subscription_periods p where p.merchant_id = $1 and p.subscription_id = $2 ${keysetClause(page, ORDER, values)}`,
      values,
    );
  }

  listByIds(owner: Tenant, ids: readonly string[]): Promise<Period[]> {
    return this.transactions.rows(
      `select ${COLUMNS} from subscription_periods p join subscriptions s on s.merchant_id = p.merchant_id and s.id = p.subscription_id
       where p.merchant_id = $1 and ($2::text is null or s.network = $2) and p.id = any($3::uuid[])`,
      [owner.merchantId, owner.network, ids],
    );
  }

  /** The latest ones first. */
  listLatest(merchantId: string, subscriptionId: string, limit: number): Promise<Period[]> {
    return this.transactions.rows(
      `select ${COLUMNS} from subscription_periods p where p.merchant_id = $1 and p.subscription_id = $2 order by p.period_index desc limit $3`,
      [merchantId, subscriptionId, limit],
    );
  }

  /** Of each subscription how many periods were paid, and the invoice that waits for money. */
  async summaries(
    merchantId: string,
    ids: readonly string[],
  ): Promise<Map<string, { readonly paid: number; readonly invoiceId: string | null }>> {
    const rows = await this.transactions.rows<{ id: string; paid: number; invoiceId: string | null }>(
      `select k.id, (select count(*)::integer from subscription_periods p where p.merchant_id = $1 and p.subscription_id = k.id and p.state = 'paid') as paid,
         (select ${ASKING} from subscription_periods p where p.merchant_id = $1 and p.subscription_id = k.id and p.state in ('open', 'past_due')) as "invoiceId"
       from unnest($2::uuid[]) as k (id)`,
      [merchantId, ids],
    );
    return new Map(rows.map(({ id, ...summary }) => [id, summary]));
  }
}

const ORDER = {
  ...CREATION_COLUMNS,
  index: { sql: 'p.period_index', type: 'integer' },
  id: { sql: 'p.id', type: 'uuid' },
} as const;

function columns(keys: readonly { readonly merchantId: string; readonly id: string }[]): [string[], string[]] {
  return [keys.map(({ merchantId }) => merchantId), keys.map(({ id }) => id)];
}
