import fc from 'fast-check';
import type { DomainError } from '../common/errors';
import { isMultipart, MAX_PARTS, parseMultipartBody } from './multipart-body';

const TYPE = 'multipart/form-data; boundary=X';
const part = (name: string, value: string, more = ''): string =>
  `--X\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
const form = (...parts: string[]): string => `${parts.join('')}--X--\r\n`;
const parse = (body: string | Buffer, type = TYPE): Promise<unknown> => parseMultipartBody(type, Buffer.from(body));
const refusal = (body: string | Buffer, type = TYPE): Promise<DomainError> =>
  parse(body, type).then(
    (members) => {
      throw new Error(`was read as ${JSON.stringify(members)}`);
    },
    (error: unknown) => error as DomainError,
  );

/** A browser writes every line break as CR LF (HTML, "constructing the entry list"). */
const asWritten = ([name, value]: [string, string]): [string, string] => [name, value.replaceAll(/\r\n?|\n/g, '\r\n')];

describe('a multipart form', () => {
  it('is read as texts, whatever the browser names the boundary', async () => {
    const body = form(part('name', 'Premium Widget'), part('price', '99.99'), part('empty', ''));
    const members = { name: 'Premium Widget', price: '99.99', empty: '' };
    for (const type of [TYPE, 'Multipart/Form-Data; Boundary="X"', 'multipart/form-data; charset=utf-8; boundary=X'])
      expect(await parse(body, type)).toEqual(members);
  });

  it('keeps texts beyond ASCII, line breaks and what looks like a boundary', async () => {
    const value = 'Grüße\r\n--Y\r\n\u{1f600}';
    expect(await parse(form(part('name', value)))).toEqual({ name: value });
  });

  it('has every value of a name that was sent several times', async () => {
    expect(await parse(form(part('images', 'a'), part('name', 'n'), part('images', 'b')))).toEqual({
      images: ['a', 'b'],
      name: 'n',
    });
  });

  it('is what another program makes of the same members', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.stringMatching(/^f-[a-z]{1,10}$/), fc.string({ unit: 'binary', maxLength: 50 }), {
          maxKeys: 20,
        }),
        async (members) => {
          const sent = new FormData();
          for (const [name, value] of Object.entries(members)) sent.append(name, value);
          const request = new Response(sent);
          const type = request.headers.get('content-type') ?? '';
          const read = parseMultipartBody(type, Buffer.from(await request.arrayBuffer()));
          if (Object.values(members).some((value) => value.includes('\0')))
            await expect(read).rejects.toThrow('U+0000');
          else expect(await read).toEqual(Object.fromEntries(Object.entries(members).map(asWritten)));
        },
      ),
      { numRuns: 200 },
    );
  });

  const cut = form(part('name', 'Tee'), part('price', '1'));
  it.each([
    ['cut in its last boundary', cut.slice(0, -4), TYPE, 'ends before its last boundary'],
    ['cut in a value', cut.slice(0, -14), TYPE, 'ends before its last boundary'],
    ['cut in a header', cut.slice(0, 30), TYPE, 'ends before its last boundary'],
    ['of another boundary', cut, 'multipart/form-data; boundary=Y', 'ends before its last boundary'],
    ['without a boundary', cut, 'multipart/form-data', 'must name the boundary'],
    ['with an empty boundary', cut, 'multipart/form-data; boundary=""', 'must name the boundary'],
    ['with a boundary that is too long', cut, `multipart/form-data; boundary=${'b'.repeat(71)}`, 'at most 70'],
    ['of a part without a name', '--X\r\nContent-Type: text/plain\r\n\r\nv\r\n--X--\r\n', TYPE, 'with a name'],
    ['with bare line feeds', cut.replaceAll('\r\n', '\n'), TYPE, 'cannot be read'],
    ['with U+0000', form(part('name', 'a\0b')), TYPE, 'U+0000'],
    ['with a name that reaches a prototype', form(part('__proto__', 'x')), TYPE, '__proto__ is not allowed'],
    ['that is not UTF-8', Buffer.from(form(part('name', '\u00ff')), 'latin1'), TYPE, 'not valid UTF-8'],
    ['of nothing but dashes', '-'.repeat(256 * 1024), TYPE, 'ends before its last boundary'],
    ['with headers without an end', `--X\r\n${'A: b\r\n'.repeat(30_000)}${form(part('a', 'v'))}`, TYPE, '4096 bytes'],
  ])('%s is refused as malformed', async (_how, body, type, says) => {
    const error = await refusal(body, type);
    expect([error.code, error.status]).toEqual(['malformed_request', 400]);
    expect(error.message).toContain(says);
  });

  it(`has at most ${MAX_PARTS} parts, and ten thousand are refused without being read`, async () => {
    const parts = (count: number): string => form(...Array.from({ length: count }, (_, at) => part(`n${at}`, 'v')));
    expect(Object.keys((await parse(parts(MAX_PARTS))) as object)).toHaveLength(MAX_PARTS);
    expect((await refusal(parts(MAX_PARTS + 1))).message).toBe('A form may have at most 64 parts');
    expect((await refusal(parts(10_000))).message).toBe('A form may have at most 64 parts');
  });

  it('with files names each of them, also where its bytes are not text', async () => {
    const file = part('images', '\u00ff\u00d8', '; filename="a.jpg"');
    const error = await refusal(Buffer.from(form(part('name', 'Tee'), file, file), 'latin1'));
    expect([error.code, error.faults]).toEqual([
      'validation_failed',
      [{ path: 'images', message: 'must be text, not a file: files are not stored' }],
    ]);
  });
});

it.each([
  ['multipart/form-data', true],
  ['Multipart/Form-Data ; boundary=x', true],
  ['multipart/form-data-x', false],
  ['multipart/mixed; boundary=x', false],
  [undefined, false],
])('%s is a multipart form: %s', (type, is) => {
  expect(isMultipart(type)).toBe(is);
});
