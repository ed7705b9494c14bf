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
  async offer(publicId: string): Promise<LinkOffer> {
    return this.offers.of(await this.find(publicId));
  }

  /**
   * The invoice to pay. A single-use link has one at a time: the same choice gives the same invoice, another choice
   * ends it while nothing has been paid. A reusable link opens a new one each time. `payerAddress` is the client's
   * network address as limits count it. Throws `link_not_found` and what `LinkChoice.choose` or `ReusableLinks.open` throw.
   */
  async open(publicId: string, choice: CheckoutChoice, payerAddress: string): Promise<Invoice> {
    const link = await this.find(publicId);
    if (!isReusable(link)) return this.choice.chooseFor(link, choice);
    const { state } = await this.offers.of(link);
    return this.reusable.open(link, state, choice, payerAddress);
  }

  private async find(publicId: string): Promise<PaymentLink> {
    const link = isPublicId(publicId) ? await this.repository.findPublicById(publicId) : null;
    if (link === null) throw new DomainError('link_not_found');
    return link;
  }
}
