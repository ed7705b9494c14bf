import type { Tenant } from '../common/tenant';
import { Injectable } from '@nestjs/common';
import type { Author } from '../audit-log/audit-entry';
import type { ChangingPrincipal } from '../common/principal';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { isRowId } from '../common/ids';
import type { Keyset } from '../database/keyset';
import { Transactions } from '../database/transactions';
import type { Judged } from '../deadlines/deadlines.service';
import { InvoiceEndingsService } from '../invoices/invoice-endings.service';
import type { CreatedInvoice, InvoiceDraft, WrittenBeside } from '../invoices/invoices.service';
import { EventsService } from '../webhooks/events.service';
import { type LinkFacts, LinkBirthService } from './link-birth.service';
import { isReusable } from './link-kinds';
import { LinkRecordService } from './link-record.service';
import { LinkRivalsService } from './choices/link-rivals.service';
import { linkSources } from './link-states';
import { type LinkFilter, LinksRepository } from './links.repository';
import { assertOwn } from './terms/link-change';
import { NO_SHOP } from './shop-terms';
import { linkEventData, linkState, type PaymentLink } from './payment-link';

/** Documented limit of the wallet API: counts links made, per merchant. */
const LINK_WINDOW_SECONDS = 3600;

/** Payment links as their owners and the time move them; what their invoices do to them is the LinkFollowerService's part. */
@Injectable()
export class LinksService {
  constructor(
    private readonly repository: LinksRepository,
    private readonly birth: LinkBirthService,
    private readonly events: EventsService,
    private readonly record: LinkRecordService,
    private readonly rivals: LinkRivalsService,
    private readonly endings: InvoiceEndingsService,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** A single-use link and its invoice, and what is written beside them, in one statement. Throws `link_limit_reached` beyond `perHour`. */
  create(author: Author, draft: InvoiceDraft, perHour: number, beside?: WrittenBeside): Promise<CreatedInvoice> {
    const allowance = {
      name: 'links',
      subject: draft.merchantId,
      limit: perHour,
      windowSeconds: LINK_WINDOW_SECONDS,
      refusal: 'link_limit_reached',
      message: `Payment link creation limit reached. Maximum ${perHour} links per hour per wallet.`,
    } as const;
    return this.birth.withLimitedInvoice(author, factsOf(draft), draft, allowance, beside);
  }

  /** Throws `resource_not_found`, for another merchant's link too. */
  async get(owner: Tenant, id: string): Promise<PaymentLink> {
    const link = isRowId(id) ? await this.repository.find(owner, id) : null;
    if (link === null) throw new DomainError('resource_not_found');
    return link;
  }

  /** Those of these ids that are the owner's. */
  listByIds(owner: Tenant, ids: readonly string[]): Promise<PaymentLink[]> {
    return this.repository.listByIds(owner, ids);
  }

  list(owner: Tenant, filter: LinkFilter, page: Keyset): Promise<PaymentLink[]> {
    return this.repository.list(owner, filter, page);
  }

  /** Those that ask for money, the newest first. */
  listNewest(owner: Tenant, skip: number, take: number): Promise<PaymentLink[]> {
    return this.repository.listNewest(owner, skip, take);
  }

  /**
   * The owner's early end of a link that has not ended, the invoices of a single-use link with it: what closes on the
   * ledger later is late money. What a reusable link has opened can be paid until its own end. Throws `resource_not_found`, and `link_final` when there is nothing left to end.
   */
  expire(author: ChangingPrincipal, id: string): Promise<PaymentLink> {
    return this.transactions.run(async () => {
      const found = await this.get(author, id);
      assertOwn(found);
      // Invoices before their link, as everywhere. A payer who chooses meanwhile has done so when the link is held, or comes too late.
      const ended = await this.endings.expireOpen(await this.invoicesOf(found), 'wait');
      const link = await this.repository.lockOwned(author, id);
      if (link === null) throw new DomainError('resource_not_found');
      if (!linkSources('expired').includes(link.status))
        throw new DomainError('link_final', {
          detail: `The payment link cannot be expired. Current status: ${linkState(link)}`,
        });
      // What a reusable link has opened is left to its payers.
      const all = [...ended, ...(isReusable(link) ? [] : await this.rivals.endRest(link, ended))];
      await this.repository.expire(link, this.clock.now());
      await this.record.announce(
        'link.expired',
        { ...link, status: 'expired' },
        all.find((invoice) => invoice.id === link.invoiceId) ?? null,
      );
      await this.record.expired(link, author);
      return this.get(author, id);
    });
  }

  /**
   * Ends those of one merchant's links without invoice whose time is over and that no other transaction holds. Returns how
   * many, and which of all need no reminder.
   */
  async expireDue(merchantId: string, ids: readonly string[]): Promise<Judged> {
    const now = this.clock.now();
    const expired = await this.repository.expireDue(merchantId, ids, now);
    await this.events.record(
      expired.map((link) => ({
        merchantId,
        type: 'link.expired',
        network: link.network,
        subjectType: 'link',
        subjectId: link.id,
        data: linkEventData(link),
      })),
    );
    const done = new Set(expired.map(({ id }) => id));
    const rest = ids.filter((id) => !done.has(id));
    return {
      ended: expired.length,
      stale: rest.length === 0 ? [] : await this.repository.listNotDue(merchantId, rest, now),
    };
  }

  /** Ends choices that lost, or whose link its owner ended, while another transaction held their invoice; at most `limit`. */
  closeLeft(limit: number): Promise<void> {
    return this.transactions.run(() => this.rivals.closeLeft(limit));
  }

  private async invoicesOf(link: PaymentLink): Promise<{ merchantId: string; id: string }[]> {
    const open = isReusable(link) ? [] : await this.rivals.open(link);
    return link.invoiceId === null || open.some(({ id }) => id === link.invoiceId)
      ? open
      : [...open, { merchantId: link.merchantId, id: link.invoiceId }];
  }
}

/** A link that is only a way to its invoice has the invoice's terms, except its reference: that may be used again. */
function factsOf({
  merchantId,
  network,
  title,
  description,
  total,
  scale,
  asset,
  expiresAt,
  createdBy,
}: InvoiceDraft): LinkFacts {
  return {
    merchantId,
    network,
    title,
    description,
    expiresAt,
    createdBy,
    kind: 'standard',
    amount: total,
    scale: Math.max(2, scale),
    currency: asset.code,
    accountCurrency: null,
    payCurrencies: null,
    paymentMethods: ['on_chain'],
    reference: null,
    successRedirectUrl: null,
    unsuccessRedirectUrl: null,
    metadata: {},
    minimum: null,
    maximum: null,
    presets: null,
    maxPayments: null,
    maxQuantity: null,
    ...NO_SHOP,
    recurrence: null,
    productIds: [],
    productQuantities: [],
    taxRateId: null,
  };
}
