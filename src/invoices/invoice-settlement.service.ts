import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import type { Network } from '../common/network';
import { TransactionConflict } from '../database/database-errors';
import { EventsService } from '../webhooks/events.service';
import { type Holding, type InvoiceKey, InvoiceSettlementRepository, type JudgedInvoice, type ReferencedInvoice, type Settlement } from './invoice-settlement.repository';
import { invoiceEvent } from './invoice-event';
import type { Invoice } from './invoice.entity';

export type { Holding, InvoiceKey, JudgedInvoice, ReferencedInvoice, Settlement };

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

  /**
   * Holds the invoices behind the references until the caller's transaction ends, so that nobody's changes come between judging
   * and writing. Returns those that are held: all of them, unless what somebody else holds is left out.
   */
  async holdReferenced(network: Network, references: readonly ReferenceKey[], holding: Holding): Promise<InvoiceKey[]> {
    if (references.length === 0) return [];
    return this.repository.holdReferenced(network, references.map((each) => each.account), references.map((each) => each.kind), references.map((each) => each.value), holding);
  }

  /** Waits for the invoice and holds it until the caller's transaction ends. Throws `invoice_not_found`. */
  async hold(key: InvoiceKey): Promise<void> {
    if ((await this.repository.hold([key], 'wait')).length === 0) throw new DomainError('invoice_not_found');
  }

  /** The invoices behind the references as they are now. Unknown references are absent. */
  async findReferenced(network: Network, references: readonly ReferenceKey[]): Promise<ReferencedInvoice[]> {
    if (references.length === 0) return [];
    return this.repository.findReferenced(network, references.map((each) => each.account), references.map((each) => each.kind), references.map((each) => each.value));
  }

  /** One invoice as it is now, to be judged. Throws `invoice_not_found`. */
  async get(key: InvoiceKey): Promise<JudgedInvoice> {
    const found = await this.repository.find(key);
    if (found === null) throw new DomainError('invoice_not_found');
    return found;
  }

  /**
   * Writes what was decided; announcing it is the caller's part. Throws `TransactionConflict` when an invoice was
   * changed by someone else since it was judged, which who holds what he judges never meets: the caller's transaction is then run again.
   */
  async settle(settlements: readonly Settlement[]): Promise<void> {
    if (settlements.length === 0) return;
    const written = await this.repository.settle(settlements, this.clock.now());
    if (written !== settlements.length) throw new TransactionConflict('an invoice changed while its money was judged');
  }

  /** Holds up to `limit` invoices that were due before everything up to `ingestedThrough` had been read, and that nobody else holds. */
  claimDue(network: Network, ingestedThrough: Date, limit: number): Promise<InvoiceKey[]> {
    return this.repository.claimDue(network, ingestedThrough, limit);
  }

  /** Expires invoices that the caller holds. */
  async expire(keys: readonly InvoiceKey[]): Promise<Invoice[]> {
    if (keys.length === 0) return [];
    const expired = await this.repository.expire(keys, this.clock.now());
    await this.events.record(expired.map(({ previous, ...invoice }) => invoiceEvent('invoice.expired', invoice, previous)));
    return expired;
  }

  /** Lets PROCESSING invoices without an open intent fall back to PENDING; the caller holds them. */
  async reopenIdle(keys: readonly InvoiceKey[]): Promise<number> {
    if (keys.length === 0) return 0;
    const reopened = await this.repository.reopenIdle(keys, this.clock.now());
    await this.events.record(reopened.map((invoice) => invoiceEvent('invoice.reopened', invoice, 'PROCESSING')));
    return reopened.length;
  }
}
