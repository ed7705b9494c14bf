import { Injectable } from '@nestjs/common';
import type { Amount } from '../../common/money';
import type { Product } from '../../products/product';
import { type ProductFilter, ProductsService } from '../../products/products.service';
import type { TaxRate } from '../../products/tax-rate';
import { TaxRatesService } from '../../products/tax-rates.service';
import type { Keyset } from '../../database/keyset';
import type { Basket } from './basket';
import type { OfferedGood } from './goods';
import type { ItemTax, WorthItem } from './link-worth';
import { ProductPricesService } from './product-prices.service';
import type { PaymentLink } from '../payment-link';

/** What a link's price is made of. */
type Priced = Pick<PaymentLink, 'merchantId' | 'kind' | 'title' | 'currency' | 'productIds' | 'taxRateId'>;
type PricedByShop = Priced & Pick<PaymentLink, 'network' | 'slug' | 'collectsTax'>;

export const DEFAULT_TITLE = 'Payment link';

/** Products and tax rates as they are now, for links that sell them. */
@Injectable()
export class LinkProductsService {
  constructor(
    private readonly products: ProductsService,
    private readonly taxRates: TaxRatesService,
    private readonly prices: ProductPricesService,
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
  async items(
    link: Priced & Partial<Pick<PaymentLink, 'collectsTax' | 'period'>>,
    amount: Amount | null,
    saidByPayer: boolean,
  ): Promise<WorthItem[] | null> {
    if (link.kind === 'product' && amount === null) return this.sold(link);
    const tax = link.period == null ? await this.taxNow(link, saidByPayer) : link.period.tax;
    return amount === null ? null : [{ description: link.title ?? DEFAULT_TITLE, price: amount, tax }];
  }

  /**
   * The goods of a shop's link, priced in the link's currency; of a basket those that are sold. Asks for rates where a product is priced in another
   * currency than the link. Throws `rate_unavailable`.
   */
  async goods(link: PricedByShop, basket: Basket): Promise<readonly OfferedGood[]> {
    const products = await this.productsOf(
      link.merchantId,
      basket.map(({ productId }) => productId),
    );
    const quantities = new Map(basket.map(({ productId, quantity }) => [productId, quantity]));
    return this.priced(link, products, (id) => quantities.get(id) ?? 1);
  }

  /** The same of what a payer may pick from. */
  async catalogue(link: PricedByShop, filter: ProductFilter, page: Keyset): Promise<readonly OfferedGood[]> {
    return this.priced(
      link,
      await this.products.list(link.merchantId, { ...filter, status: ['active'] }, page),
      () => 0,
    );
  }

  private async priced(
    link: PricedByShop,
    products: readonly Product[],
    quantityOf: (id: string) => number,
  ): Promise<readonly OfferedGood[]> {
    const [prices, taxes] = await Promise.all([
      this.prices.convertersFor(
        link,
        products.filter(({ status }) => status === 'active'),
      ),
      this.taxesOf(link, products),
    ]);
    return products.map((product) => ({
      product,
      quantity: quantityOf(product.id),
      price: prices.get(product.id)?.(product.price) ?? null,
      sum: prices.get(product.id)?.(product.price * BigInt(quantityOf(product.id))) ?? null,
      tax: taxes.get(product.id) ?? null,
    }));
  }

  /** True where the merchant has anything that a payer may pick. */
  async sellsAny(merchantId: string): Promise<boolean> {
    const page = { limit: 1, order: [{ field: 'id', descending: false }], from: null };
    return (await this.products.list(merchantId, { status: ['active'] }, page)).length > 0;
  }

  /** By the link's own rate, by none, or as the products say: see `ShopTerms.collectsTax`. */
  private async taxesOf(link: PricedByShop, products: readonly Product[]): Promise<Map<string, ItemTax>> {
    if (link.collectsTax !== null) {
      const rate = await this.rateOf(link);
      return new Map(rate === null ? [] : products.map(({ id }) => [id, rate]));
    }
    const named = [...new Set(products.flatMap(({ taxRateId }) => taxRateId ?? []))];
    const rates = new Map(
      named.length === 0
        ? []
        : (await this.taxRates.listByIds(link.merchantId, named)).map((rate) => [rate.id, rate] as const),
    );
    return new Map(
      products.flatMap(({ id, taxRateId }) => {
        const rate = taxRateId === null ? undefined : rates.get(taxRateId);
        return rate === undefined ? [] : [[id, rate] as const];
      }),
    );
  }

  private async taxNow(
    link: Priced & Partial<Pick<PaymentLink, 'collectsTax'>>,
    saidByPayer: boolean,
  ): Promise<ItemTax | null> {
    const rate = await this.rateOf(link);
    return rate === null ? null : { percentage: rate.percentage, inclusive: saidByPayer || rate.inclusive };
  }

  private async rateOf({
    merchantId,
    taxRateId,
    collectsTax = null,
  }: Priced & Partial<Pick<PaymentLink, 'collectsTax'>>): Promise<TaxRate | null> {
    return taxRateId === null || collectsTax === false ? null : this.taxRate(merchantId, taxRateId);
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
