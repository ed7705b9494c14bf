import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { isPublicId } from '../common/ids';
import { Transactions } from '../database/transactions';
import { PAYABLE_STATUSES } from '../invoices/invoice-states';
import type { Invoice } from '../invoices/invoice.entity';
import type { Quote } from '../rates/quote';
import { LinkInvoices } from './link-invoices.service';
import { LinkPricing } from './link-pricing.service';
import { LinkRecord } from './link-record.service';
import { LinksRepository } from './links.repository';
import { linkState, type PaymentLink } from './payment-link';

/** As the invoice and the record name somebody who is known only by holding the link. */
const PAYER = 'payer';
const MIN_SCALE = 2;

/** A payer's choice of an asset for a link that is priced in fiat. */
@Injectable()
export class LinkChoice {
  constructor(
    private readonly repository: LinksRepository,
    private readonly children: LinkInvoices,
    private readonly pricing: LinkPricing,
    private readonly record: LinkRecord,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /**
   * The invoice to pay, good for as long as its quote. Choosing the same again gives the same invoice while it can be
   * paid; choosing another one ends the first, as long as nothing has been paid. Throws `link_not_found`,
   * `link_choice_closed`, `unsupported_pay_currency`, `rate_unavailable`.
   */
  async choose(publicId: string, payCurrency: string): Promise<Invoice> {
    const link = isPublicId(publicId) ? await this.repository.findPublicById(publicId) : null;
    if (link === null) throw new DomainError('link_not_found');
    this.assertOpen(link);
    const current = link.invoiceId === null ? null : await this.children.of(link, link.invoiceId);
    if (current !== null && (await this.isStillGood(current, payCurrency))) return current;
    if (current !== null && current.received > 0n) throw closed('Something has been paid already');
    const quote = await this.pricing.quote(link, payCurrency);
    return this.transactions.run(() => this.replace(link, current, payCurrency, quote));
  }

  private assertOpen(link: PaymentLink): void {
    const over = link.expiresAt !== null && link.expiresAt <= this.clock.now();
    if (link.status !== 'active' || over) throw closed(`Its status is ${over ? 'expired' : linkState(link)}`);
  }

  private async isStillGood(current: Invoice, payCurrency: string): Promise<boolean> {
    const payable = PAYABLE_STATUSES.includes(current.status) && (current.expiresAt === null || current.expiresAt > this.clock.now());
    const choice = payable ? await this.repository.findChoice(current.merchantId, current.id) : null;
    return choice?.payCurrency === payCurrency;
  }

  private async replace(link: PaymentLink, current: Invoice | null, payCurrency: string, quote: Quote): Promise<Invoice> {
    const { merchantId, network } = link;
    const now = await this.repository.lock(merchantId, link.id);
    if (now.status !== 'active' || now.invoiceId !== link.invoiceId) throw closed('Somebody chose at the same moment: look again');
    if (current !== null) await this.end(current);
    const price = { asset: quote.asset, total: quote.payAmount, scale: MIN_SCALE };
    const invoice = await this.children.create({ merchantId, network, actor: PAYER }, { ...link, expiresAt: quote.expiresAt }, price);
    await this.repository.choose(link, { invoiceId: invoice.id, quoteId: quote.id, payCurrency }, this.clock.now());
    await this.record.announce('link.chosen', { ...link, invoiceId: invoice.id }, invoice);
    await this.record.chosen(link, payCurrency, invoice.id);
    return invoice;
  }

  /** What is on its way to the invoice that was chosen before still counts, as late money. */
  private async end(current: Invoice): Promise<void> {
    const ended = current.status === 'EXPIRED' ? current : await this.children.end(current);
    if (ended === null || ended.received > 0n) throw closed('Something has been paid already');
  }
}

function closed(detail: string): DomainError {
  return new DomainError('link_choice_closed', { detail: `No asset can be chosen for this payment link any more. ${detail}` });
}
