import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Transactions } from '../database/transactions';
import { invoiceEventData } from '../invoices/invoice-event';
import type { Invoice } from '../invoices/invoice.entity';
import { type CreatedInvoice, type InvoiceDraft, InvoicesService } from '../invoices/invoices.service';
import { EventsService } from '../webhooks/events.service';
import type { EventType } from '../webhooks/event-types';
import { LinksRepository } from './links.repository';

/** Documented limit of the wallet API: counts links made, per merchant. */
const LINK_WINDOW_SECONDS = 3600;
const EVENT_OF = { completed: 'link.paid', expired: 'link.expired', cancelled: 'link.cancelled' } as const satisfies Record<string, EventType>;

/** What a link needs to know of its invoice. */
type FollowedInvoice = Parameters<typeof invoiceEventData>[0] & Pick<Invoice, 'merchantId' | 'id' | 'network'>;

/** Payment links. A standard link is born with its invoice and follows it. */
@Injectable()
export class LinksService {
  constructor(
    private readonly repository: LinksRepository,
    private readonly invoices: InvoicesService,
    private readonly events: EventsService,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** A single-use link and its invoice, in one statement. Throws `link_limit_reached` beyond `perHour`. */
  create(draft: InvoiceDraft, perHour: number): Promise<CreatedInvoice> {
    const allowance = { name: 'links', subject: draft.merchantId, limit: perHour, windowSeconds: LINK_WINDOW_SECONDS, refusal: 'link_limit_reached', message: `Payment link creation limit reached. Maximum ${perHour} links per hour per wallet.` } as const;
    return this.invoices.create(draft, allowance, true);
  }

  /** Cancels an invoice and the link it was born with, if any. */
  cancel(merchantId: string, publicId: string): Promise<Invoice> {
    return this.transactions.run(async () => {
      const invoice = await this.invoices.cancel(merchantId, publicId);
      await this.follow([invoice], 'cancelled');
      return invoice;
    });
  }

  /** Lets the links of invoices that were just paid, expired or cancelled follow them; inside the caller's transaction. */
  async follow(invoices: readonly FollowedInvoice[], target: keyof typeof EVENT_OF): Promise<void> {
    if (invoices.length === 0) return;
    const byId = new Map(invoices.map((invoice) => [invoice.id, invoice]));
    const moved = await this.repository.moveByInvoice(invoices, target, this.clock.now());
    await this.events.record(
      moved.flatMap((link) => {
        const invoice = byId.get(link.invoiceId);
        if (invoice === undefined) return [];
        return { merchantId: link.merchantId, type: EVENT_OF[target], network: invoice.network, subjectType: 'link' as const, subjectId: link.id, data: invoiceEventData(invoice) };
      }),
    );
  }
}
