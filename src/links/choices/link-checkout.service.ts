import { Injectable } from '@nestjs/common';
import { DomainError } from '../../common/errors';
import { isPublicId } from '../../common/ids';
import type { Invoice } from '../../invoices/invoice';
import { type ChoiceKey, LinkChoiceKeysService } from './link-choice-keys.service';
import { LinkChoiceService } from './link-choice.service';
import { isReusable } from '../link-kinds';
import type { CheckoutChoice, LinkOffer } from '../offers/link-offer';
import { LinkOffersService } from '../offers/link-offers.service';
import { LinksRepository } from '../links.repository';
import type { PaymentLink } from '../payment-link';
import { type Beginning, ReusableLinksService } from '../slots/reusable-links.service';

/** What any holder of a link's public id can do: look at the offer, and take it. */
@Injectable()
export class LinkCheckoutService {
  constructor(
    private readonly repository: LinksRepository,
    private readonly offers: LinkOffersService,
    private readonly choice: LinkChoiceService,
    private readonly reusable: ReusableLinksService,
    private readonly keys: LinkChoiceKeysService,
  ) {}

  /** Throws `link_not_found`. */
  async offer(publicId: string, payerAddress: string | null = null): Promise<LinkOffer> {
    return this.offers.offerOf(await this.find(publicId), payerAddress);
  }

  /**
   * The invoice to pay. The choices of a single-use link live side by side until one is paid; the same choice at the same
   * address gives the same invoice. A reusable link opens a new one each time. `payerAddress` is the client's
   * network address as limits count it. Under a `key` that has made an invoice of this link it is that one, whatever has become
   * of it and of the link. Throws `link_not_found` and what `LinkChoiceService.chooseFor` or `ReusableLinksService.open` throw.
   */
  async open(
    publicId: string,
    choice: CheckoutChoice,
    payerAddress: string,
    key: ChoiceKey | null = null,
  ): Promise<Invoice> {
    const link = await this.find(publicId);
    const repeated = await this.keys.find(link, choice, key);
    if (repeated !== null) return repeated;
    if (link.kind === 'subscription')
      throw new DomainError('link_not_open', {
        detail: `This payment link is subscribed to: send the choice to /checkout/${link.publicId}/subscription`,
      });
    if (!isReusable(link)) return this.choice.chooseFor(link, choice, payerAddress, key);
    const { state } = await this.offers.offerOf(link);
    return this.reusable.open(link, state, choice, payerAddress, key);
  }

  /**
   * The first invoice of somebody who subscribes, and whether it was made under this key before; what begins with it is `beginning`'s.
   * Throws as `open` does, and `link_not_open` for a link that nobody can subscribe to.
   */
  async enrol(
    publicId: string,
    choice: CheckoutChoice,
    payerAddress: string,
    key: ChoiceKey | null,
    beginningOf: (link: PaymentLink) => Beginning,
  ): Promise<{ readonly invoice: Invoice; readonly link: PaymentLink }> {
    const link = await this.find(publicId);
    if (link.kind !== 'subscription')
      throw new DomainError('link_not_open', { detail: 'Nobody can subscribe to this payment link' });
    const repeated = await this.keys.find(link, choice, key);
    if (repeated !== null) return { invoice: repeated, link };
    const { state } = await this.offers.offerOf(link);
    return { invoice: await this.reusable.open(link, state, choice, payerAddress, key, beginningOf(link)), link };
  }

  /** What was chosen under this key before, also where nothing can be chosen any more; null for nothing. Throws `link_not_found`, `idempotency_key_reused`. */
  async repeated(publicId: string, choice: CheckoutChoice, key: ChoiceKey): Promise<Invoice | null> {
    return this.keys.find(await this.find(publicId), choice, key);
  }

  private async find(publicId: string): Promise<PaymentLink> {
    const link = isPublicId(publicId) ? await this.repository.findPublicById(publicId) : null;
    if (link === null) throw new DomainError('link_not_found');
    return link;
  }
}
