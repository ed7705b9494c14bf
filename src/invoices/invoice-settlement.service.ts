import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import type { Network } from '../common/network';
import { TransactionConflict } from '../database/database-errors';
import { EventsService } from '../webhooks/events.service';
import { InvoiceSettlementRepository, type JudgedInvoice, type ReferencedInvoice, type Settlement } from './invoice-settlement.repository';
import { invoiceEvent } from './invoice-event';
import type { Invoice } from './invoice.entity';

export type { JudgedInvoice, ReferencedInvoice, Settlement };

/** A way money may name its invoice on one account. */
export interface ReferenceKey {
  readonly account: string;
  readonly kind: 'id' | 'text';
  readonly value: string;
}

/** What money and time do to invoices, by set. Every method expects to be inside the caller's transaction. */
@Injectable()
export class InvoiceSettlementService {
  constructor(
    private readonly repository: InvoiceSettlementRepository,
    private readonly events: EventsService,
    private readonly clock: Clock,
  ) {}

  /** The invoices behind the references as they are now. Unknown references are absent. */
  async findReferenced(network: Network, references: readonly ReferenceKey[]): Promise<ReferencedInvoice[]> {
    if (references.length === 0) return [];
    return this.repository.findReferenced(network, references.map((each) => each.account), references.map((each) => each.kind), references.map((each) => each.value));
  }

  /** One invoice as it is now, to be judged. Throws `invoice_not_found`. */
  async get(key: { readonly merchantId: string; readonly id: string }): Promise<JudgedInvoice> {
    const found = await this.repository.find(key);
    if (found === null) throw new DomainError('invoice_not_found');
    return found;
  }

  /**
   * Writes what was decided; announcing it is the caller's part. Throws `TransactionConflict` when an invoice was
   * changed by someone else since it was judged: the caller's transaction is then run again.
   */
  async settle(settlements: readonly Settlement[]): Promise<void> {
    if (settlements.length === 0) return;
    const written = await this.repository.settle(settlements, this.clock.now());
    if (written !== settlements.length) throw new TransactionConflict('an invoice changed while its money was judged');
  }

  /** Expires up to `limit` invoices that were due before everything up to `ingestedThrough` had been read. */
  async expireDue(network: Network, ingestedThrough: Date, limit: number): Promise<Invoice[]> {
    const claimed = await this.repository.claimExpired(network, ingestedThrough, limit, this.clock.now());
    await this.events.record(claimed.map(({ previous, ...invoice }) => invoiceEvent('invoice.expired', invoice, previous)));
    return claimed;
  }

  /** Lets PROCESSING invoices without an open intent fall back to PENDING. */
  async reopenIdle(keys: readonly { merchantId: string; id: string }[]): Promise<number> {
    if (keys.length === 0) return 0;
    const reopened = await this.repository.reopenIdle(keys, this.clock.now());
    await this.events.record(reopened.map((invoice) => invoiceEvent('invoice.reopened', invoice, 'PROCESSING')));
    return reopened.length;
  }
}
