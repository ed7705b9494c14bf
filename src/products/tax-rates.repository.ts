import { Injectable } from '@nestjs/common';
import { CREATION_COLUMNS, type Keyset, keysetClause } from '../database/keyset';
import { Transactions } from '../database/transactions';
import type { CatalogStatus, TaxRate, TaxRateDetails } from './tax-rate';

export interface TaxRateFilter {
  readonly status?: readonly CatalogStatus[];
  readonly name?: readonly string[];
}

export interface TaxRateSearch {
  /** Part of the name, in capitals or not. */
  readonly name: string | null;
  readonly active: boolean | null;
}

const COLUMNS = `merchant_id as "merchantId", id, name, description, percentage, inclusive, status, version, created_at as "createdAt", updated_at as "updatedAt"`;

@Injectable()
export class TaxRatesRepository {
  constructor(private readonly transactions: Transactions) {}

  list(merchantId: string, filter: TaxRateFilter, page: Keyset): Promise<TaxRate[]> {
    const values: unknown[] = [merchantId, filter.status ?? null, filter.name ?? null];
    return this.transactions.page(
      `select ${COLUMNS} from tax_rates where merchant_id = $1 and ($2::text[] is null or status = any($2)) and ($3::text[] is null or name = any($3))
       ${keysetClause(page, CREATION_COLUMNS, values)}`,
      values,
    );
  }

  /** The newest first. */
  search(merchantId: string, { name, active }: TaxRateSearch, skip: number, take: number): Promise<TaxRate[]> {
    return this.transactions.rows(
      `select ${COLUMNS} from tax_rates where merchant_id = $1 and ($2::text is null or strpos(lower(name), lower($2)) > 0) and ($3::boolean is null or (status = 'active') = $3)
       order by created_at desc, id desc offset $4 limit $5`,
      [merchantId, name, active, skip, take],
    );
  }

  listByIds(merchantId: string, ids: readonly string[]): Promise<TaxRate[]> {
    return this.transactions.rows(`select ${COLUMNS} from tax_rates where merchant_id = $1 and id = any($2::uuid[])`, [
      merchantId,
      ids,
    ]);
  }

  async find(merchantId: string, id: string): Promise<TaxRate | null> {
    const [row] = await this.transactions.rows<TaxRate>(
      `select ${COLUMNS} from tax_rates where merchant_id = $1 and id = $2`,
      [merchantId, id],
    );
    return row ?? null;
  }

  async lock(merchantId: string, id: string): Promise<TaxRate | null> {
    const [row] = await this.transactions.rows<TaxRate>(
      `select ${COLUMNS} from tax_rates where merchant_id = $1 and id = $2 for update`,
      [merchantId, id],
    );
    return row ?? null;
  }

  async insert(merchantId: string, id: string, details: TaxRateDetails, at: Date): Promise<TaxRate> {
    const { name, description, percentage, inclusive, status } = details;
    const [row] = await this.transactions.rows<TaxRate>(
      `insert into tax_rates (merchant_id, id, name, description, percentage, inclusive, status, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $8) returning ${COLUMNS}`,
      [merchantId, id, name, description, percentage, inclusive, status, at],
    );
    return row as TaxRate;
  }

  /** Of a row that is locked. */
  async update(merchantId: string, id: string, details: TaxRateDetails, at: Date): Promise<TaxRate> {
    const { name, description, percentage, inclusive, status } = details;
    const [row] = await this.transactions.rows<TaxRate>(
      `update tax_rates set name = $3, description = $4, percentage = $5, inclusive = $6, status = $7, updated_at = $8, version = version + 1
       where merchant_id = $1 and id = $2 returning ${COLUMNS}`,
      [merchantId, id, name, description, percentage, inclusive, status, at],
    );
    return row as TaxRate;
  }

  async delete(merchantId: string, id: string): Promise<void> {
    await this.transactions.affected('delete from tax_rates where merchant_id = $1 and id = $2', [merchantId, id]);
  }
}
