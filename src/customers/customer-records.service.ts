import { Injectable } from '@nestjs/common';
import { AuditLogService } from '../audit-log/audit-log.service';
import type { ChangingPrincipal } from '../common/principal';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { Ids, isRowId } from '../common/ids';
import { violatedUnique } from '../database/database-errors';
import type { Keyset } from '../database/keyset';
import { Transactions } from '../database/transactions';
import { MailOutbox } from '../mail/mail-outbox.service';
import { assertIfMatch } from '../http/preconditions';
import type { Customer } from './customer';
import { changedMembers, CUSTOMER_MEMBERS, type CustomerChange, customerChange } from './customer-change';
import { type CustomerFacts, type CustomerFilter, CustomersRepository } from './customers.repository';

export type { CustomerFacts, CustomerFilter };

const ERASED: CustomerFacts = { name: 'Erased', email: null, company: null, address: null, isFavorite: false };

/** Customers as records with an id of their own. */
@Injectable()
export class CustomerRecordsService {
  constructor(
    private readonly repository: CustomersRepository,
    private readonly transactions: Transactions,
    private readonly audit: AuditLogService,
    private readonly mail: MailOutbox,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  list(merchantId: string, filter: CustomerFilter, page: Keyset): Promise<Customer[]> {
    return this.repository.page(merchantId, filter, page);
  }

  /** The ones of these that the merchant has. */
  listByIds(merchantId: string, ids: readonly string[]): Promise<Customer[]> {
    return this.repository.listByIds(merchantId, ids.filter(isRowId));
  }

  /** Throws `resource_not_found`. */
  async get(merchantId: string, id: string): Promise<Customer> {
    return found(isRowId(id) ? await this.repository.find(merchantId, id) : null);
  }

  /** Throws `customer_email_taken`. */
  create(author: ChangingPrincipal, facts: CustomerFacts): Promise<Customer> {
    return this.written(async () => {
      const customer = await this.repository.insert(author.merchantId, this.ids.row(), facts, this.clock.now());
      await this.record(author, 'created', customer.id, changedMembers(null, facts));
      return customer;
    });
  }

  /** Changes the members that are there. Throws `resource_not_found`, `precondition_failed`, `customer_erased`, `customer_email_taken`. */
  update(author: ChangingPrincipal, id: string, change: Partial<CustomerFacts>, ifMatch?: string): Promise<Customer> {
    return this.written(async () => {
      const before = await this.lock(author.merchantId, id, ifMatch);
      const { name, email, company, address, isFavorite } = before;
      const facts: CustomerFacts = { name, email, company, address, isFavorite, ...change };
      const changed = changedMembers(before, facts);
      if (changed.length === 0) return before;
      if (before.erasedAt !== null) throw new DomainError('customer_erased');
      const after = await this.repository.update(author.merchantId, id, { ...facts, erasedAt: null }, this.clock.now());
      await this.record(author, 'updated', id, changed);
      return after;
    });
  }

  /** Erases the person and keeps the record. Repeating it is harmless. Throws `resource_not_found`, `precondition_failed`. */
  erase(author: ChangingPrincipal, id: string, ifMatch?: string): Promise<Customer> {
    return this.transactions.run(async () => {
      const before = await this.lock(author.merchantId, id, ifMatch);
      if (before.erasedAt !== null) return before;
      const now = this.clock.now();
      const after = await this.repository.update(author.merchantId, id, { ...ERASED, erasedAt: now }, now);
      if (before.email !== null) await this.mail.erase(author, before.email);
      await this.record(author, 'erased', id, CUSTOMER_MEMBERS);
      return after;
    });
  }

  /** Takes the record away altogether. Throws `resource_not_found`, `precondition_failed`. */
  delete(author: ChangingPrincipal, id: string, ifMatch?: string): Promise<void> {
    return this.transactions.run(async () => {
      const { email } = await this.lock(author.merchantId, id, ifMatch);
      await this.repository.delete(author.merchantId, id);
      if (email !== null) await this.mail.erase(author, email);
      await this.record(author, 'deleted', id, CUSTOMER_MEMBERS);
    });
  }

  private record(
    author: ChangingPrincipal,
    verb: CustomerChange['verb'],
    id: string,
    changed: CustomerChange['changed'],
  ): Promise<void> {
    return this.audit.record(customerChange(author, { verb, id, changed }));
  }

  private async lock(merchantId: string, id: string, ifMatch: string | undefined): Promise<Customer> {
    const customer = found(isRowId(id) ? await this.repository.lock(merchantId, id) : null);
    assertIfMatch(ifMatch, customer.version);
    return customer;
  }

  private async written(work: () => Promise<Customer>): Promise<Customer> {
    try {
      return await this.transactions.run(work);
    } catch (error) {
      if (violatedUnique(error) === undefined) throw error;
      throw new DomainError('customer_email_taken', { detail: 'is the address of another customer', cause: error });
    }
  }
}

function found(customer: Customer | null): Customer {
  if (customer === null) throw new DomainError('resource_not_found');
  return customer;
}
