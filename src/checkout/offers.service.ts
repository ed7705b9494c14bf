import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import type { Invoice } from '../invoices/invoice.entity';
import { LinkCheckout } from '../links/link-checkout.service';
import type { CheckoutChoice, LinkOffer } from '../links/link-offer';
import { MerchantsService } from '../merchants/merchants.service';
import { CurrenciesService } from '../rates/currencies.service';
import { type OfferedAsset, type OfferView, offerView } from './offer-view';

/** What the holder of a public id may see of a link, and choose. */
@Injectable()
export class OffersService {
  constructor(
    private readonly links: LinkCheckout,
    private readonly merchants: MerchantsService,
    private readonly currencies: CurrenciesService,
    private readonly clock: Clock,
  ) {}

  /** Throws `link_not_found`. */
  async view(publicId: string, payerAddress: string | null = null): Promise<OfferView> {
    const offer = await this.links.offer(publicId, payerAddress);
    const { name } = await this.merchants.settings(offer.merchantId);
    return offerView(offer, name, this.assetsOf(offer), this.clock.now());
  }

  /** The invoice to pay. Asks the network for a rate where there is a price in fiat; throws what `LinkCheckout.open` throws. */
  choose(publicId: string, choice: CheckoutChoice, payerAddress: string): Promise<Invoice> {
    return this.links.open(publicId, choice, payerAddress);
  }

  private assetsOf({ assets, network }: LinkOffer): OfferedAsset[] {
    return assets.map((code) => ({ code, name: this.currencies.find(code)?.name ?? code, issuer: this.currencies.find(code)?.networks.find((each) => each.network === network)?.issuer ?? null }));
  }
}
