import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import type { Customer } from './customer.entity';

/** What a merchant says of a customer. An absent member keeps what is known of the address already. */
export interface CustomerDetails {
  readonly name: string;
  readonly email: string;
  readonly company?: string | null;
  readonly address?: string | null;
  readonly isFavorite?: boolean;
}

const COLUMNS = `merchant_id as "merchantId", id, name, email, company, address, is_favorite as "isFavorite", created_at as "createdAt", updated_at as "updatedAt"`;

// One statement decides between a new row and the known one, so that two requests for one address cannot both insert.
const UPSERT = `
  insert into customers (merchant_id, id, name, email, company, address, is_favorite, created_at, updated_at)
  values ($1, $2, $3, $4, $5, $6, coalesce($7::boolean, false), $8, $8)
  on conflict (merchant_id, lower(email)) do update set
    name = excluded.name,
    email = excluded.email,
    company = case when $9::boolean then excluded.company else customers.company end,
    address = case when $10::boolean then excluded.address else customers.address end,
    is_favorite = coalesce($7::boolean, customers.is_favorite),
    updated_at = excluded.updated_at
  returning ${COLUMNS}`;

@Injectable()
export class CustomersRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Favourites first, then the newest. */
  list(merchantId: string, limit: number, offset: number): Promise<Customer[]> {
    return this.transactions.rows(
      `select ${COLUMNS} from customers where merchant_id = $1 order by is_favorite desc, created_at desc, id desc limit $2 offset $3`,
      [merchantId, limit, offset],
    );
  }

  async count(merchantId: string): Promise<number> {
    const [row] = await this.transactions.rows<{ count: bigint }>('select count(*) as count from customers where merchant_id = $1', [merchantId]);
    return Number(row?.count ?? 0n);
  }

  async upsert(merchantId: string, id: string, details: CustomerDetails, at: Date): Promise<Customer> {
    const { name, email, company, address, isFavorite } = details;
    const values = [merchantId, id, name, email, company ?? null, address ?? null, isFavorite ?? null, at, company !== undefined, address !== undefined];
    const [row] = await this.transactions.rows<Customer>(UPSERT, values);
    return row as Customer;
  }

  async setFavorite(merchantId: string, id: string, isFavorite: boolean, at: Date): Promise<Customer | null> {
    const [row] = await this.transactions.rows<Customer>(
      `update customers set is_favorite = $3, updated_at = $4 where merchant_id = $1 and id = $2 returning ${COLUMNS}`,
      [merchantId, id, isFavorite, at],
    );
    return row ?? null;
  }

  /** False when there was none. */
  async delete(merchantId: string, id: string): Promise<boolean> {
    return (await this.transactions.affected('delete from customers where merchant_id = $1 and id = $2', [merchantId, id])) > 0;
  }
}
