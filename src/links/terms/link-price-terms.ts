import type { ErrorCode } from '../../common/errors';
import { type Amount, formatAmount, parseAmount, DECIMALS } from '../../common/money';
import type { Currency } from '../../rates/currencies.service';
import { isReusable, type LinkKind } from '../link-kinds';
import type { LinkDraft, TermFault } from './link-request';
import type { Recurrence } from './recurrence';
import { recurrenceTerms } from './recurrence-terms';

/** What a link asks for: a fixed amount, one that the payer says, or what its products cost. */

export interface OpenAmount {
  readonly minimum: Amount;
  readonly maximum: Amount;
  readonly presets: readonly Amount[];
}

export interface PriceTerms {
  readonly kind: LinkKind;
  readonly amount: Amount | null;
  /** Decimals to print amounts with. */
  readonly scale: number;
  readonly openAmount: OpenAmount | null;
  /** Null: no limit, or the single payment of a standard link. */
  readonly maxPayments: number | null;
  /** Null: exactly one. */
  readonly maxQuantity: number | null;
  /** Null for every kind but `subscription`. */
  readonly recurrence: Recurrence | null;
}

type Request = Pick<
  LinkDraft,
  'kind' | 'amount' | 'currency' | 'openAmount' | 'maxPayments' | 'quantity' | 'recurrence'
>;
/** An amount with the decimals it was written with. */
type Read = ReturnType<typeof parseAmount>;

/**
 * Undefined when there are faults, which are added to `faults`, or too little is known: `facts` is null where the currency
 * is at fault, and nothing follows from attributes that are `faulty`.
 */
export function priceTerms(
  request: Request,
  facts: Currency | null,
  faults: TermFault[],
  faulty: ReadonlySet<string> = new Set(),
): PriceTerms | undefined {
  const known = faults.length;
  // Everything depends on the kind, and on whether merchant or payer sets the amount.
  if (faulty.has('kind') || faulty.has('amount') || faulty.has('openAmount')) return undefined;
  const kind = request.kind ?? 'standard';
  const recurrence = faulty.has('recurrence') ? null : recurrenceTerms(request, faults);
  if (kind === 'subscription') assertPlan(request, facts, faults);
  const { amount, scale, openAmount } =
    kind === 'product' ? ofProducts(request, facts, faults) : ofAmount(request, facts, faults);
  const maxPayments = request.maxPayments ?? null;
  const maxQuantity = request.quantity?.maximum ?? null;
  if (!isReusable({ kind }) && maxPayments !== null && maxPayments !== 1)
    faults.push(wrong('maxPayments', 'belongs to links that can be used again: a standard link is paid once'));
  if (maxQuantity !== null && (!isReusable({ kind }) || kind === 'subscription' || openAmount !== null))
    faults.push(wrong('quantity', 'belongs to products, and to donations of a fixed amount'));
  if (faults.length > known || facts === null) return undefined;
  return {
    kind,
    amount,
    scale,
    openAmount,
    maxPayments: isReusable({ kind }) ? maxPayments : null,
    maxQuantity,
    recurrence: recurrence === null || facts.kind === 'asset' ? recurrence : { ...recurrence, rollForward: false },
  };
}

/** A printed amount of the currency is at most this fine, also where the ledger could hold more. */
export function amountFault(
  amount: Amount,
  code: string,
  { scale, minimum, maximum }: Pick<Currency, 'scale' | 'minimum' | 'maximum'>,
): { readonly code: ErrorCode; readonly detail: string } | undefined {
  const spell = (value: Amount): string => formatAmount(value, Math.min(2, scale));
  if (amount % 10n ** BigInt(DECIMALS - scale) !== 0n)
    return { code: 'amount_too_precise', detail: `may have at most ${scale} decimals in ${code}` };
  if (amount < minimum)
    return { code: 'amount_below_minimum', detail: `amount: ${spell(amount)}, minimum: ${spell(minimum)}` };
  if (amount > maximum)
    return { code: 'amount_above_maximum', detail: `amount: ${spell(amount)}, maximum: ${spell(maximum)}` };
  return undefined;
}

const NOTHING = { amount: null, openAmount: null };

/** Every period asks for the same sum. */
function assertPlan({ openAmount = null, recurrence }: Request, facts: Currency | null, faults: TermFault[]): void {
  if (openAmount !== null) faults.push(wrong('openAmount', 'cannot be combined with a subscription'));
  if (facts?.kind === 'fiat' && recurrence?.rollForward === true)
    faults.push({
      code: 'recurrence_invalid',
      attribute: 'recurrence',
      index: 'rollForward',
      detail:
        'must be false for a price in fiat: money that repeats an old payment was counted at a rate that has ended',
    });
}

function ofProducts(
  { amount = null, openAmount = null }: Request,
  facts: Currency | null,
  faults: TermFault[],
): Pick<PriceTerms, 'amount' | 'scale' | 'openAmount'> {
  if (amount !== null) faults.push(wrong('amount', 'must be null: it is what the products cost'));
  if (openAmount !== null) faults.push(wrong('openAmount', 'cannot be combined with products'));
  return { ...NOTHING, scale: Math.min(2, facts?.scale ?? 0) };
}

function ofAmount(
  request: Request,
  facts: Currency | null,
  faults: TermFault[],
): Pick<PriceTerms, 'amount' | 'scale' | 'openAmount'> {
  const { amount = null, openAmount = null, currency = '' } = request;
  if (amount === null && openAmount !== null)
    return facts === null
      ? { ...NOTHING, scale: 0 }
      : { amount: null, ...openTerms(openAmount, currency, facts, faults) };
  if (openAmount !== null)
    faults.push(wrong('openAmount', 'needs an amount of null: either the link says how much, or the payer'));
  const parsed = amount === null ? undefined : parseAmount(amount);
  if (parsed === undefined || parsed.amount === 0n) {
    faults.push(
      wrong(
        'amount',
        amount === null
          ? 'amount is required: a decimal string greater than 0, or openAmount in its place'
          : 'must be a decimal string greater than 0, such as "100.00"',
      ),
    );
    return { ...NOTHING, scale: 0 };
  }
  if (facts === null) return { ...NOTHING, scale: 0 };
  const fault = amountFault(parsed.amount, currency, facts);
  if (fault !== undefined) faults.push({ ...fault, attribute: 'amount' });
  return { amount: parsed.amount, scale: printedScale([parsed], facts.scale), openAmount: null };
}

/** Bounds that were not said are the currency's own. */
function openTerms(
  open: NonNullable<Request['openAmount']>,
  currency: string,
  facts: Currency,
  faults: TermFault[],
): Pick<PriceTerms, 'scale' | 'openAmount'> {
  const read = (member: 'minimum' | 'maximum' | 'presets', text: string): Read => {
    const parsed = parseAmount(text);
    const fault =
      parsed === undefined
        ? { code: 'attributes_invalid' as const, detail: 'must be a decimal string' }
        : amountFault(parsed.amount, currency, facts);
    if (fault !== undefined) faults.push({ ...fault, attribute: 'openAmount', index: member });
    return fault === undefined ? parsed : undefined;
  };
  const bound = (member: 'minimum' | 'maximum'): Read =>
    open[member] === undefined || open[member] === null
      ? { amount: facts[member], scale: 0 }
      : read(member, open[member]);
  const [minimum, maximum] = [bound('minimum'), bound('maximum')];
  const presets = (open.presets ?? []).map((text) => read('presets', text));
  const all = [minimum, maximum, ...presets].filter((each) => each !== undefined);
  const scale = printedScale(all, facts.scale);
  if (minimum === undefined || maximum === undefined || all.length < presets.length + 2)
    return { scale, openAmount: null };
  const offered = [...new Set(all.slice(2).map(({ amount }) => amount))];
  if (minimum.amount > maximum.amount)
    faults.push({ ...wrong('openAmount', 'must not be above the maximum'), index: 'minimum' });
  else if (offered.some((each) => each < minimum.amount || each > maximum.amount))
    faults.push({ ...wrong('openAmount', 'must lie between the minimum and the maximum'), index: 'presets' });
  return { scale, openAmount: { minimum: minimum.amount, maximum: maximum.amount, presets: offered } };
}

/** Two decimals, as many more as were given, and never more than the currency has. */
function printedScale(amounts: readonly NonNullable<Read>[], most: number): number {
  return Math.min(most, Math.max(2, ...amounts.map(({ scale }) => scale)));
}

function wrong(attribute: TermFault['attribute'], detail: string): TermFault {
  return { code: 'attributes_invalid', attribute, detail };
}
