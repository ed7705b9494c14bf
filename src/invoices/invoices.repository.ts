import { Injectable } from '@nestjs/common';
import type { Amount } from '../common/money';
import type { Network } from '../common/network';
import { Transactions } from '../database/transactions';
import { forgetSql, remindSql } from '../database/deadline-sql';
import { INVOICE_COLUMN_OF, invoiceColumns, isJsonColumn } from './invoice-columns';
import { type InvoiceCreation, invoiceInsert } from './invoice-insert';
import type { InvoiceStatus } from './invoice-states';
import type { Invoice } from './invoice';

const COLUMNS = invoiceColumns();
const RETURNING = invoiceColumns('invoices');
const LIVE = 'deleted_at is null';
const OPEN_STATUSES: readonly InvoiceStatus[] = ['PENDING', 'PROCESSING'];
const MOVED = '(select "merchantId" as merchant_id, id, network, "expiresAt" as expires_at from moved)';

export interface InvoiceKey {
  readonly merchantId: string;
  readonly id: string;
}

/** One invoice of a merchant, on one network or (null) on any, by its row id or by the id that its payers know. */
export interface InvoiceAddress {
  readonly merchantId: string;
  readonly network: Network | null;
  readonly by: 'id' | 'publicId';
  readonly value: string;
}

const BY = { id: 'id', publicId: 'public_id' } as const;

export interface InvoiceFilter {
  readonly status?: InvoiceStatus;
  readonly assetCode?: string;
  readonly network?: string;
  readonly clientEmail?: string;
}

export type InvoiceSort = 'created_at' | 'expires_at' | 'total' | 'number';

export interface InvoiceListing extends InvoiceFilter {
  readonly sort: InvoiceSort;
  readonly descending: boolean;
  readonly limit: number;
  readonly offset: number;
}

export interface InvoiceStatistics {
  readonly status: InvoiceStatus;
  readonly assetCode: string;
  readonly invoices: bigint;
  readonly total: Amount;
  readonly received: Amount;
}

/** The members an owner may rewrite while the invoice is a draft. */
export type InvoicePatch = Partial<
  Pick<
    Invoice,
    | 'title'
    | 'description'
    | 'notes'
    | 'reference'
    | 'clientName'
    | 'clientEmail'
    | 'clientCompany'
    | 'clientAddress'
    | 'lines'
    | 'subtotal'
    | 'taxRate'
    | 'taxes'
    | 'taxAmount'
    | 'discount'
    | 'total'
    | 'scale'
    | 'assetCode'
    | 'assetIssuer'
    | 'expiresAt'
  >
>;

/** Numbers sort as numbers: INV-9999 comes before INV-10000. */
const ORDER: Readonly<Record<InvoiceSort, (direction: string) => string>> = {
  created_at: (direction) => `created_at ${direction}`,
  expires_at: (direction) => `expires_at ${direction} nulls last`,
  total: (direction) => `total ${direction}`,
  number: (direction) => `length(number) ${direction}, number ${direction}`,
};

/** An invoice that is held. */
interface HeldAndMoved {
  readonly from: InvoiceStatus;
  /** As it is now; null where it was not moved. */
  readonly invoice: Invoice | null;
}

/** Every query about invoices that belongs to one merchant or one public id. */
@Injectable()
export class InvoicesRepository {
  constructor(private readonly transactions: Transactions) {}

  /** The new invoices, in their order, and how much of the limit is used; otherwise why nothing was written. */
  async create(
    creation: InvoiceCreation,
  ): Promise<{ invoices: Invoice[]; limitUsed: number | null } | 'recovering' | 'limit_reached'> {
    const { text, values } = invoiceInsert(creation);
    type Row = Invoice & { limitUsed: number | null; life: bigint | null };
    const rows = await this.transactions.rows<Row>(text, values);
    const [first] = rows;
    if (first === undefined || first.life === null) return 'recovering';
    const { limitUsed } = first;
    if (creation.limit !== null && limitUsed === null) return 'limit_reached';
    const made = new Map(rows.map(({ limitUsed: _used, life: _life, ...invoice }) => [invoice.id, invoice]));
    return { invoices: creation.invoices.map(({ invoice }) => held(made.get(invoice.id), invoice)), limitUsed };
  }

  /** Any holder of the public id may look: it carries 160 random bits. */
  async findPublicById(publicId: string): Promise<Invoice | null> {
    const [row] = await this.transactions.rows<Invoice>(
      `select ${COLUMNS} from invoices where public_id = $1 and ${LIVE}`,
      [publicId],
    );
    return row ?? null;
  }

  async findOwned(merchantId: string, publicId: string): Promise<Invoice | null> {
    const [row] = await this.transactions.rows<Invoice>(
      `select ${COLUMNS} from invoices where merchant_id = $1 and public_id = $2 and ${LIVE}`,
      [merchantId, publicId],
    );
    return row ?? null;
  }

  async list(merchantId: string, listing: InvoiceListing): Promise<Invoice[]> {
    const { where, values } = filterSql(merchantId, listing);
    const direction = listing.descending ? 'desc' : 'asc';
    const page = `order by ${ORDER[listing.sort](direction)}, id ${direction} limit $${values.length + 1} offset $${values.length + 2}`;
    return this.transactions.rows(`select ${COLUMNS} from invoices where ${where} ${page}`, [
      ...values,
      listing.limit,
      listing.offset,
    ]);
  }

  async count(merchantId: string, filter: InvoiceFilter): Promise<number> {
    const { where, values } = filterSql(merchantId, filter);
    const [row] = await this.transactions.rows<{ count: bigint }>(
      `select count(*) as count from invoices where ${where}`,
      values,
    );
    return Number(row?.count ?? 0n);
  }

  /** Count and sums per status and asset, one row each; a sum may exceed what one payment can hold. */
  async statistics(merchantId: string, network: Network | null): Promise<InvoiceStatistics[]> {
    const rows = await this.transactions.rows<{
      status: InvoiceStatus;
      assetCode: string;
      invoices: bigint;
      total: string;
      received: string;
    }>(
      `select status, asset_code as "assetCode", count(*) as invoices, sum(total)::text as total, sum(received)::text as received
       from invoices where merchant_id = $1 and ($2::text is null or network = $2) and ${LIVE} group by status, asset_code order by status, asset_code`,
      [merchantId, network],
    );
    return rows.map((row) => ({ ...row, total: BigInt(row.total), received: BigInt(row.received) }));
  }

  /** As it is now, held until the caller's transaction ends; null when there is none, on the network or at all. */
  async hold({ merchantId, network, by, value }: InvoiceAddress): Promise<Invoice | null> {
    const [row] = await this.transactions.rows<Invoice>(
      `select ${COLUMNS} from invoices where merchant_id = $1 and ($2::text is null or network = $2) and ${BY[by]} = $3 and ${LIVE} for no key update`,
      [merchantId, network, value],
    );
    return row ?? null;
  }

  /**
   * Holds an invoice until the caller's transaction ends, and moves it where its status is one of `sources`: then `invoice` is as it
   * is now, else null. Null when there is none, on the network or at all. What is open has a deadline.
   */
  async holdAndMove(
    address: InvoiceAddress,
    sources: readonly InvoiceStatus[],
    target: InvoiceStatus,
    at: Date,
  ): Promise<HeldAndMoved | null> {
    const found = await this.tryToMove(address, sources, target, at);
    if (found === null || found.invoice !== null || !sources.includes(found.from)) return found;
    // It changed while the statement waited for it. It is held now, so the same statement sees it as it is.
    const moved = await this.tryToMove(address, sources, target, at);
    if (moved === null || moved.invoice === null)
      throw new Error(`invoice ${address.value} is not what its holder saw`);
    return moved;
  }

  /** Moves only the version that the statement sees (ADR 19): one that changed while it waited is held and not moved. */
  private async tryToMove(
    { merchantId, network, by, value }: InvoiceAddress,
    sources: readonly InvoiceStatus[],
    target: InvoiceStatus,
    at: Date,
  ): Promise<HeldAndMoved | null> {
    const [row] = await this.transactions.rows<{ from: InvoiceStatus } & (Invoice | { id: null })>(
      `with held as materialized (
         select merchant_id, id, status, version from invoices
         where merchant_id = $1 and ($2::text is null or network = $2) and ${BY[by]} = $3 and ${LIVE} for no key update
       ), moved as (
         update invoices set status = $4, updated_at = $5, version = invoices.version + 1,
           sent_at = case when $4 = 'PENDING' then coalesce(sent_at, $5) else sent_at end,
           closed_at = case when $4 in ('CANCELLED', 'FAILED', 'EXPIRED') then $5 else closed_at end
         from held where invoices.merchant_id = held.merchant_id and invoices.id = held.id and invoices.version = held.version and held.status = any($6::text[])
         returning ${RETURNING}
       ), deadline as (
         ${OPEN_STATUSES.includes(target) ? remindSql('invoice', MOVED) : forgetSql('invoice', MOVED)}
       )
       select held.status as "from", moved.* from held left join moved on true`,
      [merchantId, network, value, target, at, sources],
    );
    if (row === undefined) return null;
    const { from, ...invoice } = row;
    return { from, invoice: invoice.id === null ? null : invoice };
  }

  /** Whether money counts for the invoice, is held for it, or is kept aside until it can be recorded. The caller holds it, so nothing is added meanwhile. */
  async isMet(key: InvoiceKey): Promise<boolean> {
    const [row] = await this.transactions.rows<{ met: boolean }>(
      `select exists (select from payments where merchant_id = $1 and invoice_id = $2) or exists (select from quarantined_items where merchant_id = $1 and invoice_id = $2) as met`,
      [key.merchantId, key.id],
    );
    return row?.met ?? false;
  }

  /** Rewrites members of a draft that the caller holds. */
  async patchDraft(key: InvoiceKey, patch: InvoicePatch, at: Date): Promise<Invoice> {
    const members = Object.keys(patch) as (keyof InvoicePatch)[];
    const assignments = members.map((member, index) => `${INVOICE_COLUMN_OF[member]} = $${index + 4}`);
    const values = members.map((member) => (isJsonColumn(member) ? JSON.stringify(patch[member]) : patch[member]));
    const [row] = await this.transactions.rows<Invoice>(
      `update invoices set ${['updated_at = $3', 'version = version + 1', ...assignments].join(', ')}
       where merchant_id = $1 and id = $2 and status = 'DRAFT' and ${LIVE} returning ${RETURNING}`,
      [key.merchantId, key.id, at, ...values],
    );
    return held(row, key);
  }

  /** Of an invoice that the caller holds, and of its events. */
  async erasePayer(key: InvoiceKey, at: Date): Promise<Invoice> {
    await this.transactions.affected(
      `update events set data = data - 'customFields' where merchant_id = $1 and subject_id = $2 and data ? 'customFields'`,
      [key.merchantId, key.id],
    );
    const [row] = await this.transactions.rows<Invoice>(
      `update invoices set client_name = null, client_email = null, client_company = null, client_address = null, payer = null, updated_at = $3, version = version + 1
       where merchant_id = $1 and id = $2 returning ${RETURNING}`,
      [key.merchantId, key.id, at],
    );
    return held(row, key);
  }

  /** Hides a draft that the caller holds and no money has met; its payment references stay for ever. */
  async deleteDraft(key: InvoiceKey, at: Date): Promise<Invoice> {
    const [row] = await this.transactions.rows<Invoice>(
      `update invoices set deleted_at = $3, updated_at = $3, version = version + 1
       where merchant_id = $1 and id = $2 and status = 'DRAFT' and received = 0 and ${LIVE} returning ${RETURNING}`,
      [key.merchantId, key.id, at],
    );
    return held(row, key);
  }
}

/** The caller holds the row and has looked at it, so a write that finds another state is a defect of ours. */
function held(row: Invoice | undefined, { id }: InvoiceKey): Invoice {
  if (row === undefined) throw new Error(`invoice ${id} is not what its holder saw`);
  return row;
}

function filterSql(merchantId: string, filter: InvoiceFilter): { where: string; values: unknown[] } {
  const values: unknown[] = [merchantId];
  const terms = ['merchant_id = $1', LIVE];
  const equal = (column: string, value: string | undefined): void => {
    if (value === undefined) return;
    values.push(value);
    terms.push(`${column} = $${values.length}`);
  };
  equal('status', filter.status);
  equal('asset_code', filter.assetCode);
  equal('network', filter.network);
  equal('lower(client_email)', filter.clientEmail?.toLowerCase());
  return { where: terms.join(' and '), values };
}
