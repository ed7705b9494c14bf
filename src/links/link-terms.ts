import { parseInstant } from '../common/clock';
import type { ErrorCode } from '../common/errors';
import { type Amount, formatAmount, parseAmount } from '../common/money';
import type { Currency } from '../rates/currencies.service';

/** The rules of a new link's terms. Pure: what may be priced and paid comes in as a `Market`. */

export interface Market {
  /** Codes of the assets that can be paid on the link's network. */
  readonly assets: readonly string[];
  find(code: string): Currency | null;
}

/** What was asked for, shapes already checked. */
export interface LinkRequest {
  readonly amount: string;
  readonly currency: string;
  readonly paymentType: 'Invoice' | 'Payout';
  readonly expiresAt: string;
  readonly accountCurrency?: string | null;
  readonly paymentMethods?: readonly string[] | null;
  readonly payCurrencies?: readonly string[] | null;
  readonly reference?: string | null;
  readonly successRedirectUrl?: string | null;
  readonly unsuccessRedirectUrl?: string | null;
  readonly title?: string | null;
  readonly description?: string | null;
  readonly metadata?: Readonly<Record<string, string>> | null;
}

export interface LinkTerms {
  readonly amount: Amount;
  /** Decimals to print it with. */
  readonly scale: number;
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
  readonly expiresAt: Date;
}

/** What is wrong with one attribute; `index` where it is one element of a list. */
export interface TermFault {
  readonly code: ErrorCode;
  readonly attribute: keyof LinkRequest;
  readonly index?: number;
  readonly detail: string;
}

/** Payment methods that a provider exists for. */
const PAYMENT_METHODS = ['on_chain'];
const MAX_LIFE_MS = 366 * 24 * 3600 * 1000;
/** The seed's own words: none. The pointer names the currency. */
const NO_DETAIL = '';

/** Terms, or every fault in the order of the attributes. */
export function linkTerms(request: LinkRequest, market: Market, now: Date): { readonly terms: LinkTerms } | { readonly faults: readonly TermFault[] } {
  const faults: TermFault[] = [];
  if (request.paymentType === 'Payout') faults.push({ code: 'payouts_not_available', attribute: 'paymentType', detail: 'links that pay out are not offered yet; use Invoice' });
  const currency = priceCurrency(request.currency, market);
  if (currency === null) faults.push({ code: 'currency_unsupported', attribute: 'currency', detail: 'is not a currency that can be priced in here' });
  const amount = currency === null ? undefined : amountOfTerms(request, currency, faults);
  const expiresAt = deadline(request.expiresAt, now, faults);
  faults.push(...currencyFaults(request, currency, market), ...methodFaults(request), ...redirectFaults(request));
  if (faults.length > 0 || amount === undefined || expiresAt === undefined) return { faults };
  return { terms: { ...rest(request), ...amount, currency: request.currency, expiresAt } };
}

function rest(request: LinkRequest): Omit<LinkTerms, 'amount' | 'scale' | 'currency' | 'expiresAt'> {
  const { accountCurrency = null, payCurrencies = null, paymentMethods, reference = null, successRedirectUrl = null, unsuccessRedirectUrl = null, title = null, description = null, metadata = null } = request;
  return { accountCurrency, payCurrencies: payCurrencies === null ? null : [...new Set(payCurrencies)], paymentMethods: [...new Set(paymentMethods ?? PAYMENT_METHODS)], reference, successRedirectUrl, unsuccessRedirectUrl, title, description, metadata };
}

/** Any fiat currency of the deployment, and the assets of this network. */
function priceCurrency(code: string, market: Market): Currency | null {
  const found = market.find(code);
  return found !== null && (found.kind === 'fiat' || market.assets.includes(code)) ? found : null;
}

function amountOfTerms({ amount: text, currency }: LinkRequest, facts: Currency, faults: TermFault[]): { amount: Amount; scale: number } | undefined {
  const parsed = parseAmount(text);
  const say = (code: ErrorCode, detail: string): undefined => {
    faults.push({ code, attribute: 'amount', detail });
    return undefined;
  };
  const spell = (amount: Amount): string => formatAmount(amount, Math.min(2, facts.scale));
  if (parsed === undefined || parsed.amount === 0n) return say('attributes_invalid', 'must be a decimal string greater than 0, such as "100.00"');
  const { amount } = parsed;
  if (decimalsOf(amount) > facts.scale) return say('amount_too_precise', `may have at most ${facts.scale} decimals in ${currency}`);
  if (amount < facts.minimum) return say('amount_below_minimum', `amount: ${spell(amount)}, minimum: ${spell(facts.minimum)}`);
  if (amount > facts.maximum) return say('amount_above_maximum', `amount: ${spell(amount)}, maximum: ${spell(facts.maximum)}`);
  return { amount, scale: Math.min(facts.scale, Math.max(Math.min(2, facts.scale), parsed.scale)) };
}

function decimalsOf(amount: Amount): number {
  return formatAmount(amount).split('.')[1]?.length ?? 0;
}

function deadline(text: string, now: Date, faults: TermFault[]): Date | undefined {
  const instant = parseInstant(text);
  const say = (code: ErrorCode, detail: string): undefined => {
    faults.push({ code, attribute: 'expiresAt', detail });
    return undefined;
  };
  if (instant === undefined) return say('expiry_invalid', 'must be an ISO 8601 instant such as 2030-06-01T23:00:00.000Z');
  if (instant <= now) return say('expiry_in_past', 'must be in the future');
  return instant.getTime() - now.getTime() > MAX_LIFE_MS ? say('expiry_invalid', 'must be at most 366 days ahead') : instant;
}

/** Money arrives in assets of the ledger; a fiat account stands for the asset that its issuer redeems one to one. */
function currencyFaults({ accountCurrency, payCurrencies }: LinkRequest, price: Currency | null, market: Market): TermFault[] {
  const faults: TermFault[] = [];
  if (accountCurrency !== undefined && accountCurrency !== null) {
    const settlesIn = market.find(accountCurrency)?.settlementAsset ?? null;
    const say = (detail: string): unknown => faults.push({ code: 'unsupported_account_currency', attribute: 'accountCurrency', detail });
    if (settlesIn === null || !market.assets.includes(settlesIn)) say('is not a currency that can be settled here');
    else if (price?.kind === 'asset' && settlesIn !== price.code) say(`must be ${price.code}: a link priced in an asset is settled in it`);
  }
  for (const [index, code] of (payCurrencies ?? []).entries()) {
    if (!market.assets.includes(code)) faults.push({ code: 'unsupported_pay_currency', attribute: 'payCurrencies', index, detail: NO_DETAIL });
  }
  return faults;
}

function methodFaults({ paymentMethods }: LinkRequest): TermFault[] {
  return [...(paymentMethods ?? []).entries()]
    .filter(([, method]) => !PAYMENT_METHODS.includes(method))
    .map(([index]) => ({ code: 'unsupported_payment_method', attribute: 'paymentMethods', index, detail: `must be ${PAYMENT_METHODS.join(' or ')}: no provider is configured for others` }));
}

function redirectFaults(request: LinkRequest): TermFault[] {
  return (['successRedirectUrl', 'unsuccessRedirectUrl'] as const)
    .filter((attribute) => typeof request[attribute] === 'string' && !isWebAddress(request[attribute]))
    .map((attribute) => ({ code: 'attributes_invalid', attribute, detail: 'must be an http or https URL without credentials' }));
}

/** The payer's browser is sent there: nothing that runs, nothing that hides whose page it is. */
function isWebAddress(text: string): boolean {
  if (!/^https?:\/\/[^\s\\]+$/i.test(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  return url.username === '' && url.password === '';
}
