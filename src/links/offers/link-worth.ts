import type { PricedLine } from '../../common/priced-line';
import { type Amount, formatAmount, MAX_AMOUNT } from '../../common/money';
import { type TaxPart } from '../../invoices/invoice-totals';
import { divideHalfUp, TAX_UNIT } from '../../invoices/invoice-totals';

/** What several things cost together, with their taxes. Pure; amounts are stroops of one currency. */

export interface ItemTax {
  /** Millionths of one: 19 % is 190,000. */
  readonly percentage: number;
  /** True when the price contains it. */
  readonly inclusive: boolean;
}

export interface WorthItem {
  readonly description: string;
  /** Of one, as the merchant says it. */
  readonly price: Amount;
  readonly tax: ItemTax | null;
  /** How many make one of what is offered; 1 where it is left out. */
  readonly pieces?: number;
  /** What these cost together; the price times their number where it is left out. */
  readonly sum?: Amount;
}

export interface WorthLine {
  readonly description: string;
  /** Pieces. */
  readonly quantity: number;
  /** Of all pieces, without tax. */
  readonly amount: Amount;
}

export interface Worth {
  readonly lines: readonly WorthLine[];
  /** The sum of the lines. */
  readonly subtotal: Amount;
  /** Millionths of one where everything is taxed at one rate, otherwise null: `taxes` lists the rates. */
  readonly taxRate: number | null;
  /** One for each way of being taxed; their bases sum up to the subtotal. */
  readonly taxes: readonly TaxPart[];
  readonly taxAmount: Amount;
  readonly total: Amount;
}

const UNTAXED: ItemTax = { percentage: 0, inclusive: false };

/**
 * `quantity` of every item. Tax is computed once for each way of being taxed and rounded to a multiple of `unit`, the
 * smallest amount that the currency can say; a tax that prices contain is shared out over its lines. Undefined when
 * nothing is left or when a sum is more than one payment can hold.
 */
export function worthOf(items: readonly WorthItem[], quantity: number, unit: Amount): Worth | undefined {
  const placed = items.map((item, at) => ({
    at,
    item,
    price: item.sum === undefined ? item.price * BigInt(piecesOf(item, quantity)) : item.sum * BigInt(quantity),
    tax: item.tax ?? UNTAXED,
  }));
  const groups = [
    ...Map.groupBy(placed, ({ tax }) => `${tax.percentage} ${tax.percentage > 0 && tax.inclusive}`).values(),
  ];
  const amounts = new Map<number, Amount>();
  const taxes: TaxPart[] = [];
  for (const group of groups) {
    const { tax } = group[0] as (typeof group)[number];
    const prices = group.map(({ price }) => price);
    const whole = taxOf(sum(prices), tax, unit);
    const contained = tax.inclusive ? shares(whole, prices) : prices.map(() => 0n);
    for (const [index, { at, price }] of group.entries()) amounts.set(at, price - (contained[index] as Amount));
    taxes.push({ rate: tax.percentage, base: sum(prices) - sum(contained), tax: whole, inclusive: tax.inclusive });
  }
  const lines = items.map((item, at) => ({
    description: item.description,
    quantity: piecesOf(item, quantity),
    amount: amounts.get(at) as Amount,
  }));
  const subtotal = sum(lines.map(({ amount }) => amount));
  const taxAmount = sum(taxes.map(({ tax }) => tax));
  const total = subtotal + taxAmount;
  if (total <= 0n || total > MAX_AMOUNT) return undefined;
  return { lines, subtotal, taxRate: oneRate(taxes), taxes, taxAmount, total };
}

/** The same in another currency, where it costs `total`: every part in proportion, in multiples of `step`, which divides `total`; and the parts still sum up. */
export function worthConverted(worth: Worth, total: Amount, step: Amount = 1n): Worth {
  const split = (whole: Amount, weights: readonly bigint[]): Amount[] =>
    shares(whole / step, weights).map((part) => part * step);
  const [subtotal, taxAmount] = split(total, [worth.subtotal, worth.taxAmount]) as [Amount, Amount];
  const amounts = split(
    subtotal,
    worth.lines.map(({ amount }) => amount),
  );
  const bases = split(
    subtotal,
    worth.taxes.map(({ base }) => base),
  );
  const parts = split(
    taxAmount,
    worth.taxes.map(({ tax }) => tax),
  );
  const taxes = worth.taxes.map((part, at) => ({ ...part, base: bases[at] as Amount, tax: parts[at] as Amount }));
  return {
    lines: worth.lines.map((line, at) => ({ ...line, amount: amounts[at] as Amount })),
    subtotal,
    taxRate: worth.taxRate,
    taxes,
    taxAmount,
    total,
  };
}

/** As an invoice stores them. A quantity that does not divide the sum moves into the description, so that rate times quantity is the amount. */
export function storedLines({ lines }: Worth): PricedLine[] {
  return lines.map(({ description, quantity, amount }) => {
    const told = formatAmount(amount, 2);
    const divides = amount % BigInt(quantity) === 0n;
    if (divides)
      return {
        description,
        quantity: String(quantity),
        rate: formatAmount(amount / BigInt(quantity), 2),
        amount: told,
      };
    // Cut between characters: the database refuses half of one.
    return {
      description: Array.from(`${quantity} × ${description}`).slice(0, MAX_DESCRIPTION).join(''),
      quantity: '1',
      rate: told,
      amount: told,
    };
  });
}

const MAX_DESCRIPTION = 300;

function piecesOf({ pieces = 1 }: WorthItem, quantity: number): number {
  return pieces * quantity;
}

function oneRate(taxes: readonly TaxPart[]): number | null {
  const rates = new Set(taxes.map(({ rate }) => rate));
  return rates.size > 1 ? null : ([...rates][0] ?? 0);
}

function taxOf(price: Amount, { percentage, inclusive }: ItemTax, unit: Amount): Amount {
  const share = BigInt(percentage);
  return divideHalfUp(price * share, (inclusive ? TAX_UNIT + share : TAX_UNIT) * unit) * unit;
}

/** Parts of `whole` in proportion to the weights, none below zero; they sum to it. Nothing where all weights are zero. */
function shares(whole: Amount, weights: readonly Amount[]): Amount[] {
  const all = sum(weights);
  if (all === 0n) return weights.map(() => 0n);
  let weight = 0n;
  let given = 0n;
  return weights.map((each) => {
    weight += each;
    const upTo = (whole * weight) / all;
    const part = upTo - given;
    given = upTo;
    return part;
  });
}

function sum(amounts: readonly Amount[]): Amount {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
