/** `INV-0001`; `INV-0001-ABC234` where another merchant has that number on the same account. */
const PATTERN = /^INV-(\d{4}|[1-9]\d{4,16})(?:-[A-Z2-7]{6})?$/;

/** The count in the number of an invoice; null when the text cannot be one. */
export function countIn(number: string): bigint | null {
  const digits = PATTERN.exec(number)?.[1];
  return digits === undefined ? null : BigInt(digits);
}
