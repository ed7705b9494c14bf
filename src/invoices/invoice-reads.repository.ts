import type { Tenant } from '../common/tenant';
import { Injectable } from '@nestjs/common';
import { type Keyset, keysetClause } from '../database/keyset';
import { Transactions } from '../database/transactions';
import { invoiceColumns } from './invoice-columns';
import type { InvoiceStatus } from './invoice-states';
import type { Invoice } from './invoice';

/** Any of each list. */
export interface InvoiceQuery {
  readonly status?: readonly InvoiceStatus[];
  readonly reference?: readonly string[];
  readonly number?: readonly string[];
  readonly publicId?: readonly string[];
  readonly createdAt?: { readonly from?: Date; readonly to?: Date };
}

const OWNED = 'i.merchant_id = $1 and ($2::text is null or i.network = $2) and i.deleted_at is null';
const SORTS = { createdAt: { sql: 'i.created_at', type: 'timestamptz' }, id: { sql: 'i.id', type: 'uuid' } } as const;
const COLUMNS = invoiceColumns('i');

/** What an owner reads of invoices by row id, whatever network they are on. */
@Injectable()
export class InvoiceReadsRepository {
  constructor(private readonly transactions: Transactions) {}

  listByIds(owner: Tenant, ids: readonly string[]): Promise<Invoice[]> {
    return this.transactions.rows(`select ${COLUMNS} from invoices i where ${OWNED} and i.id = any($3::uuid[])`, [
      owner.merchantId,
      owner.network,
      ids,
    ]);
  }

  list(owner: Tenant, query: InvoiceQuery, page: Keyset): Promise<Invoice[]> {
    const { status, reference, number, publicId, createdAt } = query;
    const values: unknown[] = [
      owner.merchantId,
      owner.network,
      status ?? null,
      reference ?? null,
      number ?? null,
      publicId ?? null,
      createdAt?.from ?? null,
      createdAt?.to ?? null,
    ];
    return this.transactions.page(
      `select ${COLUMNS} from invoices i where ${OWNED} and ($3::text[] is null or i.status = any($3)) and ($4::text[] is null or i.reference = any($4))
         and ($5::text[] is null or i.number = any($5)) and ($6::text[] is null or i.public_id = any($6))
         and ($7::timestamptz is null or i.created_at >= $7) and ($8::timestamptz is null or i.created_at < $8) ${keysetClause(page, SORTS, values)}`,
      values,
    );
  }
}
