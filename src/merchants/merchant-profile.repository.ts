import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import type { Merchant } from './merchant';

export type MerchantFacts = Pick<Merchant, 'name' | 'defaultNetwork' | 'toleranceBp' | 'lateGraceSeconds' | 'timeZone'>;

const COLUMNS = `id, name, default_network as "defaultNetwork", tolerance_bp as "toleranceBp", late_grace_seconds as "lateGraceSeconds", time_zone as "timeZone",
  (select h.handle from merchant_handles h where h.merchant_id = merchants.id) as handle, version,
  created_at as "createdAt", updated_at as "updatedAt"`;

@Injectable()
export class MerchantProfileRepository {
  constructor(private readonly transactions: Transactions) {}

  async find(merchantId: string): Promise<Merchant | null> {
    const [row] = await this.transactions.rows<Merchant>(`select ${COLUMNS} from merchants where id = $1`, [
      merchantId,
    ]);
    return row ?? null;
  }

  /** Of a merchant that exists. Every change of its members or accounts takes this lock first. */
  async lock(merchantId: string): Promise<Merchant> {
    const [row] = await this.transactions.rows<Merchant>(
      `select ${COLUMNS} from merchants where id = $1 for no key update`,
      [merchantId],
    );
    if (row === undefined) throw new Error(`no merchant ${merchantId}`);
    return row;
  }

  /** Of a row that is locked. */
  async update(
    merchantId: string,
    { name, defaultNetwork, toleranceBp, lateGraceSeconds, timeZone }: MerchantFacts,
    at: Date,
  ): Promise<Merchant> {
    const [row] = await this.transactions.rows<Merchant>(
      `update merchants set name = $2, default_network = $3, tolerance_bp = $4, late_grace_seconds = $5, time_zone = $6, updated_at = $7, version = version + 1
       where id = $1 returning ${COLUMNS}`,
      [merchantId, name, defaultNetwork, toleranceBp, lateGraceSeconds, timeZone, at],
    );
    return row as Merchant;
  }
}
