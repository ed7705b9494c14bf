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
