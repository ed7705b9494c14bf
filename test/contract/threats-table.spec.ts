import { globSync, readFileSync } from 'node:fs';

interface Row {
  readonly row: string;
  readonly files: readonly string[];
  readonly status: string;
}

/** Every number there has to be. */
const NUMBERS: readonly string[] = [
  ...numbered('A', 1, 41),
  'A44',
  ...numbered('B', 1, 18),
  'C24',
  ...numbered('D', 1, 31),
  ...numbered('E', 1, 23),
  ...numbered('F', 1, 22),
  'G01',
  'G21',
  'G22',
  ...numbered('H', 1, 24),
  'H29',
  'H31',
  ...Array.from({ length: 22 }, (_, at) => `W${at + 1}`),
  ...Array.from({ length: 29 }, (_, at) => `I${at + 1}`),
];

function numbered(section: string, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, at) => `${section}${String(from + at).padStart(2, '0')}`);
}

const rows: readonly Row[] = [
  ...readFileSync('docs/threats.md', 'utf8').matchAll(
    /^\| ([ABCDEFGHWI]\d+) \| [^|]+ \| ([^|]*) \| (tested(?:; seen red without [^|]+)?|absent: [^|]+) \|$/gm,
  ),
].map(([, row = '', files = '', status = '']) => ({
  row,
  files: [...files.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
  status,
}));

/** What a spec file says outside of its comments. */
const specs = new Map(
  [...globSync('test/**/*.spec.ts'), ...globSync('src/**/*.spec.ts')]
    .filter((file) => !file.endsWith('threats-table.spec.ts'))
    .map((file) => [
      file.replaceAll('\\', '/'),
      readFileSync(file, 'utf8')
        .replaceAll(/^\s*\/\*.*?\*\//gms, '')
        .replaceAll(/^\s*\/\/.*$/gm, ''),
    ]),
);
const names = (file: string, row: string): boolean => new RegExp(`\\b${row}\\b`).test(specs.get(file) ?? '');

describe('the table of threats', () => {
  it('has every number once', () => {
    expect(rows.map(({ row }) => row).toSorted()).toEqual(NUMBERS.toSorted());
  });

  it('names tests that are there and have the number in their names', () => {
    const wrong = rows.flatMap(({ row, files }) =>
      files.length === 0
        ? [`${row} has no test`]
        : files.filter((file) => !names(file, row)).map((file) => `${row} is not in ${file}`),
    );
    expect(wrong).toEqual([]);
  });
});
