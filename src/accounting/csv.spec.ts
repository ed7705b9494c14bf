import fc from 'fast-check';
import { csvCell, csvLine } from './csv';

/** RFC 4180, the other way round. */
function parsed(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (quoted) {
      if (character === '"' && text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else if (character === '"') quoted = false;
      else cell += character;
    } else if (character === '"' && cell === '') quoted = true;
    else if (character === ',') {
      row.push(cell);
      cell = '';
    } else if (character === '\r' && text[at + 1] === '\n') {
      rows.push([...row, cell]);
      [row, cell] = [[], ''];
      at += 1;
    } else cell += character;
  }
  return rows;
}

describe('G21: a cell', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['=HYPERLINK("https://evil.example","x")', `"'=HYPERLINK(""https://evil.example"",""x"")"`],
    ['+1-800', "'+1-800"],
    ['+5', "'+5"],
    ['-2+3', "'-2+3"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', `"'\r=1"`],
    ['\n=1', `"'\n=1"`],
    ['\uff1d1', "'\uff1d1"],
    ['-12.5', '-12.5'],
    ['12.50', '12.50'],
    ['-', "'-"],
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ['two\nlines', '"two\nlines"'],
    ['a=b', 'a=b'],
    ['a;=1;- 2; @x', "a;'=1;'- 2; '@x"],
    ['', ''],
    ['Žižek', 'Žižek'],
  ])('%j is written as %j', (text, cell) => {
    expect(csvCell(text)).toBe(cell);
  });

  it('is empty for what is not known', () => {
    expect(csvLine([null, 'a', null])).toBe(',a,\r\n');
  });

  it('is read as it was, or with the apostrophe that makes it harmless, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string({ unit: 'binary' }), { minLength: 3, maxLength: 3 })), (rows) => {
        const read = parsed(rows.map(csvLine).join(''));
        expect(read).toHaveLength(rows.length);
        const texts = rows.flat();
        read.flat().forEach((cell, at) => {
          const text = texts[at] as string;
          const plain = cell.replace(/(^|; *)'(?=[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])/gu, '$1');
          expect([cell, text.replace(/(^|; *)'(?=[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])/gu, '$1')]).toEqual([
            cell,
            plain,
          ]);
          expect(/^[=+\-@\t\r\n]/.test(cell) && !/^-?\d+(\.\d+)?$/.test(cell)).toBe(false);
        });
      }),
    );
  });
});
