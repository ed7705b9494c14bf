import { formatAmount } from '../common/money';
import { perUnitText } from '../rates/quote';
import type { InvoiceOrigin, OriginQuote } from '../links/link-origin';
import type { LinkOffer } from '../links/offers/link-offer';
import { type CheckoutState, isPayable } from './payment-facts';

/** What an invoice has of the link it was made for. */
export interface LinkContext {
  /** What the payer chose to pay with; null where nothing was chosen. */
  readonly payCurrency: string | null;
  readonly price: QuotedPrice | null;
  /** Where the merchant wants the payer next, now that this is over; http or https. */
  readonly returnUrl: string | null;
  /** Path of the page on which the payer may choose anew; null while that would change nothing. */
  readonly choosePath: string | null;
  /** True when only the price has lapsed: the link itself still waits for its payer. */
  readonly lapsed: boolean;
  /** True where the page may show codes for wallet apps. */
  readonly showsCodes: boolean;
  /** True when another choice of the link was paid first. */
  readonly beaten: boolean;
}

interface QuotedPrice {
  readonly amount: string;
  readonly currency: string;
  /** What one unit of the fiat currency buys, to the digits that people compare. */
  readonly perUnit: string;
  readonly until: Date;
}

export const NO_LINK: LinkContext = {
  payCurrency: null,
  price: null,
  returnUrl: null,
  choosePath: null,
  lapsed: false,
  showsCodes: true,
  beaten: false,
};

/** `offer` is the link's as it is now, null when not asked for; `scale` the decimals of the fiat currency. */
export function linkContext(
  origin: InvoiceOrigin,
  offer: LinkOffer | null,
  state: CheckoutState,
  scale: number,
): LinkContext {
  const open = offer?.state === 'open';
  const lapsed = open && state === 'expired';
  const choosePath = lapsed
    ? `/pay/${origin.linkPublicId}`
    : open && isPayable(state) && hasAlternatives(offer)
      ? `/pay/${origin.linkPublicId}?choose`
      : null;
  return {
    payCurrency: origin.payCurrency,
    price: origin.quote === null ? null : quotedPrice(origin.quote, scale),
    returnUrl: lapsed ? null : returnUrl(origin, state),
    choosePath,
    lapsed,
    showsCodes: origin.showsCodes,
    beaten: offer?.state === 'completed' && state !== 'paid',
  };
}

/** States in which the link's offer has a say: while another choice may be made, and after the time. */
export function asksForOffer(state: CheckoutState): boolean {
  return isPayable(state) || state === 'expired';
}

function hasAlternatives({ assets, openAmount, quantity }: LinkOffer): boolean {
  return assets.length > 1 || openAmount !== null || quantity !== null;
}

function quotedPrice({ amount, currency, rate, expiresAt }: OriginQuote, scale: number): QuotedPrice {
  return { amount: formatAmount(amount, scale), currency, perUnit: perUnitText(rate), until: expiresAt };
}

/** Only once it is over: before paying, the holder of the link must not learn where payers are sent. */
function returnUrl({ successRedirectUrl, unsuccessRedirectUrl }: InvoiceOrigin, state: CheckoutState): string | null {
  if (state === 'paid') return webAddress(successRedirectUrl);
  return state === 'expired' || state === 'cancelled' || state === 'failed' ? webAddress(unsuccessRedirectUrl) : null;
}

/** Checked when the link was made, and once more where it becomes something to click. */
export function webAddress(url: string | null): string | null {
  return url !== null && /^https?:\/\//i.test(url) && URL.canParse(url) ? url : null;
}
