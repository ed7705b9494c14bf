import { Injectable } from '@nestjs/common';
import { DomainError } from '../common/errors';
import { isPublicId } from '../common/ids';
import type { Invoice } from '../invoices/invoice.entity';
import { LinkChoice } from './link-choice.service';
import { isReusable } from './link-kinds';
import type { CheckoutChoice, LinkOffer } from './link-offer';
import { LinkOffers } from './link-offers.service';
import { LinksRepository } from './links.repository';
import type { PaymentLink } from './payment-link';
import { ReusableLinks } from './reusable-links.service';

/** What anybody who holds a link's public id can do: look at the offer, and take it. */
@Injectable()
export class LinkCheckout {
  constructor(
    private readonly repository: LinksRepository,
    private readonly offers: LinkOffers,
    private readonly choice: LinkChoice,
    private readonly reusable: ReusableLinks,
  ) {}

  /** Throws `link_not_found`. */
  async offer(publicId: string, payerAddress: string | null = null): Promise<LinkOffer> {
    return this.offers.of(await this.find(publicId), payerAddress);
  }

  /**
   * The invoice to pay. The choices of a single-use link live side by side until one is paid; the same choice at the same
   * address gives the same invoice. A reusable link opens a new one each time. `payerAddress` is the client's
   * network address as limits count it. Throws `link_not_found` and what `LinkChoice.chooseFor` or `ReusableLinks.open` throw.
   */
  async open(publicId: string, choice: CheckoutChoice, payerAddress: string): Promise<Invoice> {
    const link = await this.find(publicId);
    if (!isReusable(link)) return this.choice.chooseFor(link, choice, payerAddress);
    const { state } = await this.offers.of(link);
    return this.reusable.open(link, state, choice, payerAddress);
  }

  private async find(publicId: string): Promise<PaymentLink> {
    const link = isPublicId(publicId) ? await this.repository.findPublicById(publicId) : null;
    if (link === null) throw new DomainError('link_not_found');
    return link;
  }
}
