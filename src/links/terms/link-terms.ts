import { parseInstant } from '../../common/clock';
import type { ErrorCode } from '../../common/errors';
import type { Currency } from '../../rates/currencies.service';
import { type PriceTerms, priceTerms } from './link-price-terms';
import type { ShopTerms } from '../shop-terms';
import type { LinkDraft, LinkRequest, TermFault } from './link-request';
import { shopTerms } from './shop-request';

/** The rules of a new link's terms. Pure: what may be priced and paid comes in as a `Market`. */

export interface Market {
  /** Codes of the assets that can be paid on the link's network. */
  readonly assets: readonly string[];
  find(code: string): Currency | null;
}

export interface LinkTerms extends PriceTerms {
  readonly currency: string;
  readonly accountCurrency: string | null;
  readonly payCurrencies: readonly string[] | null;
  readonly paymentMethods: readonly string[];
  readonly reference: string | null;
  readonly successRedirectUrl: string | null;
  readonly unsuccessRedirectUrl: string | null;
  readonly title: string | null;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>> | null;
  /** Null: no end. */
  readonly expiresAt: Date | null;
}

/** Terms, and what of the request a shop says. */
export interface JudgedTerms {
  readonly terms: LinkTerms;
  readonly shop: ShopTerms;
}

/** Payment methods that a provider exists for. */
const PAYMENT_METHODS = ['on_chain'];
const MAX_LIFE_MS = 366 * 24 * 3600 * 1000;
/** The seed's own words: none. The pointer names the currency. */
const NO_DETAIL = '';

/** Terms, or every fault in the order of the attributes. Attributes in `faulty` were reported already and are absent. */
export function linkTerms(
  request: LinkDraft,
  market: Market,
  now: Date,
  faulty: ReadonlySet<string> = new Set(),
): JudgedTerms | { readonly faults: readonly TermFault[] } {
  const faults: TermFault[] = [];
  if (request.paymentType === 'Payout')
    faults.push({
      code: 'payouts_not_available',
      attribute: 'paymentType',
      detail: 'links that pay out are not offered yet; use Invoice',
    });
  const currency = request.currency === undefined ? null : priceCurrency(request.currency, market);
  if (currency === null && request.currency !== undefined)
    faults.push({
      code: 'currency_unsupported',
      attribute: 'currency',
      detail: 'is not a currency that can be priced in here',
    });
  const price = priceTerms(request, currency, faults, faulty);
  const expiresAt = endOf(request, now, faults);
  faults.push(...currencyFaults(request, currency, market), ...methodFaults(request), ...redirectFaults(request));
  const shop = shopTerms(request, request.kind ?? 'standard', faults);
  if (
    faults.length > 0 ||
    faulty.size > 0 ||
    price === undefined ||
    expiresAt === undefined ||
    request.currency === undefined
  )
    return { faults };
  return { terms: { ...rest(request), ...price, currency: request.currency, expiresAt }, shop };
}

function rest(request: LinkDraft): Omit<LinkTerms, keyof PriceTerms | 'currency' | 'expiresAt'> {
  const {
    accountCurrency = null,
    payCurrencies = null,
    paymentMethods,
    reference = null,
    successRedirectUrl = null,
    unsuccessRedirectUrl = null,
    title = null,
    description = null,
    metadata = null,
  } = request;
  return {
    accountCurrency,
    payCurrencies: payCurrencies === null ? null : [...new Set(payCurrencies)],
    paymentMethods: [...new Set(paymentMethods ?? PAYMENT_METHODS)],
    reference,
    successRedirectUrl,
    unsuccessRedirectUrl,
    title,
    description,
    metadata,
  };
}

/** Any fiat currency of the deployment, and the assets of this network. */
function priceCurrency(code: string, market: Market): Currency | null {
  const found = market.find(code);
  return found !== null && (found.kind === 'fiat' || market.assets.includes(code)) ? found : null;
}

/** Undefined with a fault, and where nothing is said. */
function endOf({ expiresAt }: LinkDraft, now: Date, faults: TermFault[]): Date | null | undefined {
  return typeof expiresAt === 'string' ? deadline(expiresAt, now, faults) : expiresAt;
}

/** Undefined with a fault. What may be without an end may have a far one: its end is not `bounded`. */
export function deadline(text: string, now: Date, faults: TermFault[], bounded = true): Date | undefined {
  const instant = parseInstant(text);
  const say = (code: ErrorCode, detail: string): undefined => {
    faults.push({ code, attribute: 'expiresAt', detail });
    return undefined;
  };
  if (instant === undefined)
    return say(
      'expiry_invalid',
      parseInstant(`${text}Z`) === undefined
        ? 'must be an ISO 8601 instant such as 2030-06-01T23:00:00.000Z'
        : `must say its time zone: ${text}Z in UTC, or with an offset such as +02:00`,
    );
  if (instant <= now) return say('expiry_in_past', 'must be in the future');
  return bounded && instant.getTime() - now.getTime() > MAX_LIFE_MS
    ? say('expiry_invalid', 'must be at most 366 days ahead')
    : instant;
}

/** Money arrives in assets of the ledger; a fiat account stands for the asset that its issuer redeems one to one. */
function currencyFaults(
  { accountCurrency, payCurrencies }: LinkDraft,
  price: Currency | null,
  market: Market,
): TermFault[] {
  const faults: TermFault[] = [];
  if (accountCurrency !== undefined && accountCurrency !== null) {
    const settlesIn = market.find(accountCurrency)?.settlementAsset ?? null;
    const say = (detail: string): unknown =>
      faults.push({ code: 'unsupported_account_currency', attribute: 'accountCurrency', detail });
    if (settlesIn === null || !market.assets.includes(settlesIn)) say('is not a currency that can be settled here');
    else if (price?.kind === 'asset' && settlesIn !== price.code)
      say(`must be ${price.code}: a link priced in an asset is settled in it`);
  }
  for (const [index, code] of (payCurrencies ?? []).entries()) {
    if (!market.assets.includes(code))
      faults.push({ code: 'unsupported_pay_currency', attribute: 'payCurrencies', index, detail: NO_DETAIL });
  }
  return faults;
}

function methodFaults({ paymentMethods }: LinkDraft): TermFault[] {
  return [...(paymentMethods ?? []).entries()]
    .filter(([, method]) => !PAYMENT_METHODS.includes(method))
    .map(([index]) => ({
      code: 'unsupported_payment_method',
      attribute: 'paymentMethods',
      index,
      detail: `must be ${PAYMENT_METHODS.join(' or ')}: no provider is configured for others`,
    }));
}

export function redirectFaults(request: Pick<LinkRequest, 'successRedirectUrl' | 'unsuccessRedirectUrl'>): TermFault[] {
  return (['successRedirectUrl', 'unsuccessRedirectUrl'] as const)
    .filter((attribute) => typeof request[attribute] === 'string' && !isWebAddress(request[attribute]))
    .map((attribute) => ({
      code: 'attributes_invalid',
      attribute,
      detail: 'must be an http or https URL without credentials',
    }));
}

/** The payer's browser is sent there: nothing that runs, nothing that hides whose page it is. */
function isWebAddress(text: string): boolean {
  if (!/^https?:\/\/[^\s\\\p{Cc}\p{Cf}]+$/iu.test(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  return url.username === '' && url.password === '';
}
