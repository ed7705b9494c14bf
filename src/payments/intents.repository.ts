import { Injectable } from '@nestjs/common';
import type { Network } from '../common/network';
import { Transactions } from '../database/transactions';
import { forgetSql, remindSql } from '../database/deadline-sql';
import type { PreparedExchange } from '../stellar/transactions';

/** The newest that a signed path payment is compared with; one that is signed as it was prepared is always among them. */
const MOST_COMPARED = 50;

export interface NewIntent {
  readonly merchantId: string;
  readonly id: string;
  readonly invoiceId: string;
  /** Of the invoice. */
  readonly network: Network;
  readonly sender: string | null;
  readonly transactionHash: string | null;
  /** What a path payment was prepared with; null for one in the invoice's own asset. */
  readonly exchange: Omit<PreparedExchange, 'maxTime'> | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

const LAPSED = `p.status in ('open', 'submitted') and p.expires_at < $3`;

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
      `with prepared as (
         insert into payment_intents (merchant_id, id, invoice_id, status, sender, transaction_hash, created_at, expires_at, amount, send_asset_code, send_asset_issuer, send_max, send_path)
         values ($1, $2, $3, 'open', $4, $5, $6, $7, $8, $9, $10, $11, $12) returning merchant_id, id, expires_at
       ), reminded as (
         ${remindSql('intent', '(select merchant_id, id, $13::text as network, expires_at from prepared)')}
       )
       select from prepared`,
      [
        intent.merchantId,
        intent.id,
        intent.invoiceId,
        intent.sender,
        intent.transactionHash,
        intent.createdAt,
        intent.expiresAt,
        ...prepared,
        intent.network,
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

  /**
   * Ends those of one merchant's intents whose time was over before everything up to `ingestedThrough` had been read. Holds
   * their invoices; those that another transaction holds are left for later.
   */
  endLapsed(
    merchantId: string,
    ids: readonly string[],
    ingestedThrough: Date,
  ): Promise<{ id: string; invoiceId: string }[]> {
    return this.transactions.rows(
      `with due as (
         select p.merchant_id, p.id, i.network, p.expires_at, i.status from payment_intents p
         join invoices i on i.merchant_id = p.merchant_id and i.id = p.invoice_id
         where p.merchant_id = $1 and p.id = any($2::uuid[]) and ${LAPSED}
         order by i.id, p.id for update of p skip locked for no key update of i skip locked
       ), forgotten as (
         ${forgetSql('intent', 'due')}
       )
       update payment_intents p set status = case when due.status = 'PAID' then 'succeeded' else 'expired' end
       from due where p.merchant_id = due.merchant_id and p.id = due.id
       returning p.id, p.invoice_id as "invoiceId"`,
      [merchantId, ids, ingestedThrough],
    );
  }

  /** Those of the ids that have nothing to end before `ingestedThrough`. */
  async listNotLapsed(merchantId: string, ids: readonly string[], ingestedThrough: Date): Promise<string[]> {
    const rows = await this.transactions.rows<{ id: string }>(
      `select k.id from unnest($2::uuid[]) as k (id) where not exists (select from payment_intents p where p.merchant_id = $1 and p.id = k.id and ${LAPSED})`,
      [merchantId, ids, ingestedThrough],
    );
    return rows.map(({ id }) => id);
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
