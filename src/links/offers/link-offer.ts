import type { PricedLine } from '../../common/priced-line';
import type { Network } from '../../common/network';
import type { LinkKind } from '../link-kinds';
import type { Basket } from './basket';
import type { SentDetails } from './sent-details';
import type { Recurrence } from '../terms/recurrence';

/** What the holder of a link's public id may see and choose. */
export interface LinkOffer {
  readonly publicId: string;
  readonly merchantId: string;
  readonly network: Network;
  readonly kind: LinkKind;
  readonly state: OfferState;
  readonly createdAt: Date;
  readonly title: string | null;
  readonly description: string | null;
  /** What it is priced in: code of a fiat currency or of an asset. */
  readonly currency: string;
  /** Decimal text: the price of one, tax included; null when the payer says how much. */
  readonly amount: string | null;
  readonly openAmount: OpenAmountOffer | null;
  /** Codes of the assets that the payer may choose from; at least one. */
  readonly assets: readonly string[];
  /** Null: exactly one. */
  readonly quantity: { readonly minimum: number; readonly maximum: number } | null;
  /** Of one; amounts without the tax that comes on top. */
  readonly lines: readonly PricedLine[];
  /** Null where there is none, and where the products are taxed differently: the invoice shows the sum. */
  readonly tax: { readonly percent: string; readonly inclusive: boolean } | null;
  /** How often those who subscribe are asked; null for every other kind. */
  readonly recurrence: Recurrence | null;
  readonly expiresAt: Date | null;
  /** Single use: public id of the invoice that paid it, else of the newest choice that can be paid. */
  readonly current: string | null;
  /** Single use: public id of the newest choice that can be paid and was made at the caller's address. */
  readonly own: string | null;
  readonly successRedirectUrl: string | null;
  readonly unsuccessRedirectUrl: string | null;
  /** Null for a link that shows and asks no more than its price. */
  readonly shop: ShopOffer | null;
}

/** What the page of a link shows and asks beyond its price. */
export interface ShopOffer {
  /** The description is Markdown. */
  readonly isMarkdown: boolean;
  readonly coverImage: string | null;
  readonly showsCodes: boolean;
  /** Null where there are none: the payer picks from the catalogue, or the link has an amount. */
  readonly goods: readonly GoodOffer[] | null;
  readonly sellsEverything: boolean;
  readonly adjustsQuantity: boolean;
  readonly asksName: boolean;
  readonly asksAddress: boolean;
  /** Labels by keys. */
  readonly customFields: Readonly<Record<string, string>> | null;
}

/** Prices are decimal texts in the link's currency. */
export interface GoodOffer {
  readonly productId: string;
  readonly name: string;
  /** Markdown. */
  readonly description: string | null;
  /** Address of its first picture. */
  readonly image: string | null;
  /** Null while it is not sold. */
  readonly price: string | null;
  /** It would be sold if its own currency had a price in the link's. */
  readonly unpriced?: boolean;
  readonly quantity: number;
}

/** `open` can be chosen for; `inactive` is paused by its owner; `sold_out` may open again when a payer does not pay. */
export type OfferState = 'open' | 'inactive' | 'sold_out' | 'completed' | 'expired' | 'cancelled';

/** Decimal texts in the link's currency. */
export interface OpenAmountOffer {
  readonly minimum: string;
  readonly maximum: string;
  readonly presets: readonly string[];
}

/** What a payer says when opening an invoice; decimal text in the link's currency. */
export interface CheckoutChoice {
  /** Code of one of the offer's assets. */
  readonly asset: string;
  /** Exactly where the offer has an open amount. */
  readonly amount?: string;
  /** 1 where it is left out. */
  readonly quantity?: number;
  /** Which goods, where the payer may say so. */
  readonly items?: Basket;
  /** Nothing where it is left out. */
  readonly details?: SentDetails;
  /** The e-mail address of who subscribes; the link does not ask for it. */
  readonly subscriber?: string | null;
}
