import { Injectable } from '@nestjs/common';
import { DomainError } from '../../common/errors';
import { isPublicId } from '../../common/ids';
import type { Invoice } from '../../invoices/invoice';
import { type ChoiceKey, LinkChoiceKeysService } from './link-choice-keys.service';
import { LinkChoiceService } from './link-choice.service';
import { atStandingTerms } from './standing-terms.service';
import { isReusable } from '../link-kinds';
import { sellsGoods } from '../offers/basket';
import type { OfferedGood } from '../offers/goods';
import type { CheckoutChoice, GoodOffer, LinkOffer } from '../offers/link-offer';
import { goodOffer, LinkOffersService } from '../offers/link-offers.service';
import { LinkProductsService } from '../offers/link-products.service';
import { MerchantHandlesService } from '../../merchants/merchant-handles.service';
import { LinksRepository } from '../links.repository';
import type { PaymentLink } from '../payment-link';
import { slugOf } from '../terms/slug';
import { type Beginning, ReusableLinksService } from '../slots/reusable-links.service';

/** What of everything on sale is asked for. */
export interface CatalogueAsk {
  readonly words: string;
  /** Row id of the last product of the page before. */
  readonly after: string | null;
  readonly limit: number;
  /** Row ids of products that were taken before. */
  readonly taken: readonly string[];
}

/** What any holder of a link's public id can do: look at the offer, and take it. */
@Injectable()
export class LinkCheckoutService {
  constructor(
    private readonly repository: LinksRepository,
    private readonly offers: LinkOffersService,
    private readonly choice: LinkChoiceService,
    private readonly reusable: ReusableLinksService,
    private readonly keys: LinkChoiceKeysService,
    private readonly handles: MerchantHandlesService,
    private readonly products: LinkProductsService,
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
    const found = await this.find(publicId);
    return this.keys.once(
      () => this.keys.find(found, choice, key),
      () =>
        atStandingTerms(
          found,
          () => this.find(publicId),
          (link) => this.openNow(link, choice, payerAddress, key),
        ),
    );
  }

  private async openNow(
    link: PaymentLink,
    choice: CheckoutChoice,
    payerAddress: string,
    key: ChoiceKey | null,
  ): Promise<Invoice> {
    if (link.kind === 'subscription')
      throw new DomainError('link_not_open', {
        detail: `This payment link is subscribed to: send the choice to /checkout/${link.publicId}/subscription`,
      });
    if (!isReusable(link)) return this.choice.chooseFor(link, choice, payerAddress, key);
    const { state } = await this.offers.offerOf(link);
    return this.reusable.open(link, state, choice, payerAddress, key);
  }

  /**
   * The first invoice of somebody who subscribes, also where it was made under this key before; what begins with it is `beginningOf` its link.
   * Throws as `open` does, and `link_not_open` for a link that nobody can subscribe to.
   */
  async enrol(
    publicId: string,
    choice: CheckoutChoice,
    payerAddress: string,
    key: ChoiceKey | null,
    beginningOf: (link: PaymentLink) => Beginning,
  ): Promise<Invoice> {
    const found = await this.find(publicId);
    if (found.kind !== 'subscription')
      throw new DomainError('link_not_open', { detail: 'Nobody can subscribe to this payment link' });
    return this.keys.once(
      () => this.keys.find(found, choice, key),
      () =>
        atStandingTerms(
          found,
          () => this.find(publicId),
          async (link) => {
            const { state } = await this.offers.offerOf(link);
            return this.reusable.open(link, state, choice, payerAddress, key, beginningOf(link));
          },
        ),
    );
  }

  /** What was chosen under this key before, also where nothing can be chosen any more; null for nothing. Throws `link_not_found`, `idempotency_key_reused`. */
  async repeated(publicId: string, choice: CheckoutChoice, key: ChoiceKey): Promise<Invoice | null> {
    return this.keys.find(await this.find(publicId), choice, key);
  }

  /**
   * A page of what is on sale, in the order of its creation, with at most one more than `limit`; and what of it is named in `taken`. Empty for a link
   * whose payers pick from nothing. Throws `link_not_found`, `rate_unavailable`.
   */
  async catalogue(publicId: string, ask: CatalogueAsk): Promise<{ goods: GoodOffer[]; taken: GoodOffer[] }> {
    const link = await this.find(publicId);
    if (!link.sellsEverything || !sellsGoods(link)) return { goods: [], taken: [] };
    const page = {
      limit: ask.limit + 1,
      order: [{ field: 'id', descending: false }],
      from: ask.after === null ? null : [ask.after],
    };
    const basket = ask.taken.map((productId) => ({ productId, quantity: 1 }));
    const [goods, taken] = await Promise.all([
      this.products.catalogue(link, ask.words === '' ? {} : { words: ask.words }, page),
      basket.length === 0 ? [] : this.products.goods(link, basket),
    ]);
    const offers = (some: readonly OfferedGood[]): GoodOffer[] => some.map((good) => goodOffer(good, link.scale));
    return { goods: offers(goods), taken: offers(taken) };
  }

  /** The public id of what a merchant offers at a path of its own; null where there is nothing. */
  async publicIdAt(handle: string, slug: string): Promise<string | null> {
    if (slugOf(slug) !== slug) return null;
    const merchantId = await this.handles.merchantOf(handle);
    const link = merchantId === null ? null : await this.repository.findBySlug(merchantId, slug);
    return link?.publicId ?? null;
  }

  private async find(publicId: string): Promise<PaymentLink> {
    const link = isPublicId(publicId) ? await this.repository.findPublicById(publicId) : null;
    if (link === null) throw new DomainError('link_not_found');
    return link;
  }
}
