import { asText, wrapped } from './print-output';

const ADDRESS = 'GBBD47IF6LWK7P7MDEVSCWR7DPUWV3NY3DTQEVFL4NAT4AQH3ZLLFLA5';

function widest(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.length));
}

describe('what a command prints', () => {
  it('shows blanks where they could not be seen', () => {
    const names = ['plain name', ' before', 'after ', 'two  in it', '', 'hard\u00a0blank', 'line\u2028end'];
    expect(asText(names.map((name, at) => ({ at, name }))).split('\n')).toEqual([
      'at  name',
      '0   plain name',
      '1   " before"',
      '2   "after "',
      '3   "two  in it"',
      '4   ""',
      '5   hard\\u00a0blank',
      '6   line\\u2028end',
    ]);
  });

  it('never moves the cursor or turns text around', () => {
    expect(asText({ name: 'a\u001b[31mb\u202ec' })).toBe('name  a?[31mb?c');
  });

  it('is a table where 120 columns are enough', () => {
    const text = asText([
      { address: ADDRESS, use: 'receives' },
      { address: ADDRESS, use: 'signs in' },
    ]);
    expect(text.split('\n')[0]).toMatch(/^address\s+use$/);
  });

  it('is a record below the other where they are not, and no line is wider', () => {
    const rows = ['1', '2'].map((each) => ({
      transaction: each.repeat(64),
      from: ADDRESS,
      to: ADDRESS,
      memo: `text "${each}"`,
    }));
    const text = asText(rows);
    expect(widest(text)).toBeLessThanOrEqual(120);
    expect(text.split('\n').slice(0, 6)).toEqual([
      `transaction  ${'1'.repeat(64)}`,
      `from         ${ADDRESS}`,
      `to           ${ADDRESS}`,
      'memo         text "1"',
      '',
      `transaction  ${'2'.repeat(64)}`,
    ]);
  });

  it('explains itself in lines that fit, each going on below its beginning', () => {
    const text = wrapped(`  --scopes A,B     ${'of links:read, '.repeat(20).trim()}\nshort`);
    const lines = text.split('\n');
    expect(widest(text)).toBeLessThanOrEqual(120);
    expect(lines.slice(1, -1).every((line) => /^ {19}\S/.test(line))).toBe(true);
    expect([lines.length > 2, lines.at(-1)]).toEqual([true, 'short']);
  });

  it('goes on below where one value alone is too long', () => {
    const text = asText({ id: 1, raw: 'x'.repeat(500) });
    expect(widest(text)).toBeLessThanOrEqual(120);
    expect(text.replaceAll(/[^x]/g, '')).toHaveLength(500);
    expect(
      text
        .split('\n')
        .slice(1)
        .every((line) => /^raw  x+$|^ {5}x+$/.test(line)),
    ).toBe(true);
  });
});
