import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { isPublicId } from '../common/ids';
import { parseAmount } from '../common/money';
import { Transactions } from '../database/transactions';
import { PAYABLE_STATUSES } from '../invoices/invoice-states';
import type { Invoice } from '../invoices/invoice.entity';
import { LinkChoicesRepository } from './link-choices.repository';
import { LinkInvoices } from './link-invoices.service';
import type { CheckoutChoice } from './link-offer';
import { LinkPricing, type PricedChoice } from './link-pricing.service';
import { LinkRecord } from './link-record.service';
import { LinksRepository } from './links.repository';
import { linkState, type PaymentLink } from './payment-link';

/** As the invoice and the record name somebody who is known only by holding the link. */
export const PAYER = 'payer';
export const MIN_SCALE = 2;

/** A payer's choice for a single-use link: of an asset, and of an amount where the link has none. */
@Injectable()
export class LinkChoice {
  constructor(
    private readonly repository: LinksRepository,
    private readonly choices: LinkChoicesRepository,
    private readonly children: LinkInvoices,
    private readonly pricing: LinkPricing,
    private readonly record: LinkRecord,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /**
   * The invoice to pay, good for as long as its quote. Choosing the same again gives the same invoice while it can be
   * paid; choosing another one ends the first, as long as nothing has been paid. Throws `link_not_found`,
   * `link_choice_closed` and what `LinkPricing.price` throws.
   */
  async choose(publicId: string, asset: string, amount?: string): Promise<Invoice> {
    const link = isPublicId(publicId) ? await this.repository.findPublicById(publicId) : null;
    if (link === null) throw new DomainError('link_not_found');
    return this.chooseFor(link, { asset, ...(amount === undefined ? {} : { amount }) });
  }

  async chooseFor(link: PaymentLink, choice: CheckoutChoice): Promise<Invoice> {
    this.assertOpen(link);
    const current = link.invoiceId === null ? null : await this.children.of(link, link.invoiceId);
    if (current !== null && (await this.isSame(link, current, choice))) return current;
    if (current !== null && current.received > 0n) throw closed('Something has been paid already');
    const priced = await this.pricing.price(link, choice);
    return this.transactions.run(() => this.replace(link, current, priced));
  }

  private assertOpen(link: PaymentLink): void {
    const over = link.expiresAt !== null && link.expiresAt <= this.clock.now();
    if (link.status !== 'active' || over) throw closed(`Its status is ${over ? 'expired' : linkState(link)}`);
  }

  /** True when this invoice is what the choice asks for, and can be paid. */
  private async isSame(link: PaymentLink, current: Invoice, choice: CheckoutChoice): Promise<boolean> {
    const payable = PAYABLE_STATUSES.includes(current.status) && (current.expiresAt === null || current.expiresAt > this.clock.now());
    const chosen = await this.choices.find(current.merchantId, current.id);
    if (chosen === null) {
      // Born with its link: there is nothing else to choose.
      if (payable && choice.asset === link.currency) return true;
      throw closed(`It is paid in ${link.currency}`);
    }
    const sameAmount = choice.amount === undefined || parseAmount(choice.amount)?.amount === chosen.amount;
    return payable && chosen.payCurrency === choice.asset && sameAmount;
  }

  private async replace(link: PaymentLink, current: Invoice | null, priced: PricedChoice): Promise<Invoice> {
    const { merchantId, network } = link;
    const now = await this.repository.lock(merchantId, link.id);
    if (now.status !== 'active' || now.invoiceId !== link.invoiceId) throw closed('Somebody chose at the same moment: look again');
    if (current !== null) await this.end(current);
    const invoice = await this.children.create({ merchantId, network, actor: PAYER }, { ...link, expiresAt: priced.expiresAt }, { ...priced, scale: MIN_SCALE });
    await this.choices.choose(link, { ...priced, invoiceId: invoice.id, createdAt: invoice.createdAt }, this.clock.now());
    await this.record.announce('link.chosen', { ...link, invoiceId: invoice.id }, invoice);
    await this.record.chosen(link, priced.payCurrency, invoice.id);
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
