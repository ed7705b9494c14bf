import http from 'node:http';
import zlib from 'node:zlib';
import { SCOPES } from '../../src/common/principal';
import { TestApp } from '../support/app';
import { PARTNER } from '../support/partner-program';

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

describe('compression', () => {
  let app: TestApp;
  let key: string;
  let session: string;
  beforeAll(async () => {
    app = await TestApp.start({ reconcile: false, env: { ROLE: 'api' } });
    ({ key, token: session } = await app.shop({ scopes: SCOPES }));
  });
  afterAll(() => app.stop());

  function ask(method: string, path: string, headers: Record<string, string> = {}, body?: unknown): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = http.request(
        app.url + path,
        {
          method,
          agent: false,
          headers: { ...(body === undefined ? {} : { 'content-type': 'application/vnd.api+json' }), ...headers },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
          );
        },
      );
      request.on('error', reject);
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
  const bearer = (): Record<string, string> => ({ authorization: `Bearer ${key}` });
  const opened = ({ headers, body }: Answer): string =>
    (headers['content-encoding'] === 'br'
      ? zlib.brotliDecompressSync(body)
      : headers['content-encoding'] === 'gzip'
        ? zlib.gunzipSync(body)
        : body
    ).toString('utf8');

  it.each(['/docs', '/', '/api/public/v1/openapi.json', '/metrics'])(
    '%s is the same text in every encoding, and smaller',
    async (path) => {
      const plain = await ask('GET', path);
      expect([plain.status, plain.headers['content-encoding'], plain.headers['vary']]).toEqual([
        200,
        undefined,
        expect.stringContaining('Accept-Encoding'),
      ]);
      for (const encoding of ['br', 'gzip']) {
        const packed = await ask('GET', path, { 'accept-encoding': encoding });
        expect([packed.status, packed.headers['content-encoding'], packed.headers['content-length']]).toEqual([
          200,
          encoding,
          String(packed.body.length),
        ]);
        expect(packed.headers['vary']).toContain('Accept-Encoding');
        expect(packed.body.length).toBeLessThan(plain.body.length);
        if (path !== '/metrics') expect(opened(packed) === plain.body.toString('utf8')).toBe(true);
        const head = await ask('HEAD', path, { 'accept-encoding': encoding });
        expect([head.status, head.headers['content-encoding'], head.body.length]).toEqual([200, encoding, 0]);
      }
      expect(
        (await ask('GET', path, { 'accept-encoding': 'br;q=0, identity' })).headers['content-encoding'],
      ).toBeUndefined();
    },
  );

  it('weakens the tag of what it packs; that tag saves the next answer, and a change may name it', async () => {
    const product = {
      data: {
        type: 'products',
        attributes: { name: 'Tee', price: '1', currency: 'EUR', description: 'x'.repeat(1500) },
      },
    };
    const { id } = (
      JSON.parse(opened(await ask('POST', `${PARTNER}/products`, bearer(), product))) as { data: { id: string } }
    ).data;
    const packed = await ask('GET', `${PARTNER}/products/${id}`, { ...bearer(), 'accept-encoding': 'gzip' });
    expect([packed.headers['content-encoding'], packed.headers['etag'], packed.headers['content-type']]).toEqual([
      'gzip',
      'W/"1"',
      'application/vnd.api+json',
    ]);
    expect(packed.headers['vary']).toMatch(/Accept\b.*Accept-Encoding/);
    expect((await ask('GET', `${PARTNER}/products/${id}`, bearer())).headers['etag']).toBe('"1"');
    const known = await ask('GET', `${PARTNER}/products/${id}`, {
      ...bearer(),
      'accept-encoding': 'gzip',
      'if-none-match': 'W/"1"',
    });
    expect([known.status, known.headers['content-encoding'], known.body.length]).toEqual([304, undefined, 0]);
    const change = { data: { type: 'products', id, attributes: { price: '2' } } };
    expect((await ask('PATCH', `${PARTNER}/products/${id}`, { ...bearer(), 'if-match': 'W/"1"' }, change)).status).toBe(
      200,
    );
    expect((await ask('PATCH', `${PARTNER}/products/${id}`, { ...bearer(), 'if-match': 'W/"1"' }, change)).status).toBe(
      412,
    );
  });

  it('leaves alone what is short, what is asked for with a query on a page, and every answer that could carry a secret', async () => {
    const everything = { 'accept-encoding': 'br, gzip' };
    expect((await ask('GET', '/health/live', everything)).headers['content-encoding']).toBeUndefined();
    expect((await ask('GET', '/docs?x=1', everything)).headers['content-encoding']).toBeUndefined();
    const issued = await ask(
      'POST',
      `${PARTNER}/api_keys`,
      { authorization: `Bearer ${session}`, ...everything },
      { data: { type: 'apiKeys', attributes: { label: 'x'.repeat(100), scopes: SCOPES } } },
    );
    expect([issued.status, issued.body.length > 1024, issued.headers['content-encoding']]).toEqual([
      201,
      true,
      undefined,
    ]);
    expect(issued.body.toString('utf8')).toContain('sk_test_');
    const stream = await ask('GET', '/sandbox/horizon/ledgers?limit=1&cursor=0', {
      ...everything,
      accept: 'text/event-stream',
    });
    expect([stream.status, stream.headers['content-encoding'], stream.body.toString('utf8').includes('hello')]).toEqual(
      [200, undefined, true],
    );
    expect((await ask('GET', '/sandbox/horizon/ledgers', everything)).headers['content-encoding']).toBeUndefined();
  });
});
