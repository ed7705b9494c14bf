import fc from 'fast-check';
import { DomainError } from '../common/errors';
import { decimalText, NumberText } from '../common/number-text';
import { parseJsonBody } from './json-body';

const parse = (text: string): unknown => parseJsonBody(Buffer.from(text));
const refusal = (body: Buffer): string => {
  try {
    parseJsonBody(body);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'malformed_json') return error.message;
    throw error;
  }
  return 'accepted';
};

const TOO_DEEP = 'The request body is nested too deep: at most 32 objects and lists may lie inside each other';
const nested = (open: string, close: string, depth: number): Buffer =>
  Buffer.from(`${open.repeat(depth)}1${close.repeat(depth)}`);

describe('parseJsonBody', () => {
  it.each([33, 1300, 2200, 30_000, 100_000])(
    'refuses %i levels of lists, objects and both before anything walks them',
    (depth) => {
      for (const body of [
        nested('[', ']', depth),
        nested('{"a":', '}', depth),
        nested('[{"a":', '}]', Math.ceil(depth / 2)),
        nested('{"[":[', ']}', Math.ceil(depth / 2)),
      ])
        expect(refusal(body)).toBe(TOO_DEEP);
    },
  );

  it('takes 32 levels, and brackets in texts for what they are', () => {
    for (const body of [nested('[', ']', 32), nested('{"a":', '}', 32)]) expect(refusal(body)).toBe('accepted');
    for (const text of [
      '['.repeat(1000),
      '"'.repeat(99) + '{'.repeat(99),
      '\\'.repeat(7) + '['.repeat(99),
      'é"[{😀'.repeat(50),
    ])
      expect(parse(JSON.stringify({ [text]: text, b: [text] }))).toEqual({ [text]: text, b: [text] });
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'The request body is empty; send a JSON object'],
    ['white space', Buffer.from(' \n\t'), 'The request body is empty; send a JSON object'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'The request body is not valid UTF-8'],
    ['an overlong encoding', Buffer.from([0x22, 0xc0, 0xaf, 0x22]), 'The request body is not valid UTF-8'],
    ['UTF-16', Buffer.from('{}', 'utf16le'), 'The request body is not valid JSON'],
    ['a word', Buffer.from('hello'), 'The request body is not valid JSON'],
    ['a trailing comma', Buffer.from('{"a":1,}'), 'The request body is not valid JSON'],
    ['a comment', Buffer.from('{"a":1}//x'), 'The request body is not valid JSON'],
    ['two values', Buffer.from('{}{}'), 'The request body is not valid JSON'],
    ['NaN', Buffer.from('{"a":NaN}'), 'The request body is not valid JSON'],
    ['a number in another base', Buffer.from('{"a":0x10}'), 'The request body is not valid JSON'],
    ['a leading zero', Buffer.from('{"a":010}'), 'The request body is not valid JSON'],
    ['a NUL in a string', Buffer.from('{"a":"x\\u0000y"}'), 'Strings must not contain the character U+0000'],
    ['a NUL in a string in an array', Buffer.from('[["\\u0000"]]'), 'Strings must not contain the character U+0000'],
    [
      'a NUL in the name of a string',
      Buffer.from('{"a\\u0000":"x"}'),
      'Member names must not contain the character U+0000',
    ],
    [
      'a NUL in the name of a number',
      Buffer.from('{"a\\u0000":1}'),
      'Member names must not contain the character U+0000',
    ],
    [
      'a NUL in the name of an object',
      Buffer.from('{"a\\u0000":{}}'),
      'Member names must not contain the character U+0000',
    ],
    ['__proto__', Buffer.from('{"__proto__":{"isAdmin":true}}'), 'The member name __proto__ is not allowed'],
    ['__proto__ written otherwise', Buffer.from('{"\\u005f_proto__":1}'), 'The member name __proto__ is not allowed'],
    [
      'constructor, deep inside',
      Buffer.from('{"a":[{"b":{"constructor":{"prototype":{}}}}]}'),
      'The member name prototype is not allowed',
    ],
    ['nesting without end', Buffer.from('['.repeat(60_000)), TOO_DEEP],
    ['nesting behind a text with brackets', Buffer.from(`["\\"]]]]\\\\",${'['.repeat(32)}]`), TOO_DEEP],
  ])('refuses %s', (_name, body, message) => {
    expect(refusal(body)).toBe(message);
  });

  it('reads what JSON is, and keeps what strings say', () => {
    const values = fc
      .jsonValue({ maxDepth: 4 })
      .filter((value) => !/\\u0000|__proto__|constructor|prototype/.test(JSON.stringify(value)));
    fc.assert(fc.property(values, (value) => JSON.stringify(parse(JSON.stringify(value))) === JSON.stringify(value)));
  });

  it('A41 keeps the text of every number that a double would not give back', () => {
    const amounts = fc
      .tuple(fc.nat({ max: 999_999_999 }), fc.stringMatching(/^[0-9]{1,7}$/))
      .map(([whole, fraction]) => `${whole}.${fraction}`);
    fc.assert(fc.property(amounts, (text) => decimalText((parse(`{"a":${text}}`) as { a: unknown }).a) === text));
  });

  it.each([
    '100.50',
    '0.0000001',
    '1e3',
    '1E3',
    '-0',
    '1e400',
    `1${'0'.repeat(400)}`,
    '922337203685.4775807',
    '0.10000000000000000555',
  ])('A41 does not round %s', (text) => {
    expect((parse(`{"a":${text}}`) as { a: unknown }).a).toEqual(new NumberText(text));
  });

  it.each(['0', '1', '-1', '100.5', '999999999', '0.1'])('leaves %s a number', (text) => {
    expect((parse(`{"a":${text}}`) as { a: unknown }).a).toBe(Number(text));
  });
});

describe('decimalText', () => {
  it.each([
    ['1.50', '1.50'],
    [1.5, '1.5'],
    [new NumberText('1.50'), '1.50'],
    [1e21, '1e+21'],
    [NaN, 'NaN'],
  ])('of %j is %s', (value, text) => {
    expect(decimalText(value)).toBe(text);
  });

  it('there is none of anything else', () => {
    for (const value of [null, undefined, true, {}, [], ['1'], 1n, { text: '1' }, { toString: () => '1' }])
      expect(decimalText(value)).toBeUndefined();
  });
});
