import { Injectable } from '@nestjs/common';
import type { Network } from '../common/network';
import { type InvoiceCredit, type InvoiceHappening, InvoiceRecordRepository } from './invoice-record.repository';

export type { InvoiceCredit, InvoiceHappening };

/** What is on record of invoices, as their owner's page shows it: the money that named them and what happened. */
@Injectable()
export class InvoiceRecordService {
  constructor(private readonly repository: InvoiceRecordRepository) {}

  /** Newest first; the newest 200. */
  credits(merchantId: string, invoiceId: string): Promise<InvoiceCredit[]> {
    return this.repository.credits(merchantId, invoiceId);
  }

  /** Oldest first; the first 200. */
  history(merchantId: string, invoiceId: string): Promise<InvoiceHappening[]> {
    return this.repository.history(merchantId, invoiceId);
  }

  /** The last things that happened to any invoice of a merchant, on one network or (null) on any, newest first. */
  recent(merchantId: string, network: Network | null, limit: number): Promise<InvoiceHappening[]> {
    return this.repository.recent(merchantId, network, limit);
  }
}
