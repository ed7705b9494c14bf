import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SandboxServer } from '../sandbox/sandbox-server';
import { ALLOWANCES } from './allowances';
import { collectRecords } from './collect';
import { completed, shapesFrom } from './fixtures';
import { differences, type Shape } from './shape';

const SHAPES = join(__dirname, 'shapes.json');

/** Both are set by check-shapes.mjs; a plain test run compares with the committed table. */
const folder = process.env['HORIZON_FIXTURES'];
const write = process.env['WRITE_SHAPES'] === 'yes';

interface Row {
  readonly type: string;
  readonly records: number;
  readonly differences: readonly string[];
}

function compare(records: ReadonlyMap<string, unknown[]>, shapes: Readonly<Record<string, Shape>>): Row[] {
  return [...records]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([type, list]) => {
      const shape = shapes[type];
      if (shape === undefined) return [];
      const found = list.flatMap((record) => differences(record, shape, ALLOWANCES[type]));
      return [{ type, records: list.length, differences: [...new Set(found)] }];
    });
}

function table(rows: readonly Row[], unknown: readonly string[], unmade: readonly string[]): string {
  const lines = rows.map(
    (row) =>
      `${row.differences.length === 0 ? 'same' : 'DIFF'}  ${row.type.padEnd(48)} ${String(row.records).padStart(4)}  ${row.differences.join('; ')}`,
  );
  return [...lines, `no sample of: ${unknown.join(', ')}`, `not made by the sandbox: ${unmade.join(', ')}`].join('\n');
}

describe('records of the sandbox have the shape of captured ones', () => {
  let sandbox: SandboxServer;
  let records: Map<string, unknown[]>;
  let committed: Record<string, Shape>;
  let shapes: Record<string, Shape>;

  beforeAll(async () => {
    committed = JSON.parse(readFileSync(SHAPES, 'utf8')) as Record<string, Shape>;
    shapes = folder === undefined ? committed : shapesFrom(folder);
    if (Object.keys(shapes).length === 0) throw new Error(`there is no capture of a known kind below ${folder}`);
    // What the folder has no sample of stays as it was.
    if (write)
      writeFileSync(
        SHAPES,
        `{\n${Object.entries({ ...committed, ...shapes })
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([type, shape]) => `${JSON.stringify(type)}: ${JSON.stringify(shape)}`)
          .join(',\n')}\n}\n`,
      );
    shapes = completed(shapes, committed);
    sandbox = await SandboxServer.start();
    records = await collectRecords(sandbox);
  });

  afterAll(() => sandbox.stop());

  it('has no difference in members, patterns or JSON types', () => {
    const rows = compare(records, shapes);
    const unknown = [...records.keys()].filter((type) => shapes[type] === undefined).sort();
    const unmade = Object.keys(shapes).filter((type) => !records.has(type));
    if (folder !== undefined) process.stdout.write(`${table(rows, unknown, unmade)}\n`);
    expect(rows.filter((row) => row.differences.length > 0)).toEqual([]);
    // A folder of somebody's captures may hold a single kind.
    expect(rows.length).toBeGreaterThan(folder === undefined ? 50 : 0);
  });

  it('notices a missing member, a number for a string and a wrong amount', () => {
    const payment = records.get('operation:payment')?.[0] as Record<string, unknown>;
    const shape = committed['operation:payment'] as Shape;
    const { amount: _amount, ...without } = payment;
    expect(differences(without, shape)).toEqual(['missing amount']);
    expect(differences({ ...payment, amount: '1.5' }, shape)).toEqual(['amount is decimal, not amount']);
    expect(differences({ ...payment, id: 12 }, shape)).toEqual(['id is integer, not int64']);
    expect(differences({ ...payment, surprise: true }, shape)).toEqual(['unknown surprise']);
  });
});
