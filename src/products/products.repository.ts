import { Injectable } from '@nestjs/common';
import { CREATION_COLUMNS, type Keyset, keysetClause } from '../database/keyset';
import { Transactions } from '../database/transactions';
import type { Product, ProductDetails } from './product';
import type { CatalogStatus } from './tax-rate';

export interface ProductFilter {
  readonly status?: readonly CatalogStatus[];
  readonly sku?: readonly string[];
  readonly name?: readonly string[];
  readonly currency?: readonly string[];
  readonly createdAt?: { readonly from?: Date; readonly to?: Date };
  /** Part of a name or of a description, whatever its case. */
  readonly words?: string;
}

const COLUMNS = `merchant_id as "merchantId", id, name, description, sku, price, currency, tax_rate_id as "taxRateId", status, metadata,
  images, type, product_type as "productType", unit, trim_scale(weight)::text as weight, trim_scale(quantity)::text as quantity, trim_scale(stock_count)::text as "stockCount",
  version, created_at as "createdAt", updated_at as "updatedAt"`;
const INSERT = `
  insert into products (merchant_id, id, name, description, sku, price, currency, tax_rate_id, status, metadata,
    images, type, product_type, unit, weight, quantity, stock_count, created_at, updated_at)
  values ($1, $2, $4, $5, $6, $7, $8, $9, $10, $11::jsonb, $12::text[], $13, $14, $15, $16::numeric, $17::numeric, $18::numeric, $3, $3) returning ${COLUMNS}`;
const UPDATE = `
  update products set name = $4, description = $5, sku = $6, price = $7, currency = $8, tax_rate_id = $9, status = $10, metadata = $11::jsonb,
    images = $12::text[], type = $13, product_type = $14, unit = $15, weight = $16::numeric, quantity = $17::numeric, stock_count = $18::numeric, updated_at = $3,
    version = version + 1
  where merchant_id = $1 and id = $2 returning ${COLUMNS}`;
const LIST = `
  select ${COLUMNS} from products where merchant_id = $1 and ($2::text[] is null or status = any($2)) and ($3::text[] is null or sku = any($3))
    and ($4::text[] is null or name = any($4)) and ($5::text[] is null or currency = any($5))
    and ($6::timestamptz is null or created_at >= $6) and ($7::timestamptz is null or created_at < $7)
    and ($8::text is null or strpos(lower(name), lower($8)) > 0 or strpos(lower(description), lower($8)) > 0)`;

@Injectable()
export class ProductsRepository {
  constructor(private readonly transactions: Transactions) {}

  list(merchantId: string, filter: ProductFilter, page: Keyset): Promise<Product[]> {
    const { status, sku, name, currency, createdAt, words } = filter;
    const values: unknown[] = [
      merchantId,
      status ?? null,
      sku ?? null,
      name ?? null,
      currency ?? null,
      createdAt?.from ?? null,
      createdAt?.to ?? null,
      words ?? null,
    ];
    return this.transactions.page(`${LIST} ${keysetClause(page, CREATION_COLUMNS, values)}`, values);
  }

  /** The newest first, archived ones too. */
  slice(merchantId: string, skip: number, take: number): Promise<Product[]> {
    return this.transactions.rows(
      `select ${COLUMNS} from products where merchant_id = $1 order by created_at desc, id desc limit $2 offset $3`,
      [merchantId, take, skip],
    );
  }

  async count(merchantId: string): Promise<number> {
    const [row] = await this.transactions.rows<{ count: bigint }>(
      'select count(*) as count from products where merchant_id = $1',
      [merchantId],
    );
    return Number(row?.count ?? 0n);
  }

  listByIds(merchantId: string, ids: readonly string[]): Promise<Product[]> {
    return this.transactions.rows(`select ${COLUMNS} from products where merchant_id = $1 and id = any($2::uuid[])`, [
      merchantId,
      ids,
    ]);
  }

  async find(merchantId: string, id: string): Promise<Product | null> {
    const [row] = await this.transactions.rows<Product>(
      `select ${COLUMNS} from products where merchant_id = $1 and id = $2`,
      [merchantId, id],
    );
    return row ?? null;
  }

  async lock(merchantId: string, id: string): Promise<Product | null> {
    const [row] = await this.transactions.rows<Product>(
      `select ${COLUMNS} from products where merchant_id = $1 and id = $2 for update`,
      [merchantId, id],
    );
    return row ?? null;
  }

  async insert(merchantId: string, id: string, details: ProductDetails, at: Date): Promise<Product> {
    const [row] = await this.transactions.rows<Product>(INSERT, [merchantId, id, at, ...columnsOf(details)]);
    return row as Product;
  }

  /** True when there are this many, with a lock that makes other requests to add one wait. */
  async lockIsFull(merchantId: string, most: number): Promise<boolean> {
    await this.transactions.rows('select from merchants where id = $1 for no key update', [merchantId]);
    return (
      (
        await this.transactions.rows('select from products where merchant_id = $1 order by id offset $2 limit 1', [
          merchantId,
          most - 1,
        ])
      ).length > 0
    );
  }

  /** Of a row that is locked. */
  async update(merchantId: string, id: string, details: ProductDetails, at: Date): Promise<Product> {
    const [row] = await this.transactions.rows<Product>(UPDATE, [merchantId, id, at, ...columnsOf(details)]);
    return row as Product;
  }

  async delete(merchantId: string, id: string): Promise<void> {
    await this.transactions.affected('delete from products where merchant_id = $1 and id = $2', [merchantId, id]);
  }
}

function columnsOf(details: ProductDetails): unknown[] {
  const { name, description, sku, price, currency, taxRateId, status, metadata } = details;
  const { images, type, productType, unit, weight, quantity, stockCount } = details;
  const core = [name, description, sku, price, currency, taxRateId, status, JSON.stringify(metadata)];
  return [...core, images, type, productType, unit, weight, quantity, stockCount];
}
