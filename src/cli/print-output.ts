import type { Output } from './commands/cli-command';

/** Characters that could move a terminal's cursor or turn its text around; texts of strangers are among what is printed. */
const CONTROLS = /[\p{Cc}\p{Cf}]/gu;

export function asJson(output: Output): string {
  return JSON.stringify(output, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value), 2);
}

/** Rows as aligned columns, one record as one line a member. */
export function asText(output: Output): string {
  if (!isRows(output)) return align(Object.entries(output).map(([name, value]) => [name, cell(value)]));
  const [first] = output;
  if (first === undefined) return 'None.';
  const names = Object.keys(first);
  return align([names, ...output.map((row) => Object.values(row).map((value) => cell(value)))]);
}

function isRows(output: Output): output is readonly object[] {
  return Array.isArray(output);
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '-';
  const text = value instanceof Date ? value.toISOString() : typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | bigint | boolean);
  return text.replaceAll(CONTROLS, '?');
}

function align(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) => line.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n');
}
