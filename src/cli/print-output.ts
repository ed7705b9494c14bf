import type { Output } from './commands/cli-command';

/** Characters that could move a terminal's cursor or turn its text around; texts of strangers are among what is printed. */
const CONTROLS = /[\p{Cc}\p{Cf}]/gu;
/** Blanks that a reader could not distinguish from none, or from another column; and blanks other than the common one. */
const UNSEEN = /^$|^ | $| {2}/;
const ODD_BLANK = /[\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;
/** As wide as a terminal may be expected to be. A table that is wider becomes a list of records. */
const WIDTH = 120;
const GAP = '  ';

export function asJson(output: Output): string {
  return JSON.stringify(output, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value), 2);
}

/** Rows as aligned columns where they fit, else as records; a record as one line a member. */
export function asText(output: Output): string {
  if (typeof output === 'string') return output.trimEnd();
  if (!isRows(output)) return record(output);
  const [first] = output;
  if (first === undefined) return 'None.';
  const table = align([Object.keys(first), ...output.map((row) => Object.values(row).map((value) => cell(value)))]);
  return table.every((line) => line.length <= WIDTH) ? table.join('\n') : output.map(record).join('\n\n');
}

/** Text of our own: what is too long goes on below where its description began. */
export function wrapped(text: string): string {
  return text.split('\n').flatMap(wrapLine).join('\n');
}

function wrapLine(line: string): string[] {
  const indent = (/^ *(?:\S.*? {2,})?/.exec(line)?.[0] ?? '').length;
  const lines: string[] = [];
  for (let rest = line; ;) {
    if (rest.length <= WIDTH) return [...lines, rest];
    const cut = rest.lastIndexOf(' ', WIDTH);
    if (cut <= indent) return [...lines, rest];
    lines.push(rest.slice(0, cut));
    rest = ' '.repeat(indent) + rest.slice(cut + 1);
  }
}

function isRows(output: Output): output is readonly object[] {
  return Array.isArray(output);
}

/** Values that are too long go on below where they began. */
function record(row: object): string {
  const members = Object.entries(row).map(([name, value]) => [name, cell(value)] as const);
  const indent = Math.max(0, ...members.map(([name]) => name.length)) + GAP.length;
  const room = WIDTH - indent;
  return members
    .flatMap(([name, text]) =>
      Array.from(
        { length: Math.max(1, Math.ceil(text.length / room)) },
        (_, at) => (at === 0 ? name : '').padEnd(indent) + text.slice(at * room, (at + 1) * room),
      ),
    )
    .join('\n');
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '-';
  const text =
    value instanceof Date
      ? value.toISOString()
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value as string | number | bigint | boolean);
  const shown = text
    .replaceAll(CONTROLS, '?')
    .replaceAll(ODD_BLANK, (blank) => `\\u${(blank.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
  return UNSEEN.test(text) ? `"${shown}"` : shown;
}

function align(lines: readonly (readonly string[])[]): string[] {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) =>
    line
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
}
