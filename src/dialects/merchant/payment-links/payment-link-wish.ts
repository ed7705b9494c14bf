import { type ParsedAmount, parseAmount } from '../../../common/money';
import { decimalText } from '../../../common/number-text';
import { type BasketLine, namedBasket } from '../../../links/offers/basket';
import type { PaymentLink } from '../../../links/payment-link';
import type { Interval, Recurrence } from '../../../links/terms/recurrence';
import type { CreatePaymentLinkDto, LinkType, PaymentLinkMembersDto, RecurringType } from './payment-link.dto';

/** Everything that a shop says of a link, whether just now or when it was made. */
export interface LinkWish {
  readonly linkType: LinkType;
  /** Code in the domain. */
  readonly currency: string;
  readonly title: string;
  readonly description: string | null;
  readonly coverImage: string | null;
  readonly amount: ParsedAmount | null;
  readonly minAmount: ParsedAmount | null;
  readonly maxAmount: ParsedAmount | null;
  readonly presetAmounts: readonly ParsedAmount[];
  readonly paymentForId: string | null;
  readonly customerId: string | null;
  readonly paymentLinkProducts: readonly BasketLine[];
  readonly isForAllProduct: boolean;
  readonly allowQuantityAdjustment: boolean;
  readonly allowMobilePayment: boolean;
  /** Null: the products say whether they are taxed. No shop says so; links of other families may. */
  readonly collectTax: boolean | null;
  readonly taxId: string | null;
  readonly collectAddress: boolean;
  readonly limitPayments: boolean;
  readonly maxPayments: number | null;
  readonly customFields: Readonly<Record<string, unknown>> | null;
  readonly expiration_date: string | null;
  /** Null: a rhythm that no shop has a word for. */
  readonly recurringType: RecurringType | null;
}

/** What a member is where nothing is said of it. */
const UNSAID: Omit<LinkWish, 'linkType' | 'currency' | 'title'> = {
  description: null,
  coverImage: null,
  amount: null,
  minAmount: null,
  maxAmount: null,
  presetAmounts: [],
  paymentForId: null,
  customerId: null,
  paymentLinkProducts: [],
  isForAllProduct: false,
  allowQuantityAdjustment: true,
  allowMobilePayment: false,
  collectTax: false,
  taxId: null,
  collectAddress: false,
  limitPayments: false,
  maxPayments: null,
  customFields: null,
  expiration_date: null,
  recurringType: 'MONTHLY',
};

/** Of a new link. Members at fault are not there, and are as if nothing was said of them. */
export function wishOf({ linkType, currency, title, ...members }: Partial<CreatePaymentLinkDto>): LinkWish {
  const start = { ...UNSAID, linkType: linkType ?? 'PRODUCT', currency: (currency ?? 'usdc').toUpperCase() };
  return changedWish({ ...start, title: title ?? '' }, members);
}

/** A wish with some of its members said anew; null puts one back to what it is where nothing is said of it. */
export function changedWish(
  wish: LinkWish,
  { title, ...members }: Partial<PaymentLinkMembersDto> & { readonly title?: string },
): LinkWish {
  const said = Object.entries(members).filter(([name, value]) => value !== undefined && name in UNSAID);
  const read = said.map(([name, value]) => [
    name,
    value === null ? UNSAID[name as keyof typeof UNSAID] : valueOf(name, value),
  ]);
  return { ...wish, ...(title === undefined ? {} : { title }), ...Object.fromEntries(read) } as LinkWish;
}

/** What its owner would have to say to get this link. */
export function wishFor(link: PaymentLink): LinkWish {
  const { scale, minimum, maximum } = link;
  const parsed = (amount: bigint | null): ParsedAmount | null => (amount === null ? null : { amount, scale });
  return {
    linkType: linkTypeOf(link),
    currency: link.currency,
    title: link.title ?? '',
    description: link.description,
    coverImage: link.coverImage,
    amount: parsed(link.amount),
    minAmount: parsed(minimum),
    maxAmount: parsed(maximum),
    presetAmounts: (link.presets ?? []).map((amount) => ({ amount, scale })),
    paymentForId: link.paidFor,
    customerId: link.customerId,
    paymentLinkProducts: namedBasket(link),
    isForAllProduct: link.sellsEverything,
    allowQuantityAdjustment: link.adjustsQuantity || link.maxQuantity !== null,
    allowMobilePayment: link.showsCodes,
    collectTax: link.collectsTax,
    taxId: link.taxRateId,
    collectAddress: link.collectsAddress,
    limitPayments: link.kind === 'standard' || link.maxPayments !== null,
    maxPayments: link.kind === 'standard' ? 1 : link.maxPayments,
    customFields: link.customFields,
    expiration_date: link.expiresAt?.toISOString() ?? null,
    recurringType: link.recurrence === null ? 'MONTHLY' : recurringTypeOf(link.recurrence),
  };
}

const RECURRING_TYPES = {
  day: 'DAILY',
  week: 'WEEKLY',
  month: 'MONTHLY',
  year: 'YEARLY',
} as const satisfies Readonly<Record<Interval, RecurringType>>;

/** Null where it is not of every single interval: every three months is not monthly. */
export function recurringTypeOf({ interval, intervalCount }: Recurrence): RecurringType | null {
  return intervalCount === 1 ? RECURRING_TYPES[interval] : null;
}

/** A link that was called COLLECTION is a donation. */
export function linkTypeOf({ kind }: Pick<PaymentLink, 'kind'>): LinkType {
  return ({ standard: 'INVOICE', product: 'PRODUCT', donation: 'DONATION', subscription: 'SUBSCRIPTION' } as const)[
    kind
  ];
}

const AMOUNTS = ['amount', 'minAmount', 'maxAmount'];

function valueOf(name: string, value: unknown): unknown {
  if (AMOUNTS.includes(name)) return decimalOf(value);
  if (name === 'presetAmounts') return (value as unknown[]).map(decimalOf);
  if (name === 'customerId' || name === 'taxId') return (value as string).toLowerCase();
  if (name === 'paymentLinkProducts')
    return (value as { productId: string; quantity?: number }[]).map(({ productId, quantity = 1 }) => ({
      productId: productId.toLowerCase(),
      quantity,
    }));
  return value;
}

/** Checked by the rules of the body already. */
function decimalOf(value: unknown): ParsedAmount {
  const parsed = parseAmount(decimalText(value) ?? '');
  if (parsed === undefined) throw new RangeError('an amount was not checked');
  return parsed;
}
