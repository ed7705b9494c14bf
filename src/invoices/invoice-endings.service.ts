import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { EventsService } from '../webhooks/events.service';
import { invoiceEvent } from './invoice-event';
import { type EndedInvoice, InvoiceEndingsRepository } from './invoice-endings.repository';
import type { InvoiceKey } from './invoices.repository';

export type { EndedInvoice };

/** Invoices that end together, for a reason that is not their own. Every method expects to be inside the caller's transaction. */
@Injectable()
export class InvoiceEndings {
  constructor(
    private readonly repository: InvoiceEndingsRepository,
    private readonly events: EventsService,
    private readonly clock: Clock,
  ) {}

  /** The owner's early end: lateness is judged from this instant. Returns those that were open; waits for each, or leaves out what somebody else holds. */
  async expireOpen(keys: readonly InvoiceKey[], held: 'wait' | 'skip'): Promise<EndedInvoice[]> {
    if (keys.length === 0) return [];
    return this.announced(await this.repository.expireOpen(keys, this.clock.now(), held === 'skip'));
  }

  /**
   * Ends invoices that lost against another one; what was paid to them counts no more (`paidBefore`). Never waits: those
   * that somebody else holds are not among the returned. `causes` of the events, by id of the invoice, where the ledger has one.
   */
  async takeOff(keys: readonly InvoiceKey[], causes?: ReadonlyMap<string, string | undefined>): Promise<EndedInvoice[]> {
    if (keys.length === 0) return [];
    return this.announced(await this.repository.takeOff(keys, this.clock.now()), causes);
  }

  private async announced(ended: EndedInvoice[], causes?: ReadonlyMap<string, string | undefined>): Promise<EndedInvoice[]> {
    const news = ended.filter(({ previous }) => previous !== 'EXPIRED');
    await this.events.record(news.map(({ previous, paidBefore: _paid, ...invoice }) => invoiceEvent('invoice.expired', invoice, previous, causes?.get(invoice.id))));
    return ended;
  }
}
