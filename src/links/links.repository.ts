import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import { linkSources, type LinkStatus } from './link-states';

export interface MovedLink {
  readonly merchantId: string;
  readonly id: string;
  readonly invoiceId: string;
}

@Injectable()
export class LinksRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Moves the links of the given invoices to `target` where their status allows it; returns those that moved. */
  moveByInvoice(keys: readonly { merchantId: string; id: string }[], target: LinkStatus, at: Date): Promise<MovedLink[]> {
    return this.transactions.rows(
      `update payment_links l set status = $3, updated_at = $4
       from unnest($1::uuid[], $2::uuid[]) as k (merchant_id, invoice_id)
       where l.merchant_id = k.merchant_id and l.invoice_id = k.invoice_id and l.status = any($5)
       returning l.merchant_id as "merchantId", l.id, l.invoice_id as "invoiceId"`,
      [keys.map((key) => key.merchantId), keys.map((key) => key.id), target, at, linkSources(target)],
    );
  }
}
