import { Injectable } from '@nestjs/common';
import type { Amount } from '../../common/money';
import type { Product } from '../../products/product';
import { ProductsService } from '../../products/products.service';
import type { TaxRate } from '../../products/tax-rate';
import { TaxRatesService } from '../../products/tax-rates.service';
import type { ItemTax, WorthItem } from './link-worth';
import type { PaymentLink } from '../payment-link';

/** What a link's price is made of. */
type Priced = Pick<PaymentLink, 'merchantId' | 'kind' | 'title' | 'currency' | 'productIds' | 'taxRateId'>;

export const DEFAULT_TITLE = 'Payment link';

/** Products and tax rates as they are now, for links that sell them. */
@Injectable()
export class LinkProductsService {
  constructor(
    private readonly products: ProductsService,
    private readonly taxRates: TaxRatesService,
  ) {}

  /** Those that the merchant has, in the order of the ids. */
  async productsOf(merchantId: string, ids: readonly string[]): Promise<Product[]> {
    const found = new Map((await this.products.listByIds(merchantId, ids)).map((product) => [product.id, product]));
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  async taxRate(merchantId: string, id: string): Promise<TaxRate | null> {
    const [rate] = await this.taxRates.listByIds(merchantId, [id]);
    return rate ?? null;
  }

  /**
   * `amount` is the fixed one, or what the payer says, which then contains the tax. Null while a product is archived
   * or not priced in the link's currency: what is not sold any more cannot be bought.
   */
  async items(link: Priced, amount: Amount | null, saidByPayer: boolean): Promise<WorthItem[] | null> {
    if (link.kind === 'product') return this.sold(link);
    const rate = link.taxRateId === null ? null : await this.taxRate(link.merchantId, link.taxRateId);
    const tax = rate === null ? null : { percentage: rate.percentage, inclusive: saidByPayer || rate.inclusive };
    return amount === null ? null : [{ description: link.title ?? DEFAULT_TITLE, price: amount, tax }];
  }

  /** The tax that everything in the list has; null when there is none, or not one. */
  static commonTax(items: readonly WorthItem[]): ItemTax | null {
    const [first] = items;
    const same = items.every(
      ({ tax }) => tax?.percentage === first?.tax?.percentage && tax?.inclusive === first?.tax?.inclusive,
    );
    return same ? (first?.tax ?? null) : null;
  }

  private async sold({ merchantId, productIds, currency }: Priced): Promise<WorthItem[] | null> {
    const products = await this.productsOf(merchantId, productIds);
    if (
      products.length !== productIds.length ||
      products.some((each) => each.status !== 'active' || each.currency !== currency)
    )
      return null;
    const named = [...new Set(products.flatMap(({ taxRateId }) => taxRateId ?? []))];
    const rates = new Map((await this.taxRates.listByIds(merchantId, named)).map((rate) => [rate.id, rate]));
    return products.map(({ name, price, taxRateId }) => ({
      description: name,
      price,
      tax: taxRateId === null ? null : (rates.get(taxRateId) ?? null),
    }));
  }
}
