import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import type { Invoice } from './invoice';
import { PAYABLE_STATUSES } from './invoice-states';

@Injectable()
export class InvoicePayerRepository {
  constructor(private readonly transactions: Transactions) {}

  /** False for one that is not to be paid any more. */
  async readdress(
    { merchantId, id }: { readonly merchantId: string; readonly id: string },
    email: string | null,
    at: Date,
  ): Promise<boolean> {
    const written = await this.transactions.affected(
      `update invoices set client_email = $3, updated_at = $4, version = version + 1
       where merchant_id = $1 and id = $2 and status = any($5) and deleted_at is null`,
      [merchantId, id, email, at, PAYABLE_STATUSES],
    );
    return written > 0;
  }

  /** What a subscriber said when the subscription of the invoice began; `email` is the address that it had. */
  async eraseSubscriber({ merchantId, subscriptionId }: Pick<Invoice, 'merchantId' | 'subscriptionId'>): Promise<{
    readonly erased: boolean;
    readonly email: string | null;
  }> {
    if (subscriptionId === null) return { erased: false, email: null };
    const key = [merchantId, subscriptionId];
    const [said] = await this.transactions.rows<{ readonly email: string | null }>(
      'select email from subscriptions where merchant_id = $1 and id = $2',
      key,
    );
    const erased = await this.transactions.affected(
      `update subscriptions set answers = '{}', email = null, payer_name = null, payer_address = null
       where merchant_id = $1 and id = $2 and (answers <> '{}' or num_nonnulls(email, payer_name, payer_address) > 0)`,
      key,
    );
    return { erased: erased > 0, email: said?.email ?? null };
  }
}
