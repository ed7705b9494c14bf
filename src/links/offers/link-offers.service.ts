import type { PricedLine } from '../../common/priced-line';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { formatAmount } from '../../common/money';
import { PAYABLE_STATUSES } from '../../invoices/invoice-states';
import { CurrenciesService } from '../../rates/currencies.service';
import { LinkChoicesRepository } from '../choices/link-choices.repository';
import { LinkProductsService } from './link-products.service';
import { LinkInvoicesService } from '../link-invoices.service';
import { isReusable } from '../link-kinds';
import { sellsGoods } from './basket';
import type { OfferedGood } from './goods';
import type { GoodOffer, LinkOffer, OfferState, ShopOffer } from './link-offer';
import { asksPayer, isOfShop } from '../shop-terms';
import { leastOf, LinkPricingService } from './link-pricing.service';
import type { WorthItem } from './link-worth';
import { linkState, type PaymentLink, printAmount, printOpenAmount } from '../payment-link';

type Price = NonNullable<Awaited<ReturnType<LinkPricingService['one']>>>;

/** A millionth of one is a ten-thousandth of a percent, printed as amounts are. */
const PERCENT_OF_MILLIONTH = 1000n;

/** A link as its payers see it. */
@Injectable()
export class LinkOffersService {
  constructor(
    private readonly pricing: LinkPricingService,
    private readonly invoices: LinkInvoicesService,
    private readonly choices: LinkChoicesRepository,
    private readonly currencies: CurrenciesService,
    private readonly clock: Clock,
  ) {}

  /** `payerAddress` is what limits count; null without a payer. */
  async offerOf(link: PaymentLink, payerAddress: string | null = null): Promise<LinkOffer> {
    const {
      publicId,
      merchantId,
      network,
      kind,
      createdAt,
      title,
      description,
      currency,
      recurrence,
      expiresAt,
      successRedirectUrl,
      unsuccessRedirectUrl,
    } = link;
    const openAmount = printOpenAmount(link);
    const goods = await this.pricing.goods(link);
    const isPicked = isOfShop(link) && link.sellsEverything && sellsGoods(link);
    const price = isPicked ? null : await this.pricing.one(link, goods);
    const tax = price === null ? null : LinkProductsService.commonTax(price.items);
    return {
      publicId,
      merchantId,
      network,
      kind,
      createdAt,
      title,
      description,
      currency,
      openAmount,
      recurrence,
      // A period has its own dates, on the subscriber's page.
      expiresAt: link.period === null ? expiresAt : null,
      successRedirectUrl,
      unsuccessRedirectUrl,
      state: this.state(link, isPicked || price !== null),
      shop: asksPayer(link) || link.coverImage !== null ? shopOffer(link, goods) : null,
      amount:
        price === null || openAmount !== null ? null : printAmount({ amount: price.worth.total, scale: link.scale }),
      assets: this.currencies.offeredFor(link),
      quantity: price === null ? null : this.quantity(link, price),
      lines: price === null || !sellsGoods(link) ? [] : price.items.map((item) => lineOf(item, link.scale)),
      tax:
        tax === null
          ? null
          : { percent: formatAmount(BigInt(tax.percentage) * PERCENT_OF_MILLIONTH), inclusive: tax.inclusive },
      current: await this.current(link),
      own: payerAddress === null || isReusable(link) ? null : await this.own(link, payerAddress),
    };
  }

  /** Time that is over counts before the job has seen it; goods that are not sold are a pause. */
  private state(link: PaymentLink, isSold: boolean): OfferState {
    if (link.status !== 'active') return link.status;
    if (link.expiresAt !== null && link.expiresAt <= this.clock.now()) return 'expired';
    if (linkState(link) === 'sold_out') return 'sold_out';
    return isSold ? 'open' : 'inactive';
  }

  /** As many as one payment must be worth at least, and as many as the link allows and as one payment of its currency may be worth. */
  private quantity(link: PaymentLink, { items, worth }: Price): LinkOffer['quantity'] {
    const { maxQuantity, currency } = link;
    if (maxQuantity === null) return null;
    const affordable = Number(this.currencies.get(currency).maximum / worth.total);
    return {
      minimum: this.pricing.leastQuantity(items, currency, leastOf(link)),
      maximum: Math.max(1, Math.min(maxQuantity, affordable)),
    };
  }

  private async own(link: PaymentLink, payerAddress: string): Promise<string | null> {
    const [newest] = await this.choices.listOwn(link, payerAddress, this.clock.now());
    return newest?.publicId ?? null;
  }

  private async current(link: PaymentLink): Promise<string | null> {
    if (isReusable(link) || link.invoiceId === null) return null;
    const { status, publicId } = await this.invoices.get(link, link.invoiceId);
    return status === 'PAID' || PAYABLE_STATUSES.includes(status) ? publicId : null;
  }
}

/** A sum that is not so many times the price, because it was rounded once for all, is told as one line of one. */
function lineOf(
  { description, price, pieces = 1, sum = price * BigInt(pieces) }: WorthItem,
  scale: number,
): PricedLine {
  const divides = sum === price * BigInt(pieces);
  return {
    description: divides ? description : `${pieces} × ${description}`,
    quantity: divides ? String(pieces) : '1',
    rate: formatAmount(divides ? price : sum, scale),
    amount: formatAmount(sum, scale),
  };
}

function shopOffer(link: PaymentLink, goods: readonly OfferedGood[] | null): ShopOffer {
  const { coverImage, showsCodes, sellsEverything, adjustsQuantity, customFields, collectsAddress, customerId } = link;
  return {
    coverImage,
    showsCodes,
    sellsEverything: sellsEverything && sellsGoods(link),
    adjustsQuantity,
    customFields,
    asksAddress: collectsAddress,
    isMarkdown: isOfShop(link),
    asksName: asksPayer(link) && customerId === null,
    goods: goods === null || sellsEverything ? null : goods.map((good) => goodOffer(good, link.scale)),
  };
}

/** A product as a payer sees it. */
export function goodOffer({ product, quantity, price }: OfferedGood, scale: number): GoodOffer {
  const { id, name, description, images } = product;
  const [image = null] = images;
  return {
    productId: id,
    name,
    description,
    image,
    quantity,
    price: price === null ? null : formatAmount(price, scale),
    unpriced: price === null && product.status === 'active',
  };
}
