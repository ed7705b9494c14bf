import type { PricedLine } from '../common/priced-line';
import { isoInstantOrNull } from '../common/clock';
import type { Network } from '../common/network';
import { plainLine, plainText } from '../common/plain-text';
import type { LinkKind } from '../links/link-kinds';
import type { GoodOffer, LinkOffer, OfferState, OpenAmountOffer, ShopOffer } from '../links/offers/link-offer';
import type { Recurrence } from '../links/terms/recurrence';
import { webAddress } from './link-context';

export interface OfferedAsset {
  readonly code: string;
  readonly name: string;
  /** Null for the native asset. */
  readonly issuer: string | null;
}

/** A link before anything was chosen: the offer, and the merchant's words without anything that could forge them. */
export interface OfferView {
  readonly publicId: string;
  readonly merchant: string;
  readonly network: Network;
  readonly kind: LinkKind;
  readonly state: OfferState;
  readonly title: string;
  readonly description: string | null;
  readonly currency: string;
  /** Decimal text, the price of one; null when the payer says how much. */
  readonly amount: string | null;
  readonly openAmount: OpenAmountOffer | null;
  readonly assets: readonly OfferedAsset[];
  /** At least 2; null where it is exactly one. */
  readonly mostQuantity: number | null;
  /** How many it must be at least for a payment to be large enough. */
  readonly leastQuantity: number;
  readonly lines: readonly PricedLine[];
  readonly tax: { readonly percent: string; readonly inclusive: boolean } | null;
  /** How often a subscriber is asked; null for every other kind. */
  readonly recurrence: Recurrence | null;
  readonly expiresAt: Date | null;
  readonly current: string | null;
  readonly own: string | null;
  /** Where the merchant sends a payer who comes too late; null before. */
  readonly returnUrl: string | null;
  /** What a shop says of it, its words in Markdown; null for any other link. */
  readonly shop: ShopOffer | null;
  /** What is on sale, where the payer picks from everything. */
  readonly catalogue: CatalogueView | null;
  readonly now: Date;
}

/** One page of what is on sale. */
export interface CatalogueView {
  readonly goods: readonly GoodOffer[];
  /** What was taken on other pages. */
  readonly taken: readonly GoodOffer[];
  /** Id of the last product here, where there are more. */
  readonly more: string | null;
  /** What was searched for; empty for everything. */
  readonly words: string;
  /** More than one page in all. */
  readonly isLarge: boolean;
}

const TITLES: Readonly<Record<LinkKind, string>> = {
  standard: 'Payment',
  product: 'Purchase',
  donation: 'Donation',
  subscription: 'Subscription',
};

export function offerView(
  offer: LinkOffer,
  merchantName: string,
  assets: readonly OfferedAsset[],
  now: Date,
): OfferView {
  const { publicId, network, kind, state, currency, amount, openAmount, recurrence, expiresAt, current, own, tax } =
    offer;
  return {
    publicId,
    network,
    kind,
    state,
    currency,
    amount,
    openAmount,
    recurrence,
    assets,
    tax,
    expiresAt,
    current,
    own,
    now,
    merchant: plainLine(merchantName) || 'Unnamed merchant',
    title: plainLine(offer.title ?? '') || TITLES[kind],
    // Blanks at the beginning of a line count in Markdown, which is made harmless where it is rendered.
    description: (offer.shop?.isMarkdown === true ? offer.description : plainText(offer.description ?? '')) || null,
    mostQuantity: offer.quantity === null || offer.quantity.maximum < 2 ? null : offer.quantity.maximum,
    leastQuantity: offer.quantity?.minimum ?? 1,
    lines: offer.lines.map((line) => ({ ...line, description: plainLine(line.description) })),
    shop: offer.shop === null ? null : shopView(offer.shop),
    catalogue: null,
    returnUrl: state === 'expired' || state === 'cancelled' ? webAddress(offer.unsuccessRedirectUrl) : null,
  };
}

function shopView(shop: ShopOffer): ShopOffer {
  const { goods, customFields } = shop;
  return {
    ...shop,
    goods: goods?.map(goodView) ?? null,
    customFields:
      customFields === null
        ? null
        : Object.fromEntries(
            Object.entries(customFields).map(([key, label]) => [key, plainLine(label) || plainLine(key)]),
          ),
  };
}

/** A product in words that can stand on a page. */
export function goodView(good: GoodOffer): GoodOffer {
  return { ...good, name: plainLine(good.name) || 'Product', description: good.description?.trim() || null };
}

/** The same for programs. */
export function offerAnswer(view: OfferView): Record<string, unknown> {
  const {
    publicId,
    merchant,
    network,
    kind,
    state,
    title,
    description,
    currency,
    amount,
    openAmount,
    recurrence,
    assets,
    leastQuantity,
    mostQuantity,
    lines,
    tax,
    expiresAt,
    current,
    shop,
  } = view;
  const quantity = mostQuantity === null ? null : { minimum: leastQuantity, maximum: mostQuantity };
  return {
    publicId,
    state,
    kind,
    network,
    merchant,
    title,
    description,
    currency,
    amount,
    openAmount,
    assets,
    quantity,
    lines,
    tax,
    ...(recurrence === null ? {} : { recurrence }),
    expiresAt: isoInstantOrNull(expiresAt),
    current,
    ...(shop === null ? {} : shopAnswer(shop)),
  };
}

/** What a program has to send for it: see `choice.dto.ts`. */
function shopAnswer({
  coverImage,
  goods,
  sellsEverything,
  adjustsQuantity,
  asksName,
  asksAddress,
  customFields,
}: ShopOffer): Record<string, unknown> {
  return {
    coverImage,
    goods,
    sellsEverything,
    adjustsQuantity,
    asks: { nameAndEmail: asksName, address: asksAddress, customFields },
  };
}
