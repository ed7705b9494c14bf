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
import { renamed } from './customer-name';
import { unlessInUse } from './customer-use';
import {
  type CustomerFacts,
  type CustomerFilter,
  type CustomerSearch,
  CustomersRepository,
} from './customers.repository';

export type { CustomerFacts, CustomerFilter, CustomerSearch };

/** Who a customer is, by one name or by two; what is left out is not known. */
export type CustomerDraft = Partial<Omit<CustomerFacts, 'name' | keyof GivenNames>> &
  (Pick<CustomerFacts, 'name'> | GivenNames);
interface GivenNames {
  readonly firstName: string;
  readonly lastName: string;
}

const UNKNOWN: CustomerFacts = {
  name: '',
  firstName: null,
  lastName: null,
  email: null,
  phoneNumber: null,
  company: null,
  address: null,
  isFavorite: false,
  type: 'Individual',
  status: 'active',
};

const ERASED: CustomerFacts = { ...UNKNOWN, name: 'Erased', status: 'deleted' };

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

  /** The newest first, whatever their status unless one is asked for; `total` is how many are found. */
  async search(
    merchantId: string,
    search: CustomerSearch,
    skip: number,
    take: number,
  ): Promise<{ customers: Customer[]; total: number }> {
    const [customers, total] = await Promise.all([
      this.repository.search(merchantId, search, skip, take),
      this.repository.countFound(merchantId, search),
    ]);
    return { customers, total };
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
  create(author: ChangingPrincipal, draft: CustomerDraft): Promise<Customer> {
    const facts: CustomerFacts = { ...UNKNOWN, ...draft, ...renamed(UNKNOWN, draft) };
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
      const facts: CustomerFacts = { ...before, ...change, ...renamed(before, change) };
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
      const mailed = isRowId(id) ? await this.repository.eraseSubscriber(author.merchantId, id) : [];
      const before = await this.lock(author.merchantId, id, ifMatch);
      if (before.erasedAt !== null) return before;
      const now = this.clock.now();
      const after = await this.repository.update(author.merchantId, id, { ...ERASED, erasedAt: now }, now);
      await this.mail.erase(author, [before.email, ...mailed]);
      await this.record(author, 'erased', id, CUSTOMER_MEMBERS);
      return after;
    });
  }

  /** Takes the record away altogether. Throws `resource_not_found`, `precondition_failed`, `customer_in_use`. */
  delete(author: ChangingPrincipal, id: string, ifMatch?: string): Promise<void> {
    return unlessInUse(
      this.transactions.run(async () => {
        const mailed = isRowId(id) ? await this.repository.eraseSubscriber(author.merchantId, id) : [];
        const { email } = await this.lock(author.merchantId, id, ifMatch);
        await this.repository.delete(author.merchantId, id);
        await this.mail.erase(author, [email, ...mailed]);
        await this.record(author, 'deleted', id, CUSTOMER_MEMBERS);
      }),
    );
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
