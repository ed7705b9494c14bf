import type { PricedLine } from '../../common/priced-line';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { DomainError } from '../../common/errors';
import { type Amount, type Asset, DECIMALS, parseAmount } from '../../common/money';
import { Settings } from '../../env';
import { CurrenciesService } from '../../rates/currencies.service';
import { payStepFor } from '../../rates/quote';
import { QuotesService } from '../../rates/quotes.service';
import { LinkProductsService } from './link-products.service';
import { type Basket, basketOf, namedBasket, sellsGoods } from './basket';
import { itemsOf, type OfferedGood } from './goods';
import type { CheckoutChoice } from './link-offer';
import { type Worth, type WorthItem, storedLines, worthConverted, worthOf } from './link-worth';
import type { Product } from '../../products/product';
import type { PaymentLink } from '../payment-link';
import { isOfShop } from '../shop-terms';
import { ANCHOR_OF } from '../../common/currency';

/** 0.01: the least that a shop's link may ask for. */
export const SHOP_MINIMUM: Amount = 100_000n;

/** What a choice costs, in the asset that is paid. */
export interface PricedChoice {
  readonly asset: Asset;
  readonly worth: Worth;
  /** Empty where there is only the sum. */
  readonly lines: readonly PricedLine[];
  readonly payCurrency: string;
  readonly items: readonly WorthItem[];
  /** In the link's currency, tax included. */
  readonly amount: Amount;
  readonly quantity: number;
  readonly expiresAt: Date;
  /** Null where the link is priced in the asset itself. */
  readonly quoteId: string | null;
  /** What of the goods; null where the link sells none. */
  readonly basket: Basket | null;
  /** A rate of this moment has its part in the price. */
  readonly isRated: boolean;
}

/** What is sold, and what it costs. */
export interface OnePrice {
  readonly items: readonly WorthItem[];
  readonly worth: Worth;
}

/** What a link costs now. */
@Injectable()
export class LinkPricingService {
  constructor(
    private readonly products: LinkProductsService,
    private readonly quotes: QuotesService,
    private readonly currencies: CurrenciesService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** One of everything, or the least that a payer may say; null while something of it is not sold. */
  async one(link: PaymentLink, goods: readonly OfferedGood[] | null = null): Promise<OnePrice | null> {
    const items = goods === null ? await this.plainItems(link) : itemsOf(goods);
    const worth = items === null || items.length === 0 ? undefined : this.worth(items, 1, link.currency);
    return items === null || worth === undefined ? null : { items, worth };
  }

  /** What a shop's link names, sold or not; null for any other link, and where the payer picks from everything. */
  async goods(link: PaymentLink, basket: Basket | null = namedBasket(link)): Promise<readonly OfferedGood[] | null> {
    return isOfShop(link) && sellsGoods(link) && basket !== null && basket.length > 0
      ? this.products.goods(link, basket)
      : null;
  }

  private plainItems(link: PaymentLink): Promise<WorthItem[] | null> {
    return this.products.items(link, link.amount ?? link.minimum, link.minimum !== null);
  }

  /** How many of everything make the least that may be paid. */
  leastQuantity(
    items: readonly WorthItem[],
    currency: string,
    minimum: Amount = this.currencies.get(currency).minimum,
  ): number {
    const one = this.worth(items, 1, currency)?.total ?? minimum;
    let least = Number((minimum + one - 1n) / one);
    // Taxes are rounded once for all: the estimate may be off by one.
    while (least > 1 && (this.worth(items, least - 1, currency)?.total ?? 0n) >= minimum) least -= 1;
    while ((this.worth(items, least, currency)?.total ?? minimum) < minimum) least += 1;
    return Math.max(1, least);
  }

  worth(items: readonly WorthItem[], quantity: number, currency: string): Worth | undefined {
    return worthOf(items, quantity, 10n ** BigInt(DECIMALS - this.currencies.get(currency).scale));
  }

  /**
   * A choice as it would be charged now; in the asset that the merchant settles in where that was said, otherwise in
   * the one the payer names. Asks the network for a price in fiat. Throws `unsupported_pay_currency`,
   * `attributes_invalid` and the conditions of an amount (422), `link_not_open` while something is not sold, and what
   * `QuotesService.quote` throws.
   */
  async price(link: PaymentLink, choice: CheckoutChoice): Promise<PricedChoice> {
    if (!this.currencies.offeredFor(link).includes(choice.asset)) throw new DomainError('unsupported_pay_currency');
    const quantity = quantityOf(link, choice);
    const said = saidAmount(link, choice);
    const basket = askedBasket(link, choice);
    const goods = await this.goods(link, basket);
    const items = goods === null ? await this.products.items(link, said ?? link.amount, said !== null) : itemsOf(goods);
    if (goods !== null) assertSold(goods, choice);
    if (items === null || items.length === 0)
      throw new DomainError('link_not_open', { detail: 'Something of this payment link is not sold any more' });
    const worth = this.worth(items, quantity, link.currency);
    if (worth === undefined) throw fault('quantity', 'makes a sum that no payment can hold');
    this.currencies.assertAmount(link.currency, worth.total, leastOf(link));
    const paid = await this.inAsset(link, choice.asset, worth);
    const told = link.kind === 'product' || link.maxQuantity !== null ? storedLines(paid.worth) : [];
    const isRated = paid.quoteId !== null || (goods ?? []).some(({ product }) => isConverted(product, link));
    return {
      ...paid,
      items,
      lines: told,
      payCurrency: choice.asset,
      amount: worth.total,
      quantity,
      basket: goods === null ? null : bought(goods),
      isRated,
    };
  }

  private async inAsset(
    link: PaymentLink,
    payCurrency: string,
    worth: Worth,
  ): Promise<Pick<PricedChoice, 'asset' | 'worth' | 'expiresAt' | 'quoteId'>> {
    const { merchantId, network, currency, accountCurrency } = link;
    const end = this.deadline(link);
    if (this.currencies.get(currency).kind === 'asset')
      return { asset: this.currencies.payable(network, currency), worth, expiresAt: end, quoteId: null };
    const asset =
      (accountCurrency === null ? null : this.currencies.get(accountCurrency).settlementAsset) ?? payCurrency;
    const quote = await this.quotes.quote({ merchantId, network, amount: worth.total, currency, asset, notAfter: end });
    return {
      asset: quote.asset,
      worth: worthConverted(worth, quote.payAmount, payStepFor(quote.rate)),
      expiresAt: quote.expiresAt,
      quoteId: quote.id,
    };
  }

  /** A checkout is short, and never outlives its link. */
  private deadline({ expiresAt }: PaymentLink): Date {
    const end = this.clock.now().getTime() + this.settings.checkoutSeconds * 1000;
    return new Date(Math.min(end, expiresAt?.getTime() ?? Infinity));
  }
}

/** What the family of shops' links may ask for at least; others ask for what their currency does. What a period costs was agreed on before. */
export function leastOf(link: Pick<PaymentLink, 'slug' | 'period'>): Amount | undefined {
  return isOfShop(link) || link.period !== null ? SHOP_MINIMUM : undefined;
}

/** What a payer asks for by name, and what is not sold any more: it is not left out silently. */
function assertSold(goods: readonly OfferedGood[], { items = [] }: CheckoutChoice): void {
  const asked = new Set(items.map(({ productId }) => productId));
  const gone = goods.find(({ product, price }) => price === null && asked.has(product.id));
  if (gone !== undefined)
    throw fault(
      `items.${gone.product.id}`,
      gone.product.status === 'active'
        ? `is priced in ${gone.product.currency}, for which this service has no rate; choose again without it`
        : 'is not sold any more; choose again without it',
    );
  const unknown = items.find(({ productId }) => !goods.some(({ product }) => product.id === productId));
  if (unknown !== undefined) throw fault(`items.${unknown.productId}`, 'is not sold by this payment link');
}

function bought(goods: readonly OfferedGood[]): Basket {
  return goods.flatMap(({ product, quantity, price }) => (price === null ? [] : [{ productId: product.id, quantity }]));
}

/** False at par: what stands for a currency is redeemed one to one, whatever the market says. */
function isConverted({ currency }: Product, link: PaymentLink): boolean {
  return currency !== link.currency && ANCHOR_OF[currency] !== link.currency;
}

function askedBasket(link: PaymentLink, { items }: CheckoutChoice): Basket | null {
  const judged = basketOf(link, items);
  if ('basket' in judged) return judged.basket;
  const { productId, message } = judged.fault;
  throw fault(productId === null ? 'items' : `items.${productId}`, message);
}

function quantityOf({ maxQuantity }: PaymentLink, { quantity = 1 }: CheckoutChoice): number {
  const most = maxQuantity ?? 1;
  if (!Number.isSafeInteger(quantity) || quantity < 1 || quantity > most)
    throw fault('quantity', most === 1 ? 'must be 1' : `must be a whole number from 1 to ${most}`);
  return quantity;
}

/** Null where the link itself says how much. */
function saidAmount({ minimum, maximum }: PaymentLink, { amount }: CheckoutChoice): Amount | null {
  if (minimum === null || maximum === null) {
    if (amount !== undefined) throw fault('amount', 'is fixed for this payment link and must not be sent');
    return null;
  }
  const parsed = amount === undefined ? undefined : parseAmount(amount);
  if (parsed === undefined) throw fault('amount', 'must be a decimal string such as "12.50"');
  if (parsed.amount < minimum || parsed.amount > maximum)
    throw fault('amount', 'must lie between the minimum and the maximum');
  return parsed.amount;
}

function fault(path: string, message: string): DomainError {
  return new DomainError('attributes_invalid', { detail: `${path} ${message}`, faults: [{ path, message }] });
}
