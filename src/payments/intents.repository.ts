import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import type { PreparedExchange } from '../stellar/transactions';

/** The newest that a signed path payment is compared with; one that is signed as it was prepared is always among them. */
const MOST_COMPARED = 50;

export interface NewIntent {
  readonly merchantId: string;
  readonly id: string;
  readonly invoiceId: string;
  readonly sender: string | null;
  readonly transactionHash: string | null;
  /** What a path payment was prepared with; null for one in the invoice's own asset. */
  readonly exchange: Omit<PreparedExchange, 'maxTime'> | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** Prepared ways to pay: cheap rows that lapse. They own nothing of the invoice. */
@Injectable()
export class IntentsRepository {
  constructor(private readonly transactions: Transactions) {}

  async insert(intent: NewIntent): Promise<void> {
    const { exchange } = intent;
    const prepared =
      exchange === null
        ? [null, null, null, null, null]
        : [
            exchange.amount,
            exchange.sendAsset.code,
            exchange.sendAsset.issuer,
            exchange.sendMax,
            JSON.stringify(exchange.path),
          ];
    await this.transactions.affected(
      `insert into payment_intents (merchant_id, id, invoice_id, status, sender, transaction_hash, created_at, expires_at, amount, send_asset_code, send_asset_issuer, send_max, send_path)
       values ($1, $2, $3, 'open', $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        intent.merchantId,
        intent.id,
        intent.invoiceId,
        intent.sender,
        intent.transactionHash,
        intent.createdAt,
        intent.expiresAt,
        ...prepared,
      ],
    );
  }

  /** The path payments that were prepared for this sender and have not ended; the one with this hash first, then the newest. */
  exchangesFor(
    merchantId: string,
    invoiceId: string,
    sender: string,
    transactionHash: string,
  ): Promise<PreparedExchange[]> {
    return this.transactions.rows(
      `select amount, jsonb_build_object('code', send_asset_code, 'issuer', send_asset_issuer) as "sendAsset", send_max as "sendMax", send_path as path, expires_at as "maxTime"
       from payment_intents where merchant_id = $1 and invoice_id = $2 and sender = $3 and send_max is not null and status in ('open', 'submitted')
       order by (transaction_hash = $4) desc, created_at desc limit ${MOST_COMPARED}`,
      [merchantId, invoiceId, sender, transactionHash],
    );
  }

  /** The latest moment up to which a prepared payment may still be on its way; null when none is open. */
  async latestOpenUntil(merchantId: string, invoiceId: string): Promise<Date | null> {
    const [row] = await this.transactions.rows<{ until: Date | null }>(
      `select max(expires_at) as until from payment_intents where merchant_id = $1 and invoice_id = $2 and status in ('open', 'submitted')`,
      [merchantId, invoiceId],
    );
    return row?.until ?? null;
  }

  async markSubmitted(merchantId: string, invoiceId: string, transactionHash: string): Promise<void> {
    await this.transactions.affected(
      `update payment_intents set status = 'submitted' where merchant_id = $1 and invoice_id = $2 and transaction_hash = $3 and status = 'open'`,
      [merchantId, invoiceId, transactionHash],
    );
  }

  /** Ends up to `limit` intents whose time was over before everything up to `ingestedThrough` had been read; their invoices are held, those that somebody else holds are left for later. */
  claimLapsed(
    network: string,
    ingestedThrough: Date,
    limit: number,
  ): Promise<{ merchantId: string; invoiceId: string }[]> {
    return this.transactions.rows(
      `with due as (
         select p.merchant_id, p.id from payment_intents p
         join invoices i on i.merchant_id = p.merchant_id and i.id = p.invoice_id
         where p.status in ('open', 'submitted') and p.expires_at < $2 and i.network = $1
         order by p.expires_at limit $3 for update of p skip locked for no key update of i skip locked
       )
       update payment_intents p set status = case when i.status = 'PAID' then 'succeeded' else 'expired' end
       from due, invoices i
       where p.merchant_id = due.merchant_id and p.id = due.id and i.merchant_id = p.merchant_id and i.id = p.invoice_id
       returning p.merchant_id as "merchantId", p.invoice_id as "invoiceId"`,
      [network, ingestedThrough, limit],
    );
  }

  /** Removes ended intents older than `before`, oldest first. */
  deleteEnded(before: Date, limit: number): Promise<number> {
    return this.transactions.affected(
      `delete from payment_intents where (merchant_id, id) in (
         select merchant_id, id from payment_intents where status in ('succeeded', 'failed', 'expired') and expires_at < $1 order by expires_at limit $2 for update skip locked)`,
      [before, limit],
    );
  }
}
