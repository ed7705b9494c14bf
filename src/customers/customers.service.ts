import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { Ids, isRowId } from '../common/ids';
import type { Customer } from './customer.entity';
import { type CustomerDetails, CustomersRepository } from './customers.repository';

export type { CustomerDetails };

/** A merchant's address book. Invoices copy from it; changing it rewrites no invoice. */
@Injectable()
export class CustomersService {
  constructor(
    private readonly repository: CustomersRepository,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  async list(merchantId: string, limit: number, offset: number): Promise<{ customers: Customer[]; total: number }> {
    const [customers, total] = await Promise.all([this.repository.list(merchantId, limit, offset), this.repository.count(merchantId)]);
    return { customers, total };
  }

  /** A new customer, or the merchant's one with this e-mail address brought up to date. */
  save(merchantId: string, details: CustomerDetails): Promise<Customer> {
    return this.repository.upsert(merchantId, this.ids.row(), details, this.clock.now());
  }

  /** Throws `client_not_found`. */
  async setFavorite(merchantId: string, id: string, isFavorite: boolean): Promise<Customer> {
    const customer = isRowId(id) ? await this.repository.setFavorite(merchantId, id, isFavorite, this.clock.now()) : null;
    if (customer === null) throw new DomainError('client_not_found');
    return customer;
  }

  /** Throws `client_not_found`. */
  async delete(merchantId: string, id: string): Promise<void> {
    if (!isRowId(id) || !(await this.repository.delete(merchantId, id))) throw new DomainError('client_not_found');
  }
}
