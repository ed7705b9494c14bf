import { Injectable } from '@nestjs/common';
import { CREATION_COLUMNS, type Keyset, keysetClause } from '../database/keyset';
import { Transactions } from '../database/transactions';
import type { Customer, CustomerStatus } from './customer';

/** Customers asked for: any of each list; addresses whatever their case. */
export interface CustomerFilter {
  readonly email?: readonly string[];
  readonly name?: readonly string[];
  readonly createdAt?: { readonly from?: Date; readonly to?: Date };
}

/** Everything that is said of a customer. */
export type CustomerFacts = Omit<Customer, 'merchantId' | 'id' | 'version' | 'erasedAt' | 'createdAt' | 'updatedAt'>;

/** Customers asked for by a person: a part of the name and the whole address, both whatever their case. */
export interface CustomerSearch {
  readonly name?: string;
  readonly email?: string;
  readonly status?: CustomerStatus;
}

/** Whose customer has which address. */
export interface CustomerAddress {
  readonly merchantId: string;
  readonly email: string;
}

/** What a merchant says of a customer. An absent member keeps what is known of the address already. */
export interface CustomerDetails {
  readonly name: string;
  readonly email: string;
  readonly company?: string | null;
  readonly address?: string | null;
  readonly isFavorite?: boolean;
}

const COLUMNS = `merchant_id as "merchantId", id, name, first_name as "firstName", last_name as "lastName", email, phone_number as "phoneNumber", company, address,
  is_favorite as "isFavorite", type, case when erased_at is null then status else 'deleted' end as status, version, erased_at as "erasedAt", created_at as "createdAt", updated_at as "updatedAt"`;
const INSERT = `
  insert into customers (merchant_id, id, created_at, updated_at, name, first_name, last_name, email, phone_number, company, address, is_favorite, type, status)
  values ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) returning ${COLUMNS}`;
const UPDATE = `
  update customers set updated_at = $3, name = $4, first_name = $5, last_name = $6, email = $7, phone_number = $8, company = $9, address = $10, is_favorite = $11,
    type = $12, status = $13, erased_at = $14, version = version + 1
  where merchant_id = $1 and id = $2 returning ${COLUMNS}`;
// Text is compared and not matched as a pattern: a merchant looks for "50%" and finds that.
const FOUND = `merchant_id = $1 and ($2::text is null or position(lower($2) in lower(name)) > 0) and ($3::text is null or lower(email) = lower($3))
    and ($4::text is null or case when erased_at is null then status else 'deleted' end = $4)`;

const OF_SUBSCRIBER =
  's.merchant_id = $1 and (s.customer_id = $2 or lower(s.email) = (select lower(c.email) from customers c where c.merchant_id = $1 and c.id = $2))';

// One statement decides between a new row and the known one, so that two requests for one address cannot both insert.
const UPSERT = `
  insert into customers (merchant_id, id, name, email, company, address, is_favorite, created_at, updated_at)
  values ($1, $2, $3, $4, $5, $6, coalesce($7::boolean, false), $8, $8)
  on conflict (merchant_id, lower(email)) do update set
    name = excluded.name,
    -- What made up another name is not true of this one.
    first_name = case when customers.name = excluded.name then customers.first_name end,
    last_name = case when customers.name = excluded.name then customers.last_name end,
    status = case when customers.status = 'deleted' then 'active' else customers.status end,
    email = excluded.email,
    company = case when $9::boolean then excluded.company else customers.company end,
    address = case when $10::boolean then excluded.address else customers.address end,
    is_favorite = coalesce($7::boolean, customers.is_favorite),
    updated_at = excluded.updated_at,
    version = customers.version + 1
  returning ${COLUMNS}`;

@Injectable()
export class CustomersRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Favourites first, then the newest. */
  list(merchantId: string, limit: number, offset: number): Promise<Customer[]> {
    return this.transactions.rows(
      `select ${COLUMNS} from customers where merchant_id = $1 and erased_at is null and status <> 'deleted' order by is_favorite desc, created_at desc, id desc limit $2 offset $3`,
      [merchantId, limit, offset],
    );
  }

  async count(merchantId: string): Promise<number> {
    const [row] = await this.transactions.rows<{ count: bigint }>(
      `select count(*) as count from customers where merchant_id = $1 and erased_at is null and status <> 'deleted'`,
      [merchantId],
    );
    return Number(row?.count ?? 0n);
  }

  async upsert(merchantId: string, id: string, details: CustomerDetails, at: Date): Promise<Customer> {
    const { name, email, company, address, isFavorite } = details;
    const values = [
      merchantId,
      id,
      name,
      email,
      company ?? null,
      address ?? null,
      isFavorite ?? null,
      at,
      company !== undefined,
      address !== undefined,
    ];
    const [row] = await this.transactions.rows<Customer>(UPSERT, values);
    return row as Customer;
  }

  async setFavorite(merchantId: string, id: string, isFavorite: boolean, at: Date): Promise<Customer | null> {
    const [row] = await this.transactions.rows<Customer>(
      `update customers set is_favorite = $3, updated_at = $4, version = version + 1 where merchant_id = $1 and id = $2 and erased_at is null returning ${COLUMNS}`,
      [merchantId, id, isFavorite, at],
    );
    return row ?? null;
  }

  page(merchantId: string, filter: CustomerFilter, page: Keyset): Promise<Customer[]> {
    const emails = filter.email?.map((email) => email.toLowerCase()) ?? null;
    const values: unknown[] = [
      merchantId,
      emails,
      filter.name ?? null,
      filter.createdAt?.from ?? null,
      filter.createdAt?.to ?? null,
    ];
    return this.transactions.page(
      `select ${COLUMNS} from customers where merchant_id = $1 and ($2::text[] is null or lower(email) = any($2)) and ($3::text[] is null or name = any($3))
         and ($4::timestamptz is null or created_at >= $4) and ($5::timestamptz is null or created_at < $5) ${keysetClause(page, CREATION_COLUMNS, values)}`,
      values,
    );
  }

  /** The newest first. */
  search(merchantId: string, search: CustomerSearch, skip: number, take: number): Promise<Customer[]> {
    return this.transactions.rows(
      `select ${COLUMNS} from customers where ${FOUND} order by created_at desc, id desc limit $5 offset $6`,
      [...searched(merchantId, search), take, skip],
    );
  }

  async countFound(merchantId: string, search: CustomerSearch): Promise<number> {
    const [row] = await this.transactions.rows<{ count: bigint }>(
      `select count(*) as count from customers where ${FOUND}`,
      searched(merchantId, search),
    );
    return Number(row?.count ?? 0n);
  }

  listByIds(merchantId: string, ids: readonly string[]): Promise<Customer[]> {
    return this.transactions.rows(`select ${COLUMNS} from customers where merchant_id = $1 and id = any($2::uuid[])`, [
      merchantId,
      ids,
    ]);
  }

  async find(merchantId: string, id: string): Promise<Customer | null> {
    const [row] = await this.transactions.rows<Customer>(
      `select ${COLUMNS} from customers where merchant_id = $1 and id = $2`,
      [merchantId, id],
    );
    return row ?? null;
  }

  async lock(merchantId: string, id: string): Promise<Customer | null> {
    const [row] = await this.transactions.rows<Customer>(
      `select ${COLUMNS} from customers where merchant_id = $1 and id = $2 for update`,
      [merchantId, id],
    );
    return row ?? null;
  }

  /** An address is the same whatever its case; an erased customer has none. */
  async lockByEmail(merchantId: string, email: string): Promise<Customer | null> {
    const [row] = await this.transactions.rows<Customer>(
      `select ${COLUMNS} from customers where merchant_id = $1 and lower(email) = lower($2) for update`,
      [merchantId, email],
    );
    return row ?? null;
  }

  async insert(merchantId: string, id: string, facts: CustomerFacts, at: Date): Promise<Customer> {
    const [row] = await this.transactions.rows<Customer>(INSERT, [merchantId, id, at, ...columnsOf(facts)]);
    return row as Customer;
  }

  /**
   * Those with these addresses, whatever their case; new ones under the ids where there are none. Whoever says an address changes nothing of a
   * customer that is known. Nobody deletes them until the caller's transaction ends.
   */
  async findOrAdd(
    wanted: readonly (CustomerAddress & { readonly id: string })[],
    at: Date,
  ): Promise<(CustomerAddress & { readonly id: string })[]> {
    const [merchants, emails] = [wanted.map(({ merchantId }) => merchantId), wanted.map(({ email }) => email)];
    await this.transactions.affected(
      `insert into customers (merchant_id, id, name, email, is_favorite, created_at, updated_at)
       select k.merchant_id, k.id, left(k.email, 200), k.email, false, $4, $4 from unnest($1::uuid[], $2::uuid[], $3::text[]) as k (merchant_id, id, email)
       order by k.merchant_id, lower(k.email), k.id
       on conflict (merchant_id, lower(email)) do nothing`,
      [merchants, wanted.map(({ id }) => id), emails, at],
    );
    return this.transactions.rows(
      `select c.merchant_id as "merchantId", k.email, c.id from unnest($1::uuid[], $2::text[]) as k (merchant_id, email)
         join customers c on c.merchant_id = k.merchant_id and lower(c.email) = lower(k.email)
       order by c.merchant_id, c.id for key share of c`,
      [merchants, emails],
    );
  }

  /** Of a row that is locked. */
  async update(
    merchantId: string,
    id: string,
    facts: CustomerFacts & { readonly erasedAt: Date | null },
    at: Date,
  ): Promise<Customer> {
    const values = [merchantId, id, at, ...columnsOf(facts), facts.erasedAt];
    const [row] = await this.transactions.rows<Customer>(UPDATE, values);
    return row as Customer;
  }

  /**
   * What the customer, and whoever gave the customer's address, said to subscriptions; returns the addresses. Before the customer is held:
   * whoever holds a subscription may wait for a customer.
   */
  async eraseSubscriber(merchantId: string, id: string): Promise<string[]> {
    const said = await this.transactions.rows<{ readonly email: string }>(
      `select distinct email from subscriptions s where ${OF_SUBSCRIBER} and email is not null`,
      [merchantId, id],
    );
    await this.transactions.affected(
      `update subscriptions s set answers = '{}', email = null, payer_name = null, payer_address = null where ${OF_SUBSCRIBER}`,
      [merchantId, id],
    );
    return said.map(({ email }) => email);
  }

  /** Null when there was none. */
  async delete(merchantId: string, id: string): Promise<Pick<Customer, 'email'> | null> {
    const [row] = await this.transactions.rows<Pick<Customer, 'email'>>(
      'delete from customers where merchant_id = $1 and id = $2 returning email',
      [merchantId, id],
    );
    return row ?? null;
  }
}

function searched(merchantId: string, { name, email, status }: CustomerSearch): unknown[] {
  return [merchantId, name ?? null, email ?? null, status ?? null];
}

function columnsOf(facts: CustomerFacts): unknown[] {
  const { name, firstName, lastName, email, phoneNumber, company, address, isFavorite, type, status } = facts;
  return [name, firstName, lastName, email, phoneNumber, company, address, isFavorite, type, status];
}
