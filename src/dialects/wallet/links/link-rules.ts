import { parseInstant } from '../../../common/clock';
import { DomainError } from '../../../common/errors';
import { type Amount, NATIVE, parseAmount, STROOPS_PER_UNIT, type ParsedAmount } from '../../../common/money';
import { decimalText } from '../../../common/number-text';

export const DEFAULT_LINK_SECONDS = 15 * 60;

/** Already checked by the dto; anything else here is a defect. */
export function amountFrom(value: unknown): ParsedAmount {
  const parsed = parseAmount(decimalText(value) ?? '');
  if (parsed === undefined) throw new Error('an unchecked amount reached the rules');
  return parsed;
}

export function assertActivation(activate: boolean, assetCode: string, amount: Amount): void {
  if (!activate) return;
  if (assetCode !== NATIVE.code) throw new DomainError('activation_native_only');
  if (amount < STROOPS_PER_UNIT) throw new DomainError('activation_amount_too_low');
}

/** The deadline asked for, or the default; a strict RFC 3339 instant in the future. */
export function deadlineFrom(value: unknown, now: Date, defaultSeconds: number): Date {
  if (value === undefined || value === null) return new Date(now.getTime() + defaultSeconds * 1000);
  const instant = typeof value === 'string' ? parseInstant(value) : undefined;
  if (instant === undefined) throw new DomainError('expiry_invalid');
  if (instant <= now) throw new DomainError('expiry_in_past');
  return instant;
}
