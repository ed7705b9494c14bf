import type { Tenant } from '../common/tenant';
import { Injectable } from '@nestjs/common';
import { DomainError } from '../common/errors';
import { isRowId } from '../common/ids';
import type { Amount } from '../common/money';
import type { Keyset } from '../database/keyset';
import type { Invoice } from '../invoices/invoice';
import { type PaymentFilter, PaymentReadsRepository } from './payment-reads.repository';
import { PaymentResolutionsRepository } from './payment-resolutions.repository';
import type { PaymentResolution } from './payment-resolution';
import type { RecordedPayment } from './recorded-payment';

/** Money that arrived, as its owner's programs read it; what is held in suspense is their inbox. */
@Injectable()
export class PaymentReadsService {
  constructor(
    private readonly repository: PaymentReadsRepository,
    private readonly resolutions: PaymentResolutionsRepository,
  ) {}

  /** Those of these ids that are the owner's. */
  listByIds(owner: Tenant, ids: readonly string[]): Promise<RecordedPayment[]> {
    return this.repository.listByIds(owner, ids);
  }

  listResolutionsByIds(owner: Tenant, ids: readonly string[]): Promise<PaymentResolution[]> {
    return this.resolutions.listByIds(owner, ids);
  }

  /** By id of the invoice: the money that named it. */
  async mapByInvoice(
    owner: Tenant,
    invoiceIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly RecordedPayment[]>> {
    return Map.groupBy(await this.repository.listByInvoices(owner, invoiceIds), ({ invoiceId }) => invoiceId ?? '');
  }

  /** Null for an unknown payment, or another merchant's. */
  async find(owner: Tenant, id: string): Promise<RecordedPayment | null> {
    const [found] = isRowId(id) ? await this.repository.listByIds(owner, [id]) : [];
    return found ?? null;
  }

  /** Throws `resource_not_found`. */
  async get(owner: Tenant, id: string): Promise<RecordedPayment> {
    const found = await this.find(owner, id);
    if (found === null) throw new DomainError('resource_not_found');
    return found;
  }

  /** Those that count towards the invoice, in ledger order. */
  async listApplied(owner: Tenant, invoiceId: string): Promise<RecordedPayment[]> {
    return (await this.repository.listByInvoices(owner, [invoiceId])).filter(
      ({ disposition }) => disposition === 'applied',
    );
  }

  /** What waits for a decision of the money that named this invoice and is of its asset. */
  heldFor(invoice: Pick<Invoice, 'merchantId' | 'id' | 'assetCode' | 'assetIssuer'>): Promise<Amount> {
    return this.repository.sumHeld(invoice);
  }

  list(owner: Tenant, filter: PaymentFilter, page: Keyset): Promise<RecordedPayment[]> {
    return this.repository.list(owner, filter, page);
  }
}
