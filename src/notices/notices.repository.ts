import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import type { MailOccasion } from '../merchants/member';

/** An invoice that something happened to, and who is told. */
export interface Addressed {
  readonly merchantId: string;
  readonly merchant: string;
  readonly id: string;
  readonly publicId: string;
  readonly number: string;
  readonly clientEmail: string | null;
  /** A payer chose it on a page; it may be one of many that nobody pays. */
  readonly chosen: boolean;
  readonly members: readonly { readonly id: string; readonly email: string; readonly on: readonly MailOccasion[] }[];
}

@Injectable()
export class NoticesRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Whom the events about these invoices concern, as the open transaction sees it. */
  addressees(invoices: readonly { readonly merchantId: string; readonly publicId: string }[]): Promise<Addressed[]> {
    return this.transactions.rows<Addressed>(
      `select i.merchant_id as "merchantId", m.name as merchant, i.id, i.public_id as "publicId", i.number, i.client_email as "clientEmail",
         exists (select from payment_link_choices c where c.merchant_id = i.merchant_id and c.invoice_id = i.id) as chosen,
         coalesce((select jsonb_agg(jsonb_build_object('id', p.id, 'email', p.email, 'on', p.mail_on) order by p.id) from members p
           where p.merchant_id = i.merchant_id and p.status = 'active' and p.email is not null and p.mail_on <> '{}'), '[]') as members
       from unnest($1::uuid[], $2::text[]) as k (merchant_id, public_id)
         join invoices i on i.merchant_id = k.merchant_id and i.public_id = k.public_id
         join merchants m on m.id = i.merchant_id`,
      [invoices.map(({ merchantId }) => merchantId), invoices.map(({ publicId }) => publicId)],
    );
  }
}
