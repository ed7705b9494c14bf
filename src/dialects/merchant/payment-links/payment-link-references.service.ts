import { Injectable } from '@nestjs/common';
import { ANCHOR_OF } from '../../../common/currency';
import type { InputFault } from '../../../common/errors';
import { CustomerRecordsService } from '../../../customers/customer-records.service';
import { namedBasket } from '../../../links/offers/basket';
import { itemsOf } from '../../../links/offers/goods';
import { LinkPricingService, SHOP_MINIMUM } from '../../../links/offers/link-pricing.service';
import { LinkProductsService } from '../../../links/offers/link-products.service';
import { ProductPricesService } from '../../../links/offers/product-prices.service';
import type { WorthItem } from '../../../links/offers/link-worth';
import type { PaymentLink } from '../../../links/payment-link';
import { amountFault } from '../../../links/terms/link-price-terms';
import type { LinkOrder } from '../../../links/terms/link-order';
import type { Product } from '../../../products/product';
import { CurrenciesService } from '../../../rates/currencies.service';
import type { Referred } from './payment-link-order';
import type { LinkWish } from './payment-link-wish';

/** What of a link decides its price. */
type Priced = Pick<
  PaymentLink,
  'merchantId' | 'network' | 'slug' | 'title' | 'productIds' | 'productQuantities' | 'taxRateId' | 'collectsTax'
>;

/** The products, taxes and customers that a shop's link names. */
@Injectable()
export class PaymentLinkReferencesService {
  constructor(
    private readonly sold: LinkProductsService,
    private readonly prices: ProductPricesService,
    private readonly pricing: LinkPricingService,
    private readonly customers: CustomerRecordsService,
    private readonly currencies: CurrenciesService,
  ) {}

  /** What another merchant has does not exist. What the link named `before` may have been put away since then. */
  async find(
    merchantId: string,
    wish: LinkWish,
    before: LinkWish | null,
  ): Promise<{ readonly found: Referred; readonly faults: readonly InputFault[] }> {
    const ids = wish.paymentLinkProducts.map(({ productId }) => productId);
    // One after the other: a transaction has one connection.
    const products = ids.length === 0 ? [] : await this.sold.productsOf(merchantId, ids);
    const taxRate = wish.taxId === null ? null : await this.sold.taxRate(merchantId, wish.taxId);
    const customers = wish.customerId === null ? [] : await this.customers.listByIds(merchantId, [wish.customerId]);
    const faults = [
      ...this.productFaults(wish, before, products),
      ...(wish.taxId === null || wish.taxId === before?.taxId
        ? []
        : referenceFault('taxId', wish.taxId, taxRate, taxRate?.status !== 'active', 'is switched off')),
      ...(wish.customerId === null || wish.customerId === before?.customerId
        ? []
        : referenceFault(
            'customerId',
            wish.customerId,
            customers[0] ?? null,
            customers[0]?.erasedAt !== null,
            'is erased',
          )),
    ];
    return { found: { products, taxRate }, faults };
  }

  /**
   * One of everything must be something that can be paid, tax included. Nothing is said of what a rate of the moment decides: it is
   * judged when a payer chooses.
   */
  async priceFault(priced: Priced, { terms, products }: LinkOrder): Promise<InputFault | undefined> {
    const { currency, amount, openAmount } = terms;
    if (openAmount !== null || products.some((product) => !isAtPar(product, currency))) return undefined;
    const link = { ...priced, kind: terms.kind, currency };
    const items: readonly WorthItem[] =
      products.length > 0
        ? itemsOf(await this.sold.goods(link, namedBasket({ ...SELLING, ...priced })))
        : ((await this.sold.items({ ...link, kind: 'standard' }, amount, false)) ?? []);
    if (items.length === 0) return undefined;
    const path = products.length > 0 ? 'paymentLinkProducts' : 'amount';
    const worth = this.pricing.worth(items, 1, currency);
    const facts = { ...this.currencies.get(currency), minimum: SHOP_MINIMUM };
    const fault =
      worth === undefined
        ? { detail: 'makes more than one payment can hold' }
        : amountFault(worth.total, currency, facts);
    return fault === undefined
      ? undefined
      : { path, message: `together with tax must be payable at once: ${fault.detail}` };
  }

  private productFaults(
    { currency, paymentLinkProducts }: LinkWish,
    before: LinkWish | null,
    products: readonly Product[],
  ): InputFault[] {
    const known = new Set(before?.paymentLinkProducts.map(({ productId }) => productId));
    const found = new Map(products.map((product) => [product.id, product]));
    return paymentLinkProducts.flatMap(({ productId }, at) => {
      if (known.has(productId)) return [];
      const path = `paymentLinkProducts.${at}.productId`;
      const product = found.get(productId) ?? null;
      if (product !== null && !this.prices.canPrice({ currency }, product.currency))
        return [
          {
            path,
            message: `is priced in ${product.currency}, for which this service has no rate: ${this.prices.toldIn({ currency })}`,
          },
        ];
      return referenceFault(path, productId, product, product?.status !== 'active', 'is not sold any more');
    });
  }
}

const SELLING = { kind: 'product', amount: null, adjustsQuantity: false, sellsEverything: false } as const;

function referenceFault(path: string, id: string, found: object | null, isGone: boolean, gone: string): InputFault[] {
  if (found === null) return [{ path, message: `${JSON.stringify(id.slice(0, 40))} does not exist` }];
  return isGone ? [{ path, message: `${id} ${gone}` }] : [];
}

function isAtPar({ currency }: Product, code: string): boolean {
  return currency === code || ANCHOR_OF[currency] === code;
}
