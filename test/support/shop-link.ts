import { MerchantHandlesService } from '../../src/merchants/merchant-handles.service';
import { LinkOpeningService } from '../../src/links/link-opening.service';
import type { PaymentLink } from '../../src/links/payment-link';
import { NO_SHOP, type ShopTerms } from '../../src/links/shop-terms';
import type { LinkOrder } from '../../src/links/terms/link-order';
import { LinkProductsService } from '../../src/links/offers/link-products.service';
import type { TestApp } from './app';

export interface ShopLinkWish extends Partial<ShopTerms>, Partial<Omit<LinkOrder['terms'], 'scale'>> {
  /** Ids of products, with how many of each. */
  readonly goods?: readonly (readonly [string, number])[];
  readonly taxRateId?: string;
}

export interface MadeLink extends PaymentLink {
  /** Path of the page that the shop gives out. */
  readonly path: string;
}

let made = 0;

/** A link as a shop makes one: with a slug, in USDC, for products unless it has an amount. */
export async function shopLink(app: TestApp, merchantId: string, wish: ShopLinkWish = {}): Promise<MadeLink> {
  const { goods = [], taxRateId, ...members } = wish;
  const sold = app.get(LinkProductsService);
  const products = await sold.productsOf(
    merchantId,
    goods.map(([id]) => id),
  );
  const shop: ShopTerms = Object.fromEntries(
    Object.entries({ ...NO_SHOP, slug: `link-${(made += 1)}` }).map(([name, value]) => [
      name,
      name in members ? members[name as keyof ShopTerms] : value,
    ]),
  ) as unknown as ShopTerms;
  const order: LinkOrder = {
    network: 'sandbox',
    shop,
    products,
    quantities: goods.map(([, quantity]) => quantity),
    taxRate: taxRateId === undefined ? null : await sold.taxRate(merchantId, taxRateId),
    terms: {
      kind: members.kind ?? 'product',
      amount: members.amount ?? null,
      openAmount: members.openAmount ?? null,
      scale: 2,
      maxPayments: members.maxPayments ?? null,
      maxQuantity: members.maxQuantity ?? null,
      recurrence: null,
      currency: members.currency ?? 'USDC',
      accountCurrency: null,
      payCurrencies: null,
      paymentMethods: ['on_chain'],
      reference: members.reference ?? null,
      successRedirectUrl: null,
      unsuccessRedirectUrl: null,
      title: members.title ?? 'Shop',
      description: members.description ?? null,
      metadata: null,
      expiresAt: members.expiresAt ?? null,
    },
  };
  const { link } = await app
    .get(LinkOpeningService)
    .open({ merchantId, network: 'sandbox', actor: 'test', requestId: null } as never, order);
  const handle = await app.get(MerchantHandlesService).use(merchantId);
  return { ...link, path: `/p/${handle}/${link.slug}` };
}
