/** Ten-thousandths of a percent, so that four decimals are exact: 19 % is 190000. */
const UNITS_PER_PERCENT = 10_000;
const PATTERN = /^(0|[1-9]\d{0,2})(?:\.(\d{1,4}))?$/;

/** "19" or "7.7000", 0 to 100 with at most four decimals; undefined for anything else. */
export function parsePercentage(text: string): number | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const units = Number(match[1]) * UNITS_PER_PERCENT + Number((match[2] ?? '').padEnd(4, '0'));
  return units <= 100 * UNITS_PER_PERCENT ? units : undefined;
}

/** With as many decimals as needed: "19", "7.7". The one spelling of a percentage in every answer. */
export function percentageText(units: number): string {
  const fraction = String(units % UNITS_PER_PERCENT)
    .padStart(4, '0')
    .replace(/0+$/, '');
  return `${Math.floor(units / UNITS_PER_PERCENT)}${fraction === '' ? '' : `.${fraction}`}`;
}
