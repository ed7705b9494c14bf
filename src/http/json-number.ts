/** What `JSON.stringify` prints as it stands (ECMAScript 2026, `JSON.rawJSON`). */
interface RawJson {
  readonly rawJSON: string;
}

const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => RawJson };
const DECIMAL = /^(-?(?:0|[1-9]\d*))(?:\.(\d*?)0*)?$/;

/**
 * A decimal text as a JSON number with the same digits, which a double need not have; zeros at the end of a fraction are left out
 * (`29.9900000` is `29.99`).
 */
export function jsonNumber(decimal: string): RawJson {
  const [, whole, fraction = ''] = DECIMAL.exec(decimal) ?? [];
  if (whole === undefined) throw new Error('not a decimal');
  return rawJSON(fraction === '' ? whole : `${whole}.${fraction}`);
}
