import { Injectable } from '@nestjs/common';
import type { Author } from '../audit-log/audit-entry';
import { AuditLogService } from '../audit-log/audit-log.service';
import type { ChangingPrincipal } from '../common/principal';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { Ids, isRowId } from '../common/ids';
import { Transactions } from '../database/transactions';
import type { Customer } from './customer';
import { changedMembers, type CustomerChange, customerChange } from './customer-change';
import { unlessInUse } from './customer-use';
import { MailOutbox } from '../mail/mail-outbox.service';
import { type CustomerAddress, type CustomerDetails, CustomersRepository } from './customers.repository';

export type { CustomerDetails };

/** A merchant's address book. Invoices copy from it; changing it rewrites no invoice. */
@Injectable()
export class CustomersService {
  constructor(
    private readonly repository: CustomersRepository,
    private readonly audit: AuditLogService,
    private readonly transactions: Transactions,
    private readonly mail: MailOutbox,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  async list(merchantId: string, limit: number, offset: number): Promise<{ customers: Customer[]; total: number }> {
    const [customers, total] = await Promise.all([
      this.repository.list(merchantId, limit, offset),
      this.repository.count(merchantId),
    ]);
    return { customers, total };
  }

  /** A new customer, or the merchant's one with this e-mail address brought up to date. */
  save(author: ChangingPrincipal, details: CustomerDetails): Promise<Customer> {
    return this.transactions.run(async () => {
      const before = await this.repository.lockByEmail(author.merchantId, details.email);
      const after = await this.repository.upsert(author.merchantId, this.ids.row(), details, this.clock.now());
      // Another request may have added it between the two statements: then all that was sent counts as changed.
      await this.record(author, after.version === 1n ? 'created' : 'updated', after, changedMembers(before, after));
      return after;
    });
  }

  /**
   * The customers with addresses that people unknown have given, by merchant and by the address as it was given; new ones, with no other name,
   * where there are none. Inside the caller's transaction, which keeps them until its end.
   */
  async knownAs(author: Author, addresses: readonly CustomerAddress[]): Promise<Map<string, Map<string, string>>> {
    const wanted = addresses.map((each) => ({ ...each, id: this.ids.row() }));
    const added = new Set(wanted.map(({ id }) => id));
    const found = await this.repository.findOrAdd(wanted, this.clock.now());
    const known = new Map<string, Map<string, string>>();
    for (const { merchantId, email, id } of found) {
      known.set(merchantId, (known.get(merchantId) ?? new Map<string, string>()).set(email, id));
      // Once, however many gave the address in this or that case.
      if (added.delete(id))
        await this.audit.record(
          customerChange({ ...author, merchantId }, { verb: 'created', id, changed: ['name', 'email', 'isFavorite'] }),
        );
    }
    return known;
  }

  /** Throws `client_not_found`. */
  async get(merchantId: string, id: string): Promise<Customer> {
    const customer = isRowId(id) ? await this.repository.find(merchantId, id) : null;
    if (customer === null) throw new DomainError('client_not_found');
    return customer;
  }

  /** Throws `client_not_found`. */
  setFavorite(author: ChangingPrincipal, id: string, isFavorite: boolean): Promise<Customer> {
    return this.transactions.run(async () => {
      const before = isRowId(id) ? await this.repository.lock(author.merchantId, id) : null;
      const after =
        before === null ? null : await this.repository.setFavorite(author.merchantId, id, isFavorite, this.clock.now());
      if (after === null) throw new DomainError('client_not_found');
      await this.record(author, 'updated', after, changedMembers(before, after));
      return after;
    });
  }

  /** Throws `client_not_found`, `customer_in_use`. */
  delete(author: ChangingPrincipal, id: string): Promise<void> {
    return unlessInUse(
      this.transactions.run(async () => {
        const mailed = isRowId(id) ? await this.repository.eraseSubscriber(author.merchantId, id) : [];
        const deleted = isRowId(id) ? await this.repository.delete(author.merchantId, id) : null;
        if (deleted === null) throw new DomainError('client_not_found');
        await this.mail.erase(author, [deleted.email, ...mailed]);
        await this.record(author, 'deleted', { id }, changedMembers(null, null));
      }),
    );
  }

  private async record(
    author: ChangingPrincipal,
    verb: CustomerChange['verb'],
    { id }: Pick<Customer, 'id'>,
    changed: CustomerChange['changed'],
  ): Promise<void> {
    if (changed.length > 0) await this.audit.record(customerChange(author, { verb, id, changed }));
  }
}
