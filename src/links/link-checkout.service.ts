import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { isPublicId } from '../common/ids';
import { PAYABLE_STATUSES } from '../invoices/invoice-states';
import type { Invoice } from '../invoices/invoice.entity';
import { CurrenciesService } from '../rates/currencies.service';
import { LinkChoice } from './link-choice.service';
import { LinkInvoices } from './link-invoices.service';
import type { CheckoutChoice, LinkOffer } from './link-offer';
import { LinksRepository } from './links.repository';
import { type PaymentLink, printAmount } from './payment-link';

/** What anybody who holds a link's public id can do: look at the offer, and take it. */
@Injectable()
export class LinkCheckout {
  constructor(
    private readonly repository: LinksRepository,
    private readonly choice: LinkChoice,
    private readonly invoices: LinkInvoices,
    private readonly currencies: CurrenciesService,
    private readonly clock: Clock,
  ) {}

  /** Throws `link_not_found`. */
  async offer(publicId: string): Promise<LinkOffer> {
    const link = await this.find(publicId);
    const { merchantId, network, kind, title, description, currency, expiresAt, successRedirectUrl, unsuccessRedirectUrl } = link;
    const fiat = this.currencies.get(currency).kind === 'fiat';
    const over = link.status === 'active' && expiresAt !== null && expiresAt <= this.clock.now();
    return {
      publicId, merchantId, network, kind, title, description, currency, expiresAt, successRedirectUrl, unsuccessRedirectUrl,
      state: over ? 'expired' : link.status === 'active' ? 'open' : link.status,
      amount: printAmount(link),
      openAmount: null,
      assets: fiat ? (link.payCurrencies ?? this.currencies.payableOn(network)) : [currency],
      quantity: null,
      lines: [],
      tax: null,
      current: await this.current(link),
    };
  }

  /** The invoice to pay. `payerAddress` is the client's network address. Throws what `LinkChoice.choose` throws. */
  async open(publicId: string, { asset }: CheckoutChoice, _payerAddress: string): Promise<Invoice> {
    const link = await this.find(publicId);
    if (link.invoiceId !== null && link.currency === asset) return this.invoices.of(link, link.invoiceId);
    return this.choice.choose(publicId, asset);
  }

  private async current(link: PaymentLink): Promise<string | null> {
    if (link.invoiceId === null) return null;
    const { status, publicId } = await this.invoices.of(link, link.invoiceId);
    return status === 'PAID' || PAYABLE_STATUSES.includes(status) ? publicId : null;
  }

  private async find(publicId: string): Promise<PaymentLink> {
    const link = isPublicId(publicId) ? await this.repository.findPublicById(publicId) : null;
    if (link === null) throw new DomainError('link_not_found');
    return link;
  }
}
