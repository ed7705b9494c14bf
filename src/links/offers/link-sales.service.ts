import { Injectable } from '@nestjs/common';
import type { PaymentLink } from '../payment-link';
import { isOfShop } from '../shop-terms';
import { sellsGoods } from './basket';
import { LinkProductsService } from './link-products.service';

type Selling = Pick<
  PaymentLink,
  'id' | 'merchantId' | 'kind' | 'amount' | 'currency' | 'slug' | 'productIds' | 'sellsEverything'
>;

/** Whether there is anything to be had of links that sell products. */
@Injectable()
export class LinkSalesService {
  constructor(private readonly products: LinkProductsService) {}

  /**
   * Ids of those of one merchant's links whose payers find nothing on sale, as their pages say. A shop's link sells what is left of its products;
   * any other sells all of them or nothing. However many links, there are two questions at most, and none of the network.
   */
  async soldOff(links: readonly Selling[]): Promise<ReadonlySet<string>> {
    const selling = links.filter(sellsGoods);
    const [first] = selling;
    if (first === undefined) return new Set();
    const named = [...new Set(selling.flatMap(({ productIds }) => productIds))];
    const products = named.length === 0 ? [] : await this.products.productsOf(first.merchantId, named);
    const asksAny = selling.some(({ sellsEverything }) => sellsEverything);
    const sellsAny = !asksAny || (await this.products.sellsAny(first.merchantId));
    const active = new Map(
      products.flatMap((product) => (product.status === 'active' ? [[product.id, product.currency] as const] : [])),
    );
    return new Set(selling.filter((link) => !isSold(link, active, sellsAny)).map(({ id }) => id));
  }
}

/** `active` has the currencies of the products that are sold. */
function isSold(link: Selling, active: ReadonlyMap<string, string>, sellsAny: boolean): boolean {
  if (!isOfShop(link)) return link.productIds.every((id) => active.get(id) === link.currency);
  return link.sellsEverything ? sellsAny : link.productIds.some((id) => active.has(id));
}
