import { Injectable } from '@nestjs/common';
import type { Network } from '../common/network';
import { Transactions } from '../database/transactions';
import { forgetSql, remindSql } from '../database/deadline-sql';
import { invoiceColumns } from './invoice-columns';
import type { InvoiceStatus } from './invoice-states';
import type { Invoice } from './invoice';

/** The fields of an invoice that payments are judged by and events carry. */
const JUDGED = [
  'merchantId',
  'id',
  'publicId',
  'number',
  'status',
  'network',
  'destination',
  'assetCode',
  'assetIssuer',
  'title',
  'reference',
  'referenceNumber',
  'memo',
  'subtotal',
  'taxRate',
  'taxes',
  'taxAmount',
  'total',
  'scale',
  'received',
  'toleranceBp',
  'lateGraceSeconds',
  'openedLedger',
  'providerLedger',
  'subscriptionId',
  'createdAt',
  'expiresAt',
  'deletedAt',
  'paidAt',
  'paidTransaction',
  'paidLedger',
  'payerWallet',
  'payer',
  'version',
] as const satisfies readonly (keyof Invoice)[];

export type JudgedInvoice = Pick<Invoice, (typeof JUDGED)[number]>;

/** How money found its invoice: one row per (reference asked for) that exists. */
export interface ReferencedInvoice extends JudgedInvoice {
  readonly account: string;
  readonly kind: 'id' | 'text';
  readonly value: string;
}

export interface InvoiceKey {
  readonly merchantId: string;
  readonly id: string;
}

/** How to meet a row that another transaction holds: wait for it, or leave it out. */
export type Holding = 'wait' | 'skip';

/**
 * Every caller that holds several invoices takes them in this order, before their links, and these before anything else.
 * So no two callers wait for each other.
 */
const IN_ORDER = (holding: Holding): string =>
  `order by i.merchant_id, i.id for no key update of i${holding === 'skip' ? ' skip locked' : ''}`;

/** How money names invoices: $1 is the network, and the three arrays are of the same length. */
const REFERENCED = `select ${invoiceColumns('i', JUDGED)}, r.account, r.kind, r.value
       from unnest($2::text[], $3::text[], $4::text[]) as asked (account, kind, value)
       join payment_references r on r.network = $1 and r.account = asked.account and r.kind = asked.kind and r.value = asked.value
       join invoices i on i.merchant_id = r.merchant_id and i.id = r.invoice_id`;

export interface SubscriptionKey {
  readonly merchantId: string;
  readonly subscriptionId: string;
}

const OPEN_OF = `select ${invoiceColumns('i', JUDGED)} from unnest($1::uuid[], $2::uuid[]) as k (merchant_id, id)
  join subscriptions s on s.merchant_id = k.merchant_id and s.id = k.id and s.roll_forward and s.status in ('active', 'past_due')
  join invoices i on i.merchant_id = s.merchant_id and i.subscription_id = s.id and i.status in ('PENDING', 'PROCESSING')`;

function subscriptionColumns(keys: readonly SubscriptionKey[]): [string[], string[]] {
  return [keys.map(({ merchantId }) => merchantId), keys.map(({ subscriptionId }) => subscriptionId)];
}

/** What a batch of money does to one invoice. */
export interface Settlement {
  readonly merchantId: string;
  readonly id: string;
  readonly received: bigint;
  readonly status: InvoiceStatus;
  readonly paidAt: Date | null;
  readonly paidTransaction: string | null;
  readonly paidLedger: number | null;
  readonly payerWallet: string | null;
  /** The version that was judged: a row that changed since is not written. */
  readonly version: bigint;
}

const COLUMNS = invoiceColumns('i');
const DUE = `i.expires_at < $3 and i.status in ('PENDING', 'PROCESSING')`;

/** The set-based writes that money and time make on many invoices at once. */
@Injectable()
export class InvoiceSettlementRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Holds the invoices behind references until the transaction ends; returns those that are held, as they are from then on. */
  holdReferenced(
    network: Network,
    accounts: string[],
    kinds: string[],
    values: string[],
    holding: Holding,
  ): Promise<ReferencedInvoice[]> {
    return this.transactions.rows(`${REFERENCED} ${IN_ORDER(holding)}`, [network, accounts, kinds, values]);
  }

  /** The same for invoices by their keys. */
  hold(keys: readonly InvoiceKey[], holding: Holding): Promise<InvoiceKey[]> {
    return this.transactions.rows(
      `select i.merchant_id as "merchantId", i.id from invoices i where (i.merchant_id, i.id) in (select * from unnest($1::uuid[], $2::uuid[])) ${IN_ORDER(holding)}`,
      [keys.map(({ merchantId }) => merchantId), keys.map(({ id }) => id)],
    );
  }

  /** Invoices behind the references as they are now, whoever holds them. */
  findReferenced(
    network: Network,
    accounts: string[],
    kinds: string[],
    values: string[],
  ): Promise<ReferencedInvoice[]> {
    return this.transactions.rows(REFERENCED, [network, accounts, kinds, values]);
  }

  /** The open invoices of subscriptions that take money for a paid period, whoever holds them. */
  findOpenOf(keys: readonly SubscriptionKey[]): Promise<JudgedInvoice[]> {
    return this.transactions.rows(OPEN_OF, subscriptionColumns(keys));
  }

  /** The same, those that are held from then on: others' are left out. */
  holdOpenOf(keys: readonly SubscriptionKey[]): Promise<JudgedInvoice[]> {
    return this.transactions.rows(`${OPEN_OF} ${IN_ORDER('skip')}`, subscriptionColumns(keys));
  }

  /** As it is now. */
  async find(key: { readonly merchantId: string; readonly id: string }): Promise<JudgedInvoice | null> {
    const [row] = await this.transactions.rows<JudgedInvoice>(
      `select ${invoiceColumns('i', JUDGED)} from invoices i where i.merchant_id = $1 and i.id = $2`,
      [key.merchantId, key.id],
    );
    return row ?? null;
  }

  /** Writes sums and statuses over the versions that were judged. Fewer rows written than judged means that an invoice has changed since. */
  settle(settlements: readonly Settlement[], at: Date): Promise<number> {
    const ordered = settlements.toSorted((a, b) => (a.merchantId + a.id < b.merchantId + b.id ? -1 : 1));
    const column = <T>(read: (each: Settlement) => T): T[] => ordered.map(read);
    return this.transactions.affected(
      `with settled as (
       update invoices i set received = s.received, status = s.status, paid_at = s.paid_at, paid_transaction = s.paid_transaction, paid_ledger = s.paid_ledger,
         payer_wallet = s.payer_wallet, closed_at = case when s.status = 'PAID' then coalesce(i.closed_at, $10) else i.closed_at end, updated_at = $10, version = i.version + 1
       from unnest($1::uuid[], $2::uuid[], $3::numeric[], $4::text[], $5::timestamptz[], $6::text[], $7::integer[], $8::text[], $9::bigint[])
         as s (merchant_id, id, received, status, paid_at, paid_transaction, paid_ledger, payer_wallet, version)
       where i.merchant_id = s.merchant_id and i.id = s.id and i.version = s.version
       returning i.merchant_id, i.id, i.network, i.expires_at, i.status
       ), forgotten as (${forgetSql('invoice', `(select merchant_id, id, network, expires_at from settled where status = 'PAID')`)})
       select from settled`,
      [
        column((each) => each.merchantId),
        column((each) => each.id),
        column((each) => each.received),
        column((each) => each.status),
        column((each) => each.paidAt),
        column((each) => each.paidTransaction),
        column((each) => each.paidLedger),
        column((each) => each.payerWallet),
        column((each) => each.version),
        at,
      ],
    );
  }

  /**
   * Holds those of one merchant's invoices that no other transaction holds and that were due before `ingestedThrough`: money that
   * arrived in time has been seen by then. An invoice with money put aside, for any reason, waits until that is recorded or forgotten.
   */
  holdDue(merchantId: string, ids: readonly string[], ingestedThrough: Date): Promise<InvoiceKey[]> {
    return this.transactions.rows(
      `select i.merchant_id as "merchantId", i.id from invoices i
       where i.merchant_id = $1 and i.id = any($2::uuid[]) and ${DUE}
         and not exists (select from quarantined_items q where q.merchant_id = i.merchant_id and q.invoice_id = i.id)
       ${IN_ORDER('skip')}`,
      [merchantId, ids, ingestedThrough],
    );
  }

  /** Those of the ids that have nothing to end before `ingestedThrough`. */
  async listNotDue(merchantId: string, ids: readonly string[], ingestedThrough: Date): Promise<string[]> {
    const rows = await this.transactions.rows<{ id: string }>(
      `select k.id from unnest($2::uuid[]) as k (id) where not exists (select from invoices i where i.merchant_id = $1 and i.id = k.id and ${DUE})`,
      [merchantId, ids, ingestedThrough],
    );
    return rows.map(({ id }) => id);
  }

  /** Expires invoices that the caller holds; returns them with the status they had. */
  expire(keys: readonly InvoiceKey[], at: Date): Promise<(Invoice & { previous: InvoiceStatus })[]> {
    return this.transactions.rows(
      `with due as (select i.merchant_id, i.id, i.network, i.expires_at, i.status from invoices i join unnest($1::uuid[], $2::uuid[]) as k (merchant_id, id) using (merchant_id, id) where i.status in ('PENDING', 'PROCESSING')),
         forgotten as (${forgetSql('invoice', 'due')})
       update invoices i set status = 'EXPIRED', closed_at = $3, updated_at = $3, version = i.version + 1
       from due where i.merchant_id = due.merchant_id and i.id = due.id
       returning ${COLUMNS}, due.status as previous`,
      [keys.map(({ merchantId }) => merchantId), keys.map(({ id }) => id), at],
    );
  }

  /** PROCESSING falls back to PENDING where the last open intent is gone; the caller holds the invoices. */
  reopenIdle(keys: readonly { merchantId: string; id: string }[], at: Date): Promise<Invoice[]> {
    return this.transactions.rows(
      `update invoices i set status = 'PENDING', updated_at = $3, version = i.version + 1
       from unnest($1::uuid[], $2::uuid[]) as k (merchant_id, id)
       where i.merchant_id = k.merchant_id and i.id = k.id and i.status = 'PROCESSING'
         and not exists (select 1 from payment_intents p where p.merchant_id = i.merchant_id and p.invoice_id = i.id and p.status in ('open', 'submitted'))
       returning ${COLUMNS}`,
      [keys.map((key) => key.merchantId), keys.map((key) => key.id), at],
    );
  }

  /** The status as it is now, held until the caller's transaction ends; null when the invoice is gone. */
  async lockStatus(key: InvoiceKey): Promise<InvoiceStatus | null> {
    const [row] = await this.transactions.rows<{ status: InvoiceStatus }>(
      `select status from invoices where merchant_id = $1 and id = $2 and deleted_at is null for no key update`,
      [key.merchantId, key.id],
    );
    return row?.status ?? null;
  }

  /** Moves an invoice that the caller holds; the deadline of a draft counts from now on. */
  async startProcessing({ merchantId, id }: InvoiceKey, from: InvoiceStatus, at: Date): Promise<Invoice> {
    const [row] = await this.transactions.rows<Invoice>(
      `with moved as (
         update invoices i set status = 'PROCESSING', updated_at = $3, version = i.version + 1 where i.merchant_id = $1 and i.id = $2 returning ${COLUMNS}
       ), reminded as (
         ${remindSql('invoice', `(select "merchantId" as merchant_id, id, network, "expiresAt" as expires_at from moved where $4 = 'DRAFT')`)}
       )
       select moved.* from moved`,
      [merchantId, id, at, from],
    );
    if (row === undefined) throw new Error(`invoice ${id} vanished`);
    return row;
  }
}
