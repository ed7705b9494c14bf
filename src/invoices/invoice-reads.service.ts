import type { Tenant } from '../common/tenant';
import { Injectable } from '@nestjs/common';
import { DomainError } from '../common/errors';
import { isRowId } from '../common/ids';
import type { Keyset } from '../database/keyset';
import type { Invoice } from './invoice';
import { type InvoiceQuery, InvoiceReadsRepository } from './invoice-reads.repository';

/** Invoices as their owner's programs read them. */
@Injectable()
export class InvoiceReadsService {
  constructor(private readonly repository: InvoiceReadsRepository) {}

  /** Throws `resource_not_found`, for another merchant's too. */
  async get(owner: Tenant, id: string): Promise<Invoice> {
    const [found] = isRowId(id) ? await this.repository.listByIds(owner, [id]) : [];
    if (found === undefined) throw new DomainError('resource_not_found');
    return found;
  }

  listByIds(owner: Tenant, ids: readonly string[]): Promise<Invoice[]> {
    return this.repository.listByIds(owner, ids);
  }

  list(owner: Tenant, query: InvoiceQuery, page: Keyset): Promise<Invoice[]> {
    return this.repository.list(owner, query, page);
  }
}
