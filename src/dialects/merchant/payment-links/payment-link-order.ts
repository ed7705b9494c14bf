import { parseInstant } from '../../../common/clock';
import type { Network } from '../../../common/network';
import type { LinkOrder } from '../../../links/terms/link-order';
import type { Product } from '../../../products/product';
import type { TaxRate } from '../../../products/tax-rate';
import type { WishedTerms } from './payment-link-terms';
import type { LinkType } from './payment-link.dto';
import { recurrenceOf } from './subscription-wish';
import type { LinkWish } from './payment-link-wish';
import type { LinkKind } from '../../../links/link-kinds';

/** What a wish refers to. */
export interface Referred {
  readonly products: readonly Product[];
  readonly taxRate: TaxRate | null;
}

const KINDS: Readonly<Record<LinkType, LinkKind>> = {
  PRODUCT: 'product',
  DONATION: 'donation',
  COLLECTION: 'donation',
  INVOICE: 'standard',
  SUBSCRIPTION: 'subscription',
};

/** A wish without faults as a link to be made. Pure. */
export function orderOf(
  network: Network,
  wish: LinkWish,
  terms: WishedTerms,
  slug: string,
  { products, taxRate }: Referred,
): LinkOrder {
  const { linkType, currency } = wish;
  const { amount, minimum, maximum, presets } = terms;
  return {
    network,
    products,
    taxRate,
    quantities: terms.productQuantities,
    terms: {
      kind: KINDS[linkType],
      amount,
      scale: terms.scale,
      openAmount: minimum === null || maximum === null ? null : { minimum, maximum, presets: presets ?? [] },
      maxPayments: terms.maxPayments,
      maxQuantity: terms.maxQuantity,
      recurrence: recurrenceOf(wish),
      currency,
      accountCurrency: null,
      payCurrencies: null,
      paymentMethods: ['on_chain'],
      reference: null,
      successRedirectUrl: null,
      unsuccessRedirectUrl: null,
      title: terms.title,
      description: terms.description,
      metadata: null,
      expiresAt: terms.expiresAt === null ? null : (parseInstant(terms.expiresAt) ?? null),
    },
    shop: {
      slug,
      coverImage: terms.coverImage,
      customFields: terms.customFields,
      collectsAddress: terms.collectsAddress,
      adjustsQuantity: terms.adjustsQuantity,
      sellsEverything: terms.sellsEverything,
      showsCodes: terms.showsCodes,
      collectsTax: terms.collectsTax,
      paidFor: terms.paidFor,
      customerId: terms.customerId,
    },
  };
}
