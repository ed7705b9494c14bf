import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DomainError } from '../common/errors';
import { isRowId } from '../common/ids';
import type { Amount } from '../common/money';
import type { Keyset } from '../database/keyset';
import type { Invoice } from '../invoices/invoice.entity';
import { LoaderRegistry } from '../jsonapi/loader-registry';
import { type PaymentFilter, type PaymentOwner, PaymentReadsRepository } from './payment-reads.repository';
import { PaymentResolutionsRepository } from './payment-resolutions.repository';
import type { RecordedPayment } from './payment.resource';

/** Money that arrived, as its owner's programs read it; what is held in suspense is their inbox. */
@Injectable()
export class PaymentReads implements OnModuleInit {
  constructor(
    private readonly repository: PaymentReadsRepository,
    private readonly resolutions: PaymentResolutionsRepository,
    private readonly loaders: LoaderRegistry,
  ) {}

  onModuleInit(): void {
    this.loaders.addById('payments', (reader, ids) => this.repository.listByIds(reader as PaymentOwner, ids));
    this.loaders.addById('paymentResolutions', (reader, ids) => this.resolutions.listByIds(reader as PaymentOwner, ids));
    this.loaders.addChildren('invoices.payments', async (reader, ids) => {
      return Map.groupBy(await this.repository.listByInvoices(reader as PaymentOwner, ids), ({ invoiceId }) => invoiceId ?? '');
    });
  }

  /** Null when there is none, or it is somebody else's. */
  async find(owner: PaymentOwner, id: string): Promise<RecordedPayment | null> {
    const [found] = isRowId(id) ? await this.repository.listByIds(owner, [id]) : [];
    return found ?? null;
  }

  /** Throws `resource_not_found`. */
  async get(owner: PaymentOwner, id: string): Promise<RecordedPayment> {
    const found = await this.find(owner, id);
    if (found === null) throw new DomainError('resource_not_found');
    return found;
  }

  /** Those that count towards the invoice, in ledger order. */
  async listApplied(owner: PaymentOwner, invoiceId: string): Promise<RecordedPayment[]> {
    return (await this.repository.listByInvoices(owner, [invoiceId])).filter(({ disposition }) => disposition === 'applied');
  }

  /** What waits for a decision of the money that named this invoice and is of its asset. */
  heldFor(invoice: Pick<Invoice, 'merchantId' | 'id' | 'assetCode' | 'assetIssuer'>): Promise<Amount> {
    return this.repository.sumHeld(invoice);
  }

  list(owner: PaymentOwner, filter: PaymentFilter, page: Keyset): Promise<RecordedPayment[]> {
    return this.repository.list(owner, filter, page);
  }
}
