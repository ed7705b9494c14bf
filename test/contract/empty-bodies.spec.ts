import { SCOPES } from '../../src/common/principal';
import { listPolicies, type RoutePolicy } from '../../src/auth/route-policies';
import { DIALECTS } from '../../src/app.dialects';
import { TestApp } from '../support/app';
import type { TestShop } from '../support/shop';
import { type RawAnswer, rawRequest } from './raw-request';

const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded;charset=utf-8',
  'application/vnd.api+json',
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/octet-stream',
  'nonsense',
  '',
];
/** How zero bytes are announced: by a length, by chunks of which there are none, or not at all. */
const EMPTY: readonly (readonly [string, Parameters<typeof rawRequest>[3]])[] = [
  ['a length of zero', { headers: { 'content-length': '0' } }],
  ['no chunk', { headers: { 'transfer-encoding': 'chunked' } }],
];
const RANDOM_UUID = '01890000-0000-7000-8000-000000000000';

let app: TestApp;
let merchant: TestShop;

beforeAll(async () => {
  app = await TestApp.start({ reconcile: false });
  merchant = await app.shop({ scopes: SCOPES });
});
afterAll(() => app.stop());

const bearer = (path: string, token = merchant.token): Record<string, string> => ({
  authorization: `Bearer ${DIALECTS.of(path).name === 'partner' ? merchant.key : token}`,
});
const send = (
  method: string,
  path: string,
  options: Parameters<typeof rawRequest>[3],
  headers: Record<string, string>,
): Promise<RawAnswer> =>
  rawRequest(app.url, method, path, {
    ...options,
    headers: { 'x-request-id': 'the-same', ...options?.headers, ...headers },
  });
const routes = (): RoutePolicy[] =>
  listPolicies(app.app).filter(
    ({ method, path }) => ['POST', 'PATCH', 'PUT', 'DELETE'].includes(method) && !path.startsWith('/sandbox'),
  );

describe('zero bytes are no body', () => {
  it('whatever type is named, and however they are announced, on every route that may have one', async () => {
    expect(routes().length).toBeGreaterThan(50);
    const wrong: string[] = [];
    for (const { method, path, policy } of routes()) {
      const target = path.replaceAll(/:\w+/g, RANDOM_UUID);
      // Signing out would end the session of the others.
      const headers =
        policy?.kind === 'public' ? {} : bearer(path, path.endsWith('/logout') ? 'ses_nobody' : merchant.token);
      const plain = await send(method, target, {}, headers);
      for (const type of TYPES) {
        // What is tried here goes beyond the limits of some.
        await app.sql('delete from rate_limits');
        for (const [how, options] of EMPTY) {
          const { status, text } = await send(method, target, options, { ...headers, 'content-type': type });
          if (status !== plain.status || blind(text) !== blind(plain.text))
            wrong.push(
              `${method} ${target} as ${type} with ${how}: ${status} ${text.slice(0, 120)}, not ${plain.status}`,
            );
        }
      }
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  const draft = async (): Promise<string> =>
    (await created('/api/invoices', { currency: 'XLM', amount: 1 }))['id'] as string;
  const link = async (): Promise<string> => (await created('/api/links', { amount: 1, asset: 'XLM' }))['id'] as string;
  const partnerLink = async (): Promise<string> => {
    const attributes = {
      amount: '1',
      currency: 'XLM',
      paymentType: 'Invoice',
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    };
    return (
      (await created('/api/public/v1/payment_links', { data: { type: 'payment_links', attributes } }))['data'] as {
        id: string;
      }
    ).id;
  };
  async function created(path: string, body: object): Promise<Record<string, unknown>> {
    const type = path.startsWith('/api/public') ? 'application/vnd.api+json' : 'application/json';
    const { status, text } = await rawRequest(app.url, 'POST', path, {
      headers: { ...bearer(path), 'content-type': type },
      body: JSON.stringify(body),
    });
    expect([status, text]).toEqual([201, text]);
    return JSON.parse(text) as Record<string, unknown>;
  }

  it.each(['application/json', 'application/x-www-form-urlencoded', 'nonsense'])(
    'so commands named %s are carried out',
    async (type) => {
      const commands: readonly (readonly [string, string, number])[] = [
        ['POST', `/api/invoices/${await draft()}/send`, 200],
        ['POST', `/api/invoices/${await draft()}/cancel`, 200],
        ['POST', `/api/invoices/${await draft()}/supersede`, 201],
        ['DELETE', `/api/invoices/${await draft()}`, 200],
        ['POST', `/api/payments/${await link()}/pay-intent`, 200],
        ['POST', `/checkout/${await link()}/test-payment`, 200],
        ['POST', `/api/public/v1/payment_links/${await partnerLink()}/expiration`, 200],
      ];
      for (const [at, [method, path, status]] of commands.entries()) {
        const [, options] = EMPTY[at % EMPTY.length] as (typeof EMPTY)[number];
        expect([path, (await send(method, path, options, { ...bearer(path), 'content-type': type })).status]).toEqual([
          path,
          status,
        ]);
      }
      for (const [, options] of EMPTY) {
        const session = await merchant.wallet.signIn(app.url);
        expect(
          (
            await send('POST', '/api/auth/logout', options, {
              authorization: `Bearer ${session}`,
              'content-type': type,
            })
          ).status,
        ).toBe(204);
      }
    },
  );

  it('and one that is needed is asked for', async () => {
    for (const [, options] of EMPTY) {
      const wallet = await send('POST', '/api/links', options, {
        ...bearer('/api/links'),
        'content-type': 'application/json',
      });
      expect([wallet.status, JSON.parse(wallet.text)]).toEqual([
        400,
        { error: 'The request has no body: send a JSON object as application/json' },
      ]);
      const partner = await send('POST', '/api/public/v1/products', options, {
        ...bearer('/api/public/v1'),
        'content-type': 'application/vnd.api+json',
      });
      expect([partner.status, JSON.parse(partner.text).errors]).toMatchObject([
        400,
        [
          {
            code: 'malformed_document',
            detail: 'The request has no body: send a JSON:API document with a data member',
            source: { pointer: '' },
          },
        ],
      ]);
    }
  });

  it('and bytes of another type are refused with the type that is right', async () => {
    for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/plain']) {
      const { status, text } = await send(
        'POST',
        `/api/public/v1/payment_links/${RANDOM_UUID}/expiration`,
        { body: 'x=1' },
        { ...bearer('/api/public/v1'), 'content-type': type },
      );
      expect([status, JSON.parse(text).errors[0]]).toMatchObject([
        415,
        { detail: expect.stringContaining('must be application/vnd.api+json'), source: { header: 'Content-Type' } },
      ]);
    }
    const { status, text } = await send(
      'POST',
      '/api/links',
      { body: [Buffer.from('x=1')], headers: { 'transfer-encoding': 'chunked' } },
      { ...bearer('/api/links'), 'content-type': 'application/x-www-form-urlencoded' },
    );
    expect([status, JSON.parse(text)]).toEqual([415, { error: 'The request body must be sent as application/json' }]);
  });

  it('except that the media type of JSON:API with a foreign parameter is refused, body or not', async () => {
    const { status } = await send(
      'POST',
      `/api/public/v1/payment_links/${RANDOM_UUID}/expiration`,
      {},
      { ...bearer('/api/public/v1'), 'content-type': 'application/vnd.api+json; charset=utf-8' },
    );
    expect(status).toBe(415);
  });
});

/** Windows of limits end while the test runs. */
function blind(text: string): string {
  return text.replaceAll(/"(nonce|message|token)":"[^"]*"/g, '');
}
