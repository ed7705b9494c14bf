import { amountOf } from '../../src/common/money';

export type Line = Readonly<Record<string, string>>;

/** Lines by the names of their columns. RFC 4180, also with line breaks in cells. */
export function csvTable(csv: string): Line[] {
  const rows = [...`${csv.trimEnd()}\r\n`.matchAll(/(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r\n)/g)].reduce<string[][]>(
    (table, [, quoted, plain = '', end]) => {
      table.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
      if (end === '\r\n') table.push([]);
      return table;
    },
    [[]],
  );
  const [names = [], ...lines] = rows.slice(0, -1);
  return lines.map((cells) => Object.fromEntries(cells.map((cell, at) => [names[at] ?? '', cell])));
}

/** Stroops of a column; an empty cell is nothing. */
export function sumOf(lines: readonly Line[], column: string): bigint {
  return lines.reduce((total, line) => total + stroops(line[column] ?? ''), 0n);
}

function stroops(text: string): bigint {
  if (text === '') return 0n;
  return text.startsWith('-') ? -amountOf(text.slice(1)) : amountOf(text);
}
