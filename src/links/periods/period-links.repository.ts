import { Injectable } from '@nestjs/common';
import type { Network } from '../../common/network';
import { forgetSql, remindSql } from '../../database/deadline-sql';
import { Transactions } from '../../database/transactions';
import { openLifeSql } from '../../lives/open-life';

/** A link for one period, before it is made. */
export interface PeriodLinkDraft {
  readonly id: string;
  readonly publicId: string;
  readonly subscriptionId: string;
  readonly index: number;
  /** What the merchant asks for, without a tax that comes on top. */
  readonly price: bigint;
  readonly expiresAt: Date;
}

/** What may be paid with, and where the payer goes, is said by the link that was subscribed to; everything else was frozen when the subscription began. */
const INSERT = `
  with open as (${openLifeSql('$2')}), linked as (
    insert into payment_links (merchant_id, id, public_id, kind, status, direction, network, title, description, amount, scale, currency, account_currency, pay_currencies, payment_methods,
      success_redirect_url, unsuccess_redirect_url, metadata, shows_codes, paid_for, customer_id, expires_at, subscription_id, period_index, created_by, created_at, updated_at)
    select s.merchant_id, n.id, n.public_id, 'standard', 'active', 'invoice', s.network, s.title, s.description, n.price, s.scale, s.currency, l.account_currency, l.pay_currencies, l.payment_methods,
      l.success_redirect_url, l.unsuccess_redirect_url, '{}', l.shows_codes, s.paid_for, case when s.bills_customer then s.customer_id end, n.expires_at, s.id, n.period_index, $4, $5, $5
    from jsonb_to_recordset($3::jsonb) as n (id uuid, public_id text, subscription_id uuid, period_index integer, price bigint, expires_at timestamptz)
      join subscriptions s on s.merchant_id = $1 and s.id = n.subscription_id join payment_links l on l.merchant_id = s.merchant_id and l.id = s.link_id, open
    returning merchant_id, id, network, expires_at
  ), reminded as (${remindSql('link', 'linked')})
  select id from linked`;

/** The single-use links by which periods that are priced in fiat are paid. */
@Injectable()
export class PeriodLinksRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Of one merchant. Returns how many were written: none while nothing may be given out. */
  async insert(
    merchantId: string,
    network: Network,
    drafts: readonly PeriodLinkDraft[],
    createdBy: string,
    at: Date,
  ): Promise<number> {
    const rows = drafts.map(({ id, publicId, subscriptionId, index, price, expiresAt }) => ({
      id,
      public_id: publicId,
      subscription_id: subscriptionId,
      period_index: index,
      price: price.toString(),
      expires_at: expiresAt,
    }));
    const written = await this.transactions.rows<{ id: string }>(INSERT, [
      merchantId,
      network,
      JSON.stringify(rows),
      createdBy,
      at,
    ]);
    return written.length;
  }

  /** Which of these links the caller holds from now on, in one order; none is waited for unless it says so. */
  async hold(merchantId: string, ids: readonly string[], holding: 'wait' | 'skip'): Promise<string[]> {
    const rows = await this.transactions.rows<{ id: string }>(
      `select l.id from payment_links l where l.merchant_id = $1 and l.id = any($2::uuid[]) order by l.id for no key update of l${holding === 'skip' ? ' skip locked' : ''}`,
      [merchantId, ids],
    );
    return rows.map(({ id }) => id);
  }

  /** Withdraws those that nobody has chosen for and that have not ended, of links that are held. Returns their ids. */
  async cancelUnchosen(merchantId: string, ids: readonly string[], at: Date): Promise<string[]> {
    if (ids.length === 0) return [];
    const rows = await this.transactions.rows<{ id: string }>(
      `with ended as (
         update payment_links set status = 'cancelled', updated_at = $3, version = version + 1 where merchant_id = $1 and id = any($2::uuid[]) and status = 'active' and invoice_id is null
         returning merchant_id, id, network, expires_at
       ), forgotten as (${forgetSql('link', 'ended')})
       select id from ended`,
      [merchantId, ids, at],
    );
    return rows.map(({ id }) => id);
  }
}
