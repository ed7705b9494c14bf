import type { PricedLine } from '../../../common/priced-line';
import { parseInstant } from '../../../common/clock';
import { endOfDay } from '../../../common/time-zone';
import { DomainError } from '../../../common/errors';
import {
  type Amount,
  amountOf,
  formatAmount,
  MAX_AMOUNT,
  parseAmount,
  type ParsedAmount,
  STROOPS_PER_UNIT,
} from '../../../common/money';
import { decimalText } from '../../../common/number-text';
import type { InvoiceLine } from '../../../invoices/invoice-totals';
import { type InvoiceWorth, invoiceWorth, STROOPS_PER_TAX_UNIT } from '../../../invoices/invoice-worth';

/** The wallet API's words for what an invoice sums up, already checked one by one. */
export interface MoneyMembers {
  readonly lineItems?:
    readonly { readonly description: string; readonly quantity: unknown; readonly rate: unknown }[] | null;
  readonly items?: MoneyMembers['lineItems'];
  readonly amount?: unknown;
  readonly taxRate?: unknown;
  readonly discount?: unknown;
}

/** What a draft is worth, with the decimals that were said. */
export interface Worth extends InvoiceWorth {
  readonly scale: number;
}

/** What the members leave unsaid: nothing for a new invoice, the draft as it is for a change. */
export interface WorthBefore {
  readonly lines: readonly PricedLine[];
  /** Null only where several rates were priced by a link, which makes no drafts. */
  readonly taxRate: number | null;
  readonly discount: Amount;
  readonly scale: number;
}

const MIN_SCALE = 2;
export const NOTHING: WorthBefore = { lines: [], taxRate: 0, discount: 0n, scale: MIN_SCALE };
const given = (value: unknown): boolean => value !== undefined && value !== null;

export function fault(path: string, message: string): DomainError {
  return new DomainError('validation_failed', { faults: [{ path, message }] });
}

export function changesWorth(members: MoneyMembers): boolean {
  const { lineItems, items, amount, taxRate, discount } = members;
  return [lineItems, items, amount].some(given) || taxRate !== undefined || discount !== undefined;
}

/** Throws `validation_failed` for a rate finer than taxes are. */
export function assertTaxRate({ taxRate }: MoneyMembers): void {
  if (taxRate !== undefined) taxRateOf(taxRate);
}

/** What else is wrong with the worth of a new invoice, or of a changed one. Throws as `worth` does. */
export function assertWorth(members: MoneyMembers, before: WorthBefore): void {
  if (before === NOTHING || changesWorth(members)) worth({ ...members, taxRate: undefined }, before, '');
  if (members.taxRate !== undefined && isTaxRate(members.taxRate)) worth(members, before, '');
}

function isTaxRate(value: unknown): boolean {
  return decimal(value).amount % STROOPS_PER_TAX_UNIT === 0n;
}

/** Throws `validation_failed`, or `invoice_total_invalid` for a sum that nobody could pay. */
export function worth(members: MoneyMembers, before: WorthBefore, singleLine: string): Worth {
  const { lines, scale } = linesOf(members, before, singleLine);
  const taxRate = members.taxRate === undefined ? (before.taxRate ?? 0) : taxRateOf(members.taxRate);
  const discount = members.discount === undefined ? before.discount : decimal(members.discount).amount;
  const sums = invoiceWorth(lines, taxRate, discount);
  if (sums === undefined)
    throw new DomainError('invoice_total_invalid', {
      detail: `Invoice total must be greater than zero and at most ${formatAmount(MAX_AMOUNT)}`,
    });
  if (given(members.amount) && ![sums.subtotal, sums.total].includes(decimal(members.amount).amount))
    throw fault('amount', 'must equal the total of the items, or be left out');
  return { ...sums, scale };
}

function linesOf(
  members: MoneyMembers,
  before: WorthBefore,
  singleLine: string,
): { lines: InvoiceLine[]; scale: number } {
  if (given(members.lineItems) && given(members.items))
    throw fault('items', 'is another name of lineItems; send one of them');
  const items = members.lineItems ?? members.items;
  if (given(items))
    return {
      lines: (items ?? []).map((line) => ({
        description: line.description,
        quantity: decimal(line.quantity).amount,
        rate: decimal(line.rate).amount,
      })),
      scale: MIN_SCALE,
    };
  if (given(members.amount)) {
    const { amount, scale } = decimal(members.amount);
    return {
      lines: [{ description: singleLine, quantity: STROOPS_PER_UNIT, rate: amount }],
      scale: Math.max(MIN_SCALE, scale),
    };
  }
  if (before.lines.length === 0) throw fault('lineItems', 'must hold 1 to 50 lines');
  return {
    lines: before.lines.map((line) => ({
      description: line.description,
      quantity: amountOf(line.quantity),
      rate: amountOf(line.rate),
    })),
    scale: before.scale,
  };
}

function taxRateOf(value: unknown): number {
  const { amount } = decimal(value);
  if (amount % STROOPS_PER_TAX_UNIT !== 0n) throw fault('taxRate', 'must have at most 4 decimals');
  return Number(amount / STROOPS_PER_TAX_UNIT);
}

/** Null means none. Shape and range were checked by the dto; anything else here is a defect. */
function decimal(value: unknown): ParsedAmount {
  if (value === null) return { amount: 0n, scale: 0 };
  const parsed = parseAmount(decimalText(value) ?? '');
  if (parsed === undefined) throw new Error('an unchecked decimal reached the rules');
  return parsed;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** True for what the merchant's time zone decides. */
export function isBareDate(value: string | null | undefined): boolean {
  return typeof value === 'string' && DATE.test(value);
}

/** An RFC 3339 instant in the future, or a date, which lasts until its last millisecond in the time zone. Null means none. */
export function dueDateOf(value: string | null, now: Date, timeZone: string): Date | null {
  if (value === null) return null;
  const due = isBareDate(value) ? endOfDay(value, timeZone) : parseInstant(value);
  if (due === undefined) throw fault('dueDate', 'must be an ISO 8601 date or instant such as 2030-01-31T12:00:00.000Z');
  if (due <= now) throw fault('dueDate', 'must be in the future');
  return due;
}
