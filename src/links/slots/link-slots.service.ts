import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock';
import type { invoiceEventData } from '../../invoices/invoice-event';
import type { Invoice } from '../../invoices/invoice';
import { EventsService } from '../../webhooks/events.service';
import type { EventDraft, EventType } from '../../webhooks/event-types';
import { type CountedPayment, LinkSlotsRepository } from './link-slots.repository';
import { linkWithInvoiceData, type PaymentLink } from '../payment-link';

/** What a link needs to know of its invoice. */
export type FollowedInvoice = Parameters<typeof invoiceEventData>[0] &
  Pick<Invoice, 'merchantId' | 'id' | 'network' | 'received'> &
  Pick<EventDraft, 'cause'>;

/** The limit of reusable links, kept under any concurrency. Every method expects to be inside the caller's transaction. */
@Injectable()
export class LinkSlotsService {
  constructor(
    private readonly repository: LinkSlotsRepository,
    private readonly events: EventsService,
    private readonly clock: Clock,
  ) {}

  /** Locks the link until the caller's transaction ends. False when there is no slot, or no open link any more. */
  take(link: Pick<PaymentLink, 'merchantId' | 'id'>): Promise<boolean> {
    return this.repository.take(link, this.clock.now());
  }

  /** Of invoices that expired or were cancelled; those that held no slot are left alone. */
  async giveBack(invoices: readonly FollowedInvoice[]): Promise<void> {
    if (invoices.length > 0) await this.repository.giveBack(invoices, this.clock.now());
  }

  /** Counts paid invoices. One that its owner let be paid beyond the limit is counted and reported as over it. */
  async pay(invoices: readonly FollowedInvoice[]): Promise<void> {
    if (invoices.length === 0) return;
    const counted = await this.repository.pay(invoices, this.clock.now());
    const byId = new Map(invoices.map((invoice) => [invoice.id, invoice]));
    const tell = (type: EventType, payment: CountedPayment): EventDraft[] => {
      const invoice = byId.get(payment.invoiceId);
      if (invoice === undefined) return [];
      return [
        {
          merchantId: payment.merchantId,
          type,
          network: invoice.network,
          subjectType: 'link',
          subjectId: payment.id,
          data: linkWithInvoiceData(payment, invoice),
          cause: invoice.cause,
        },
      ];
    };
    const last = new Map(
      counted.filter(({ slot, completed }) => slot === 'paid' && completed).map((payment) => [payment.id, payment]),
    );
    await this.events.record([
      ...counted.flatMap((payment) => tell(payment.slot === 'paid' ? 'link.paid' : 'link.limit_exceeded', payment)),
      ...[...last.values()].flatMap((payment) => tell('link.completed', payment)),
    ]);
  }
}
