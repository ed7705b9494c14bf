import { Injectable } from '@nestjs/common';
import { MerchantsService } from '../merchants/merchants.service';
import { ReceivabilityService, type ReceivingWarning } from '../merchants/receivability.service';
import { CurrenciesService } from '../rates/currencies.service';
import { LinkPricingService } from './offers/link-pricing.service';
import type { PaymentLink } from './payment-link';

/** What a merchant should know of a link that was just made. */
@Injectable()
export class LinkWarningsService {
  constructor(
    private readonly merchants: MerchantsService,
    private readonly receivability: ReceivabilityService,
    private readonly pricing: LinkPricingService,
    private readonly currencies: CurrenciesService,
  ) {}

  /** Of every asset that it may be paid in. Nothing is asked of the network. */
  async of(link: PaymentLink): Promise<ReceivingWarning[]> {
    const { destination } = await this.merchants.till(link.merchantId, link.network);
    const settled = link.accountCurrency === null ? null : this.currencies.get(link.accountCurrency).settlementAsset;
    const codes =
      this.currencies.get(link.currency).kind === 'fiat' && settled !== null ? [settled] : this.pricing.assets(link);
    return this.receivability.warnings(
      link.network,
      destination,
      codes.map((code) => this.currencies.payable(link.network, code)),
    );
  }
}
