import { Injectable } from '@nestjs/common';
import type { Amount } from '../../common/money';
import type { Product } from '../../products/product';
import { CurrenciesService } from '../../rates/currencies.service';
import { payAmountFor } from '../../rates/quote';
import { RatesService } from '../../rates/rates.service';
import type { PaymentLink } from '../payment-link';

type Place = Pick<PaymentLink, 'network' | 'currency'>;

/** What products cost in the currency of the link that sells them. */
@Injectable()
export class ProductPricesService {
  constructor(
    private readonly rates: RatesService,
    private readonly currencies: CurrenciesService,
  ) {}

  /**
   * By id, from an amount in the product's currency. A fiat price counts at par in the asset that stands for its currency (USD in USDC, EUR in EURC), and by the rate of this moment,
   * rounded up for the merchant, in any other asset. Products that cannot be priced so are not there. Throws `rate_unavailable`.
   */
  async convertersFor(place: Place, products: readonly Product[]): Promise<Map<string, (price: Amount) => Amount>> {
    const currencies = [...new Set(products.map(({ currency }) => currency))];
    const converts = new Map(
      await Promise.all(currencies.map(async (code) => [code, await this.converter(place, code)] as const)),
    );
    return new Map(
      products.flatMap(({ id, currency }) => {
        const convert = converts.get(currency) ?? null;
        return convert === null ? [] : [[id, convert] as const];
      }),
    );
  }

  /** True where a price in `code` can be said in the link's currency, whatever the rate. */
  canPrice({ currency }: Pick<Place, 'currency'>, code: string): boolean {
    if (code === currency) return true;
    return this.currencies.find(currency)?.kind === 'asset' && this.currencies.find(code)?.kind === 'fiat';
  }

  /** What products of such a link may be priced in, for people. */
  toldIn({ currency }: Pick<Place, 'currency'>): string {
    const codes = this.currencies.all.map(({ code }) => code).filter((code) => this.canPrice({ currency }, code));
    return `products that are sold in ${currency.toLowerCase()} are priced in ${codes.join(', ')}`;
  }

  private async converter(place: Place, code: string): Promise<((price: Amount) => Amount) | null> {
    const { network, currency } = place;
    if (!this.canPrice(place, code)) return null;
    if (code === currency || this.currencies.find(code)?.settlementAsset === currency) return (price) => price;
    const { rate } = await this.rates.rate({ network, asset: currency, fiat: code });
    return (price) => payAmountFor(price, rate);
  }
}
