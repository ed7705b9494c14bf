import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Ids, isRowId } from '../common/ids';
import type { Invoice } from '../invoices/invoice';
import { LinkCheckoutService } from '../links/choices/link-checkout.service';
import type { ChoiceKey } from '../links/choices/link-choice-keys.service';
import { MAX_BASKET_LINES } from '../links/offers/basket';
import type { CheckoutChoice, LinkOffer } from '../links/offers/link-offer';
import { MerchantsService } from '../merchants/merchants.service';
import { CurrenciesService } from '../rates/currencies.service';
import { goodView, type OfferedAsset, type OfferView, offerView } from './offer-view';
import type { ShopValues } from './shop-form';

/** Products on one page of a catalogue. */
const CATALOGUE_PAGE = 20;

/** What the holder of a public id may see of a link, and choose. */
@Injectable()
export class OffersService {
  constructor(
    private readonly links: LinkCheckoutService,
    private readonly merchants: MerchantsService,
    private readonly currencies: CurrenciesService,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Throws `link_not_found`. */
  async view(publicId: string, payerAddress: string | null = null): Promise<OfferView> {
    const offer = await this.links.offer(publicId, payerAddress);
    const { name } = await this.merchants.settings(offer.merchantId);
    return offerView(offer, name, this.assetsOf(offer), this.clock.now());
  }

  /** The same with what is on sale, where the payer picks from everything; what was typed says which page of it. */
  async withCatalogue(view: OfferView, { quantities, words, after }: ShopValues): Promise<OfferView> {
    if (view.shop?.sellsEverything !== true || view.state !== 'open') return view;
    const chosen = [...quantities].filter(([, quantity]) => !/^0*$/.test(quantity)).map(([id]) => id);
    const from = isRowId(after) ? after : null;
    const ask = { words, after: from, limit: CATALOGUE_PAGE, taken: chosen.filter(isRowId).slice(0, MAX_BASKET_LINES) };
    const { goods, taken } = await this.links.catalogue(view.publicId, ask);
    const shown = goods.slice(0, CATALOGUE_PAGE);
    const ids = new Set(shown.map(({ productId }) => productId));
    const more = goods.length > CATALOGUE_PAGE ? (shown.at(-1)?.productId ?? null) : null;
    const catalogue = {
      goods: shown.map(goodView),
      taken: taken.filter(({ productId }) => !ids.has(productId)).map(goodView),
      more,
      words,
      isLarge: more !== null || words !== '' || from !== null,
    };
    return { ...view, catalogue };
  }

  /** The public id behind an address of a shop; null where nothing is there. */
  publicIdAt(handle: string, slug: string): Promise<string | null> {
    return this.links.publicIdAt(handle, slug);
  }

  /** The invoice to pay. Asks the network for a rate where there is a price in fiat; throws what `LinkCheckoutService.open` throws. */
  choose(publicId: string, choice: CheckoutChoice, payerAddress: string, key: ChoiceKey | null): Promise<Invoice> {
    return this.links.open(publicId, choice, payerAddress, key);
  }

  /** The invoice that this choice has made already; null where it has none. */
  repeated(publicId: string, choice: CheckoutChoice, key: ChoiceKey): Promise<Invoice | null> {
    return this.links.repeated(publicId, choice, key);
  }

  /** Stands in a form, for what is sent with it: as long as it is repeated, it is the same choice. */
  token(): string {
    return this.ids.publicId();
  }

  private assetsOf({ assets, network }: LinkOffer): OfferedAsset[] {
    return assets.map((code) => ({
      code,
      name: this.currencies.find(code)?.name ?? code,
      issuer: this.currencies.find(code)?.networks.find((each) => each.network === network)?.issuer ?? null,
    }));
  }
}
