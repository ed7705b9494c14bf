import { Injectable } from '@nestjs/common';
import type { Amount } from '../common/money';
import { Transactions } from '../database/transactions';
import type { InvoiceOrigin } from './link-origin';

interface OriginRow extends Omit<InvoiceOrigin, 'quote'> {
  readonly currency: string | null;
  readonly amount: Amount;
  readonly rate: string;
  readonly quotedUntil: Date;
}

// Born with it, the link names the invoice; chosen, the choice names both, also when a later one took its place. Later periods are led to it by their subscription.
const FIND = `
  select l.public_id as "linkPublicId", l.success_redirect_url as "successRedirectUrl", l.unsuccess_redirect_url as "unsuccessRedirectUrl", l.shows_codes as "showsCodes",
    c.pay_currency as "payCurrency", q.currency, q.amount, q.rate::text as rate, q.expires_at as "quotedUntil"
  from payment_links l
    left join payment_link_choices c on c.merchant_id = l.merchant_id and c.invoice_id = $2
    left join quotes q on q.merchant_id = c.merchant_id and q.id = c.quote_id
  where l.merchant_id = $1 and l.id = coalesce(
    (select link_id from payment_link_choices where merchant_id = $1 and invoice_id = $2),
    (select id from payment_links where merchant_id = $1 and invoice_id = $2),
    (select s.link_id from invoices i join subscriptions s on s.merchant_id = i.merchant_id and s.id = i.subscription_id where i.merchant_id = $1 and i.id = $2))`;

@Injectable()
export class LinkOriginsRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Null for an invoice that belongs to no link. */
  async find(merchantId: string, invoiceId: string): Promise<InvoiceOrigin | null> {
    const [row] = await this.transactions.rows<OriginRow>(FIND, [merchantId, invoiceId]);
    if (row === undefined) return null;
    const { currency, amount, rate, quotedUntil, ...link } = row;
    return { ...link, quote: currency === null ? null : { currency, amount, rate, expiresAt: quotedUntil } };
  }
}
