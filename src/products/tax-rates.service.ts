import { Injectable } from '@nestjs/common';
import { auditChanges } from '../audit-log/audit-entry';
import { AuditLogService } from '../audit-log/audit-log.service';
import type { ChangingPrincipal } from '../common/principal';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { Ids, isRowId } from '../common/ids';
import { isStillReferenced } from '../database/database-errors';
import type { Keyset } from '../database/keyset';
import { Transactions } from '../database/transactions';
import { assertIfMatch } from '../http/preconditions';
import { catalogEntry } from './catalog-entry';
import { type TaxRate, type TaxRateDetails, taxRateFacts } from './tax-rate';
import { type TaxRateFilter, type TaxRateSearch, TaxRatesRepository } from './tax-rates.repository';

const SUBJECT = 'tax_rate';

/** How a merchant's goods are taxed. Invoices copy from it; changing it rewrites no invoice. */
@Injectable()
export class TaxRatesService {
  constructor(
    private readonly repository: TaxRatesRepository,
    private readonly transactions: Transactions,
    private readonly audit: AuditLogService,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  list(merchantId: string, filter: TaxRateFilter, page: Keyset): Promise<TaxRate[]> {
    return this.repository.list(merchantId, filter, page);
  }

  /** By what a person remembers of it; the newest first. */
  search(
    merchantId: string,
    search: TaxRateSearch,
    { skip, take }: { readonly skip: number; readonly take: number },
  ): Promise<TaxRate[]> {
    return this.repository.search(merchantId, search, skip, take);
  }

  /** The ones of these that the merchant has. */
  listByIds(merchantId: string, ids: readonly string[]): Promise<TaxRate[]> {
    return this.repository.listByIds(merchantId, ids.filter(isRowId));
  }

  /** Throws `resource_not_found`. */
  async get(merchantId: string, id: string): Promise<TaxRate> {
    return found(isRowId(id) ? await this.repository.find(merchantId, id) : null);
  }

  create(
    author: ChangingPrincipal,
    details: Omit<TaxRateDetails, 'status'> & Partial<Pick<TaxRateDetails, 'status'>>,
  ): Promise<TaxRate> {
    return this.transactions.run(async () => {
      const rate = await this.repository.insert(
        author.merchantId,
        this.ids.row(),
        { ...details, status: details.status ?? 'active' },
        this.clock.now(),
      );
      await this.audit.record(
        catalogEntry(author, SUBJECT, 'created', rate.id, { before: null, after: taxRateFacts(rate) }),
      );
      return rate;
    });
  }

  /** Changes the members that are there. Throws `resource_not_found`, `precondition_failed`. */
  update(author: ChangingPrincipal, id: string, change: Partial<TaxRateDetails>, ifMatch?: string): Promise<TaxRate> {
    return this.transactions.run(async () => {
      const before = await this.lock(author.merchantId, id, ifMatch);
      const details = { ...before, ...change };
      const changes = auditChanges(taxRateFacts(before), taxRateFacts(details));
      if (changes === null) return before;
      const after = await this.repository.update(author.merchantId, id, details, this.clock.now());
      await this.audit.record(catalogEntry(author, SUBJECT, 'updated', id, changes));
      return after;
    });
  }

  /** Throws `resource_not_found`, `precondition_failed`, and `tax_rate_in_use` while anything refers to it. */
  async delete(author: ChangingPrincipal, id: string, ifMatch?: string): Promise<void> {
    try {
      await this.transactions.run(async () => {
        const before = await this.lock(author.merchantId, id, ifMatch);
        await this.repository.delete(author.merchantId, id);
        await this.audit.record(
          catalogEntry(author, SUBJECT, 'deleted', id, { before: taxRateFacts(before), after: null }),
        );
      });
    } catch (error) {
      throw isStillReferenced(error) ? new DomainError('tax_rate_in_use', { cause: error }) : error;
    }
  }

  private async lock(merchantId: string, id: string, ifMatch: string | undefined): Promise<TaxRate> {
    const rate = found(isRowId(id) ? await this.repository.lock(merchantId, id) : null);
    assertIfMatch(ifMatch, rate.version);
    return rate;
  }
}

function found(rate: TaxRate | null): TaxRate {
  if (rate === null) throw new DomainError('resource_not_found');
  return rate;
}
