import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';

@Injectable()
export class MerchantHandlesRepository {
  constructor(private readonly transactions: Transactions) {}

  /** By id of the merchant; those that have none are not there. */
  async listOf(merchantIds: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.transactions.rows<{ merchantId: string; handle: string }>(
      'select merchant_id as "merchantId", handle from merchant_handles where merchant_id = any($1::uuid[])',
      [merchantIds],
    );
    return new Map(rows.map(({ merchantId, handle }) => [merchantId, handle]));
  }

  async findMerchant(handle: string): Promise<string | null> {
    const [row] = await this.transactions.rows<{ merchantId: string }>(
      'select merchant_id as "merchantId" from merchant_handles where handle = $1',
      [handle],
    );
    return row?.merchantId ?? null;
  }

  /** False when the handle is another merchant's, or the merchant has one. */
  async insert(merchantId: string, handle: string, at: Date): Promise<boolean> {
    const written = await this.transactions.affected(
      'insert into merchant_handles (handle, merchant_id, created_at) values ($1, $2, $3) on conflict do nothing',
      [handle, merchantId, at],
    );
    return written === 1;
  }
}
