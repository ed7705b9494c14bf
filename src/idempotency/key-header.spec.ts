import fc from 'fast-check';
import { keyFrom } from './key-header';

const keyOf = (value: string): unknown => keyFrom(['Host', 'x', 'Idempotency-Key', value]);
const visible = fc.stringMatching(/^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/);

describe('keyFrom', () => {
  it('is undefined without the header, also when a value is spelled like it', () => {
    expect(keyFrom([])).toBeUndefined();
    expect(keyFrom(['X-Note', 'Idempotency-Key', 'Host', 'x'])).toBeUndefined();
  });

  it('I2 quoted and bare are the same key', () => {
    fc.assert(
      fc.property(
        visible,
        (key) =>
          JSON.stringify(keyOf(key)) === JSON.stringify({ key }) &&
          JSON.stringify(keyOf(`"${key}"`)) === JSON.stringify({ key }),
      ),
    );
    expect(keyOf('"a\\"b\\\\c"')).toEqual({ key: 'a"b\\c' });
  });

  it.each([
    ['nothing', ''],
    ['256 characters', 'k'.repeat(256)],
    ['10,000 characters', 'k'.repeat(10_000)],
    ['a line break', 'a\r\nb'],
    ['U+0000', 'a\0b'],
    ['a space', 'a b'],
    ['a letter beyond ASCII', 'kö'],
    ['two keys in one line', 'a, b'],
    ['empty quotes', '""'],
    ['quotes around a space', '"a b"'],
    ['an open quote', '"a'],
    ['parameters', '"a";v=1'],
    ['an escape that is none', '"a\\n"'],
    ['256 characters in quotes', `"${'k'.repeat(256)}"`],
  ])('I2 B09 refuses %s', (_name, value) => {
    expect(keyOf(value)).toBe('malformed');
  });

  it('B09 takes 255 characters, and refuses a second header line', () => {
    expect(keyOf('k'.repeat(255))).toEqual({ key: 'k'.repeat(255) });
    expect(keyFrom(['Idempotency-Key', 'a', 'idempotency-key', 'a'])).toBe('malformed');
  });
});
