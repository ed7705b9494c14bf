import { FIATS } from '../common/currency';
import { DomainError } from '../common/errors';
import { type Amount, DECIMALS, formatAmount, parseAmount } from '../common/money';

/** Decimals that an amount in a currency may have: those of ISO 4217 for fiat, the ledger's seven for an asset. */
function decimalsOf(currency: string): number {
  return FIATS[currency]?.scale ?? DECIMALS;
}

/** Decimal text -> stroops. Throws `amount_too_precise`; that the text is an amount at all was checked before. */
export function priceOf(text: string, currency: string): Amount {
  const parsed = parseAmount(text);
  if (parsed === undefined) throw new RangeError('a price was not checked');
  assertPrecision(parsed.amount, currency);
  return parsed.amount;
}

/** Throws `amount_too_precise` when an amount cannot be said in this currency. */
export function assertPrecision(amount: Amount, currency: string): void {
  const decimals = decimalsOf(currency);
  if (amount % 10n ** BigInt(DECIMALS - decimals) === 0n) return;
  throw new DomainError('amount_too_precise', { detail: `has more decimals than ${currency}, which has ${decimals}` });
}

/** "100.00" in EUR, "100" in an asset. */
export function priceText(amount: Amount, currency: string): string {
  return formatAmount(amount, FIATS[currency]?.scale ?? 0);
}
