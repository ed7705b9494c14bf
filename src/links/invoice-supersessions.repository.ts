import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import type { InvoiceKey } from './slots/link-slots.repository';

/** Public ids; null where there is none. */
export interface Supersession {
  readonly supersedes: string | null;
  readonly supersededBy: string | null;
}

@Injectable()
export class InvoiceSupersessionsRepository {
  constructor(private readonly transactions: Transactions) {}

  async insert({ merchantId, id }: InvoiceKey, supersededId: string): Promise<void> {
    await this.transactions.affected(
      'insert into invoice_supersessions (merchant_id, superseded_id, invoice_id) values ($1, $2, $3)',
      [merchantId, supersededId, id],
    );
  }

  async find({ merchantId, id }: InvoiceKey): Promise<Supersession> {
    const [row] = await this.transactions.rows<Supersession>(
      `select (select i.public_id from invoice_supersessions s join invoices i on i.merchant_id = s.merchant_id and i.id = s.superseded_id where s.merchant_id = $1 and s.invoice_id = $2) as supersedes,
         (select i.public_id from invoice_supersessions s join invoices i on i.merchant_id = s.merchant_id and i.id = s.invoice_id where s.merchant_id = $1 and s.superseded_id = $2) as "supersededBy"`,
      [merchantId, id],
    );
    return row ?? { supersedes: null, supersededBy: null };
  }
}
