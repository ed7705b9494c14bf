/**
 * A JSON number whose own spelling a double would not give back (`100.50`, `0.1000000000000000055`, `1e3`): its
 * text is kept, so that an amount is read as it was written. Numbers that survive the round trip stay numbers.
 */
export class NumberText {
  constructor(readonly text: string) {}

  toJSON(): number {
    return Number(this.text);
  }
}

/** The decimal text of a value that JSON may carry as a number or a string; undefined for anything else. */
export function decimalText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return value instanceof NumberText ? value.text : undefined;
}

const DECIMAL = /^(-?\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/** The safe integer that a JSON number says exactly; undefined where it has a fraction or is larger. */
export function wholeNumber(text: string): number | undefined {
  const [, whole, fraction = '', exponent = '0'] = DECIMAL.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const shift = Number(exponent) - fraction.length;
  const digits = `${whole}${fraction}`;
  const zeros = /0*$/.exec(digits)?.[0].length ?? 0;
  if (shift < -zeros && /[1-9]/.test(digits)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
