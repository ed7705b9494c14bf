import { isoInstant, isoInstantOrNull } from '../../../common/clock';
import { formatAmount } from '../../../common/money';
import { jsonNumber } from '../../../http/json-number';
import { linkState, type PaymentLink } from '../../../links/payment-link';
import { type BasketLine, namedBasket } from '../../../links/offers/basket';
import { linkTypeOf, recurringTypeOf } from './payment-link-wish';

/** What a link is shown with that does not stand in its row. */
export interface LinkSurroundings {
  readonly publicUrl: string;
  /** The merchant's name in addresses; null where none of the links needs it. */
  readonly handle: string | null;
  /** Ids of links whose payers find nothing on sale. */
  readonly soldOff: ReadonlySet<string>;
  readonly now: Date;
}

type Members = Record<string, unknown>;

const COMPARED_LATER = [
  'amount',
  'minAmount',
  'maxAmount',
  'presetAmounts',
  'paymentLinkProducts',
  'customFields',
  'updatedAt',
];

/** A link as every answer shows it; amounts are JSON numbers with the digits of the decimal text. */
export function paymentLinkView(link: PaymentLink, around: LinkSurroundings): Members {
  const isSingle = link.kind === 'standard';
  return {
    id: link.id,
    title: link.title,
    url: addressOf(link, around),
    description: link.description,
    coverImage: link.coverImage,
    linkType: linkTypeOf(link),
    status: statusOf(link, around),
    amount: numberOf(link.amount),
    ...openAmountView(link),
    ...recurrenceView(link),
    paymentForId: link.paidFor,
    currency: link.currency.toLowerCase(),
    allowQuantityAdjustment: link.adjustsQuantity || link.maxQuantity !== null,
    allowMobilePayment: link.showsCodes,
    collectTax: link.collectsTax ?? link.taxRateId !== null,
    collectAddress: link.collectsAddress,
    limitPayments: isSingle || link.maxPayments !== null,
    maxPayments: isSingle ? 1 : link.maxPayments,
    customFields: link.customFields,
    paymentLinkProducts: namedBasket(link),
    isForAllProduct: link.sellsEverything,
    appId: link.merchantId,
    customerId: link.customerId,
    taxId: link.taxRateId,
    expiration_date: isoInstantOrNull(link.expiresAt),
    createdAt: isoInstant(link.createdAt),
    updatedAt: isoInstant(link.updatedAt),
  };
}

/** The same with what the link refers to, spelled out. */
export function paymentLinkDetails(
  link: PaymentLink,
  around: LinkSurroundings,
  products: ReadonlyMap<string, Members>,
  tax: Members | null,
): Members {
  return {
    ...paymentLinkView(link, around),
    paymentLinkProducts: namedBasket(link).map((line: BasketLine) => ({
      ...line,
      product: products.get(line.productId) ?? null,
    })),
    tax,
  };
}

/**
 * What a change is compared with: whoever sends back all that was read changes nothing. Amounts and products are left out, because the
 * same can be said in several ways, and custom fields, because their order counts.
 */
export function toldMembers(link: PaymentLink, around: LinkSurroundings): Members {
  const told = Object.entries(paymentLinkView(link, around)).filter(([name]) => !COMPARED_LATER.includes(name));
  return { ...Object.fromEntries(told), expiration_date: link.expiresAt, createdAt: link.createdAt };
}

/** ACTIVE while somebody can still come to pay. Time that is over counts before the job has seen it. */
function statusOf(link: PaymentLink, { now, soldOff }: LinkSurroundings): 'ACTIVE' | 'INACTIVE' | 'EXPIRED' {
  const isOpen = link.status === 'active' || link.status === 'inactive';
  if (link.status === 'expired' || (isOpen && link.expiresAt !== null && link.expiresAt <= now)) return 'EXPIRED';
  return link.status === 'active' && linkState(link) !== 'sold_out' && !soldOff.has(link.id) ? 'ACTIVE' : 'INACTIVE';
}

/** Only of subscriptions. The word is that of every one interval; others, which are made elsewhere, have none, and their rhythm in full. */
function recurrenceView({ recurrence }: PaymentLink): Members {
  if (recurrence === null) return {};
  const { interval, intervalCount } = recurrence;
  return { recurringType: recurringTypeOf(recurrence), recurrence: { interval, intervalCount } };
}

/** Of a link without a slug, which another family made, the page that is known by its public id. */
function addressOf({ slug, publicId }: PaymentLink, { publicUrl, handle }: LinkSurroundings): string {
  return slug === null || handle === null ? `${publicUrl}/pay/${publicId}` : `${publicUrl}/p/${handle}/${slug}`;
}

/** Only of links whose payers say how much. */
function openAmountView({ minimum, maximum, presets }: PaymentLink): Members {
  if (minimum === null || maximum === null) return {};
  return {
    minAmount: numberOf(minimum),
    maxAmount: numberOf(maximum),
    presetAmounts: (presets ?? []).map(numberOf),
  };
}

function numberOf(amount: bigint | null): unknown {
  return amount === null ? null : jsonNumber(formatAmount(amount));
}
