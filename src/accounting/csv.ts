/** Programs that open tables run what begins with one of these (also in full width); an apostrophe in front makes it text. */
const FORMULA = /^[=+\-@\t\r\n\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}]/u;
/** Where a semicolon parts cells, what follows one begins a cell. */
const AFTER_SEMICOLON = /(; *)(?=[=+\-@\t\r\n\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}])/gu;
const NUMBER = /^-?\d+(\.\d+)?$/;

/** One cell by RFC 4180. Null is empty. */
export function csvCell(value: string | null): string {
  if (value === null) return '';
  const begun = FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value;
  const text = begun.replace(AFTER_SEMICOLON, "$1'");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvLine(values: readonly (string | null)[]): string {
  return `${values.map(csvCell).join(',')}\r\n`;
}
