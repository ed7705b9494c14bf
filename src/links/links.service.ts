import { Injectable } from '@nestjs/common';
import type { Author } from '../audit/audit-entry';
import type { ChangingPrincipal } from '../auth/principal';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { isRowId } from '../common/ids';
import type { Network } from '../common/network';
import type { Keyset } from '../database/keyset';
import { Transactions } from '../database/transactions';
import type { Invoice } from '../invoices/invoice.entity';
import { InvoiceEndings } from '../invoices/invoice-endings.service';
import { type CreatedInvoice, type InvoiceDraft, InvoicesService } from '../invoices/invoices.service';
import { EventsService } from '../webhooks/events.service';
import type { EventType } from '../webhooks/event-types';
import { isReusable } from './link-kinds';
import { LinkRecord } from './link-record.service';
import { LinkRivals } from './link-rivals.service';
import { type FollowedInvoice, LinkSlots } from './link-slots.service';
import { linkSources } from './link-states';
import { type LinkFilter, type LinkOwner, LinksRepository, type MovedLink } from './links.repository';
import { linkEventData, linkState, linkWithInvoiceData, type PaymentLink } from './payment-link';

/** Documented limit of the wallet API: counts links made, per merchant. */
const LINK_WINDOW_SECONDS = 3600;
const EVENT_OF = { completed: 'link.paid', expired: 'link.expired', cancelled: 'link.cancelled' } as const satisfies Record<string, EventType>;

/** Payment links. A single-use link follows its invoice; a reusable one counts its invoices. */
@Injectable()
export class LinksService {
  constructor(
    private readonly repository: LinksRepository,
    private readonly invoices: InvoicesService,
    private readonly events: EventsService,
    private readonly record: LinkRecord,
    private readonly slots: LinkSlots,
    private readonly rivals: LinkRivals,
    private readonly endings: InvoiceEndings,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** A single-use link and its invoice, in one statement. Throws `link_limit_reached` beyond `perHour`. */
  create(author: Author, draft: InvoiceDraft, perHour: number): Promise<CreatedInvoice> {
    const allowance = { name: 'links', subject: draft.merchantId, limit: perHour, windowSeconds: LINK_WINDOW_SECONDS, refusal: 'link_limit_reached', message: `Payment link creation limit reached. Maximum ${perHour} links per hour per wallet.` } as const;
    return this.invoices.create(draft, allowance, author);
  }

  /** Throws `resource_not_found`, for somebody else's link too. */
  async get(owner: LinkOwner, id: string): Promise<PaymentLink> {
    const link = isRowId(id) ? await this.repository.find(owner, id) : null;
    if (link === null) throw new DomainError('resource_not_found');
    return link;
  }

  list(owner: LinkOwner, filter: LinkFilter, page: Keyset): Promise<PaymentLink[]> {
    return this.repository.list(owner, filter, page);
  }

  /**
   * The owner's early end of a link that has not ended, the invoices of a single-use link with it: what closes on the
   * ledger later is late money. What a reusable link has opened can be paid until its own end. Throws `resource_not_found`, and `link_final` when there is nothing left to end.
   */
  expire(author: ChangingPrincipal, id: string): Promise<PaymentLink> {
    return this.transactions.run(async () => {
      const found = await this.get(author, id);
      // Invoices before their link, like everybody else; a payer who chooses meanwhile has done so when the link is held, or comes too late.
      const ended = await this.endings.expireOpen(await this.invoicesOf(found), 'wait');
      const link = await this.repository.lockOwned(author, id);
      if (link === null) throw new DomainError('resource_not_found');
      if (!linkSources('expired').includes(link.status)) throw new DomainError('link_final', { detail: `The payment link cannot be expired. Current status: ${linkState(link)}` });
      // What a reusable link has opened is left to its payers.
      const all = [...ended, ...(isReusable(link) ? [] : await this.rivals.endRest(link, ended))];
      await this.repository.expire(link, this.clock.now());
      await this.record.announce('link.expired', { ...link, status: 'expired' }, all.find((invoice) => invoice.id === link.invoiceId) ?? null);
      await this.record.expired(link, author);
      return this.get(author, id);
    });
  }

  /** Expires up to `limit` links of a network whose time is over and that have no invoice. Returns how many. */
  async expireDue(network: Network, limit: number): Promise<number> {
    const expired = await this.repository.claimDue(network, this.clock.now(), limit);
    await this.events.record(expired.map((link) => ({ merchantId: link.merchantId, type: 'link.expired', network, subjectType: 'link', subjectId: link.id, data: linkEventData(link) })));
    return expired.length;
  }

  /** Cancels an invoice and the link it was born with, if any. */
  cancel(merchantId: string, publicId: string): Promise<Invoice> {
    return this.transactions.run(async () => {
      const invoice = await this.invoices.cancel(merchantId, publicId);
      await this.follow([invoice], 'cancelled');
      return invoice;
    });
  }

  /**
   * Lets the links of invoices that were just paid, expired or cancelled follow them; inside the caller's transaction,
   * which holds these invoices. A link whose last choice lapsed goes back to its payers, whatever part of it was paid: a
   * stranger's dust must not end it. One of whose choices was paid is completed, and its other choices end.
   * The slots of a reusable link are counted.
   */
  async follow(invoices: readonly FollowedInvoice[], target: keyof typeof EVENT_OF): Promise<void> {
    if (invoices.length === 0) return;
    const left = await this.end(await this.rivals.follow(invoices, target), target);
    if (target === 'completed') await this.slots.pay(left);
    else await this.slots.giveBack(left);
  }

  /** Ends choices that lost, or whose link its owner ended, while somebody else held their invoice; at most `limit`. */
  closeLeft(limit: number): Promise<void> {
    return this.transactions.run(() => this.rivals.closeLeft(limit));
  }

  /** Moves the links that were born with these invoices; the invoices that no link followed. */
  private async end(invoices: readonly FollowedInvoice[], target: keyof typeof EVENT_OF): Promise<readonly FollowedInvoice[]> {
    if (invoices.length === 0) return [];
    const moved = await this.repository.moveByInvoice(invoices, target, this.clock.now());
    await this.tell(EVENT_OF[target], moved, invoices);
    return without(invoices, moved);
  }

  private async invoicesOf(link: PaymentLink): Promise<{ merchantId: string; id: string }[]> {
    const open = isReusable(link) ? [] : await this.rivals.open(link);
    return link.invoiceId === null || open.some(({ id }) => id === link.invoiceId) ? open : [...open, { merchantId: link.merchantId, id: link.invoiceId }];
  }

  private async tell(type: EventType, links: readonly MovedLink[], invoices: readonly FollowedInvoice[]): Promise<void> {
    const byId = new Map(invoices.map((invoice) => [invoice.id, invoice]));
    await this.events.record(
      links.flatMap((link) => {
        const invoice = byId.get(link.invoiceId);
        if (invoice === undefined) return [];
        return { merchantId: link.merchantId, type, network: invoice.network, subjectType: 'link' as const, subjectId: link.id, data: linkWithInvoiceData(link, invoice), cause: invoice.cause };
      }),
    );
  }
}

function without(invoices: readonly FollowedInvoice[], links: readonly MovedLink[]): readonly FollowedInvoice[] {
  if (links.length === 0) return invoices;
  const followed = new Set(links.map(({ invoiceId }) => invoiceId));
  return invoices.filter(({ id }) => !followed.has(id));
}
