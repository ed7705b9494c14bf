import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import type { QuotedPrice } from './receipt';

@Injectable()
export class ReceiptsRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Everything the open transaction reads from now on is as of one moment: a payment between two reads would not add up. */
  async fixMoment(): Promise<void> {
    await this.transactions.affected('set transaction isolation level repeatable read, read only');
  }

  /** What the invoice's amount was worth when a payer chose the asset; null for one that was priced in it. */
  async findQuotedPrice(merchantId: string, invoiceId: string): Promise<QuotedPrice | null> {
    const [row] = await this.transactions.rows<QuotedPrice>(
      `select q.currency, q.amount, q.rate::text as rate from payment_link_choices c
         join quotes q on q.merchant_id = c.merchant_id and q.id = c.quote_id where c.merchant_id = $1 and c.invoice_id = $2`,
      [merchantId, invoiceId],
    );
    return row ?? null;
  }
}
