import type { Server } from 'node:http';
import { listPolicies, type RoutePolicy } from '../../src/auth/route-policies';
import { DIALECTS } from '../../src/app.dialects';
import { TestApp } from '../support/app';
import type { TestMerchant } from '../support/shop';
import { type RawAnswer, rawRequest } from './raw-request';

const RANDOM_ID = 'abcdefghijklmnopqrstuvwxyz234567';
const RANDOM_UUID = '01890000-0000-7000-8000-000000000000';
const JSON_TYPE = { 'content-type': 'application/json' };

/** What the POST and PATCH routes with an id need before the id is looked up; members that a route does not know are ignored. */
const ANY_BODY = { isFavorite: true };
/** The same number for every request: documents tell it. */
const NUMBERED = { 'x-request-id': 'the-same' };

/** Ways to write an address that must not become ways around the guard (D26). */
const SPELLINGS: readonly (readonly [string, (path: string) => string])[] = [
  ['an encoded letter', (path) => path.replace('/api', '/%61pi')],
  ['a letter encoded twice', (path) => path.replace('/api', '/%2561pi')],
  ['a double slash in front', (path) => `/${path}`],
  ['a double slash inside', (path) => path.replace('/api/', '/api//')],
  ['a slash at the end', (path) => `${path}/`],
  ['capitals', (path) => path.replace('/api', '/API')],
  ['all capitals', (path) => path.toUpperCase()],
  ['a matrix parameter at the end', (path) => `${path};a=b`],
  ['a matrix parameter inside', (path) => path.replace('/api', '/api;a=b')],
  ['a dot segment', (path) => path.replace('/api/', '/api/./')],
  ['an encoded dot segment', (path) => path.replace('/api/', '/api/%2e/')],
  ['a way up and back', (path) => `/api/..${path}`],
  ['an encoded way up and back', (path) => `/api/%2e%2e${path}`],
  ['encoded slashes', (path) => `/${path.slice(1).replaceAll('/', '%2f')}`],
  ['slashes encoded twice', (path) => `/${path.slice(1).replaceAll('/', '%252f')}`],
  ['a backslash', (path) => path.replace('/api/', '/api\\')],
  ['an encoded NUL', (path) => `${path}%00`],
  ['a space', (path) => `${path}%20`],
  ['an extension', (path) => `${path}.json`],
  ['an overlong slash', (path) => path.replace('/api/', '/api%c0%af')],
  ['an empty query', (path) => `${path}?`],
  ['another origin', (path) => `http://localhost${path}`],
];

/** Fastify prints a wildcard without what stands before it; whether there is a route it says all the same. */
function hasShopPage(app: TestApp): boolean {
  const server = app.app.getHttpAdapter().getInstance() as { hasRoute(route: object): boolean };
  return server.hasRoute({ method: 'GET', url: '/p/:merchant/*' }) && !server.hasRoute({ method: 'GET', url: '/*' });
}

/** What Fastify itself answers to: its printed tree, four characters a level. */
function servedRoutes(app: TestApp): string[] {
  const server = app.app.getHttpAdapter().getInstance() as { printRoutes(options: object): string };
  const above: string[] = [];
  return server
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', path = '', methods = ''] = /^(.*?)[├└]── (\S+) \((.+)\)$/.exec(line) ?? [];
      if (path === '') return [];
      const level = indent.length / 4;
      above.splice(level, above.length, path);
      return methods
        .split(', ')
        .filter((method) => method !== 'HEAD')
        .map((method) => `${method} ${above.join('')}`)
        .map((route) => (route === 'GET /*' && hasShopPage(app) ? 'GET /p/:merchant/*' : route));
    });
}

describe('every route', () => {
  let app: TestApp;
  let routes: RoutePolicy[];
  let ada: TestMerchant;
  let bob: TestMerchant;

  beforeAll(async () => {
    app = await TestApp.start();
    routes = listPolicies(app.app);
    [ada, bob] = await Promise.all([app.merchant(), app.merchant()]);
  });
  afterAll(() => {
    // The reader of the ledger may be opening a connection at this moment; on one that nothing is sent on, closing would wait.
    (app.app.getHttpServer() as Server).on('connection', (socket) => socket.destroy());
    return app.stop();
  });

  const isProtected = (route: RoutePolicy): boolean => route.policy?.kind !== 'public';
  const filled = (route: RoutePolicy, id = RANDOM_ID): string => route.path.replaceAll(/:\w+/g, id);
  const send = (
    route: Pick<RoutePolicy, 'method' | 'path'>,
    target: string,
    headers: Record<string, string> = {},
  ): Promise<RawAnswer> => {
    if (['GET', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE'].includes(route.method))
      return rawRequest(app.url, route.method, target, { headers });
    const { type, body } = bodyFor(route, target);
    return rawRequest(app.url, route.method, target, {
      headers: { 'content-type': type, ...headers },
      body: JSON.stringify(body),
    });
  };
  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

  it('has a policy, and the ones that are open to anybody are these', () => {
    expect(routes.filter((route) => route.policy === undefined)).toEqual([]);
    const open = routes
      .filter((route) => !isProtected(route) && route.path.startsWith('/api/'))
      .map((route) => `${route.method} ${route.path}`);
    expect(open.filter((route) => !/^(GET|OPTIONS) /.test(route)).toSorted()).toEqual([
      'POST /api/auth/nonce',
      'POST /api/auth/sep10',
      'POST /api/auth/session',
      'POST /api/payments/:invoiceId/pay-intent',
      'POST /api/payments/confirm',
      'POST /api/payments/submit',
      'POST /api/payments/verify-tx',
      'POST /api/v0/customers/:id/liquidation_addresses',
    ]);
    expect(routes.filter(isProtected).length).toBeGreaterThanOrEqual(15);
  });

  it('that is protected answers 401 in the envelope of its family, and only to those without credentials', async () => {
    for (const route of routes.filter(isProtected)) {
      const answer = await send(route, filled(route));
      expect([route.handler, answer.status, answer.headers['www-authenticate']]).toEqual([
        route.handler,
        401,
        DIALECTS.of(route.path).challenge,
      ]);
      expect([route.handler, envelope(route.path, answer)]).toEqual([route.handler, true]);
      const wrong = await send(route, filled(route), bearer('ses_nonsense'));
      expect([route.handler, wrong.status]).toEqual([route.handler, 401]);
      const token = route.path.endsWith('/logout') ? await bob.wallet.signIn(app.url) : ada.token;
      expect([route.handler, (await send(route, filled(route), bearer(token))).status]).not.toEqual([
        route.handler,
        401,
      ]);
    }
  });

  it.each(SPELLINGS)('that is protected stays closed for %s (D26)', async (_what, spell) => {
    const opened: string[] = [];
    for (const route of routes.filter(isProtected)) {
      const target = spell(filled(route));
      const { status } = await send(route, target);
      if (status < 400 || status >= 500) opened.push(`${route.method} ${target}: ${status}`);
    }
    expect(opened).toEqual([]);
  });

  it('that is protected stays closed for other methods and for claims of another method (D27)', async () => {
    const opened: string[] = [];
    const declared = new Set(routes.map((route) => `${route.method} ${route.path}`));
    for (const route of routes.filter(isProtected)) {
      for (const method of ['HEAD', 'OPTIONS', 'TRACE', 'PUT', 'PROPFIND']) {
        if (declared.has(`${method} ${route.path}`)) continue;
        const { status } = await rawRequest(app.url, method, filled(route));
        if (status < 400 || status >= 500) opened.push(`${method} ${route.path}: ${status}`);
      }
      const claims = { 'x-http-method-override': 'GET', 'x-http-method': 'GET', 'x-method-override': 'GET' };
      const { status } = await send(route, `${filled(route)}?_method=GET`, claims);
      if (status !== 401) opened.push(`${route.method} ${route.path} claiming GET: ${status}`);
    }
    expect(opened).toEqual([]);
  });

  it('ignores claims of another method when it is allowed as well', async () => {
    const { body: draft } = await ada.client.post('/api/invoices', { currency: 'XLM', amount: 1 });
    const claims = { ...bearer(ada.token), 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' };
    expect(
      (
        await rawRequest(app.url, 'POST', `/api/invoices/${draft.id}?_method=DELETE`, {
          headers: { ...claims, ...JSON_TYPE },
          body: '{"_method":"DELETE"}',
        })
      ).status,
    ).toBe(405);
    expect(
      (await rawRequest(app.url, 'GET', `/api/invoices/${draft.id}/owner?_method=DELETE`, { headers: claims })).status,
    ).toBe(200);
    expect((await ada.client.get(`/api/invoices/${draft.id}/owner`)).body.status).toBe('DRAFT');
  });

  it('of the server is in the list that is checked, and no other (D28)', () => {
    const served = servedRoutes(app).filter((route) => !/^\S+ \/sandbox\/horizon/.test(route));
    const listed = [...new Set(routes.map(({ method, path }) => `${method} ${path}`))];
    expect(served.toSorted()).toEqual(listed.toSorted());
  });

  it('with an id answers 404 in its envelope for one that nobody has, and never fails on odd ones', async () => {
    const odd = [
      RANDOM_ID,
      RANDOM_UUID,
      '0',
      '-1',
      '%00',
      '%27%20or%201%3D1--',
      '..%2f..',
      'x'.repeat(200),
      '%F0%9F%98%80',
      '%ff',
      '__proto__',
      'null',
    ];
    const wrong: string[] = [];
    for (const route of routes.filter((each) => each.path.includes(':') && each.path.startsWith('/api/'))) {
      for (const id of odd) {
        const answer = await send(route, filled(route, id), isProtected(route) ? bearer(ada.token) : {});
        const malformed = id === '%ff' && answer.status === 400;
        // Where a limit is low, the odd ones use it up.
        const limited = answer.status === 429 && id !== odd[0];
        const notOffered = answer.status === 501 && route.handler.startsWith('NotOfferedController.');
        if ((answer.status !== 404 && !malformed && !limited && !notOffered) || !envelope(route.path, answer))
          wrong.push(`${route.method} ${filled(route, id)}: ${answer.status} ${answer.text.slice(0, 100)}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('answers for what belongs to somebody else, byte by byte, as for what nobody has (E01)', async () => {
    const own = {
      link: (await ada.client.post('/api/links', { amount: 1, asset: 'XLM' })).body.id,
      client: (await ada.client.post('/api/clients', { name: 'A', email: 'a@example.com' })).body.id,
      draft: (await ada.client.post('/api/invoices', { currency: 'XLM', amount: 1 })).body.id,
    };
    const state = (): Promise<unknown> =>
      app.sql(
        'select (select jsonb_agg(i order by id) from invoices i) as invoices, (select jsonb_agg(c order by id) from customers c) as customers, (select count(*) from events) as events',
      );
    const before = await state();
    for (const route of routes.filter((each) => each.path.includes(':') && isProtected(each))) {
      const random = await send(route, filled(route, route.path.includes('/clients/') ? RANDOM_UUID : RANDOM_ID), {
        ...bearer(bob.token),
        ...NUMBERED,
      });
      for (const id of Object.values(own)) {
        const foreign = await send(route, filled(route, id), { ...bearer(bob.token), ...NUMBERED });
        expect([route.handler, foreign.status, foreign.text]).toEqual([route.handler, random.status, random.text]);
        expect(stable(foreign)).toEqual(stable(random));
      }
    }
    expect(await state()).toEqual(before);
  });

  it('and every address that is none, says 404 or 405 with Allow, in its envelope', async () => {
    for (const path of [
      '/api',
      '/api/nothing',
      '/api/links/',
      '/api/v0/nothing',
      '/api/public/v1/nothing',
      '/.git/config',
      '/.env',
      '/package.json',
      '/docs-json',
    ]) {
      const answer = await rawRequest(app.url, 'GET', path);
      expect([path, answer.status, envelope(path, answer)]).toEqual([path, 404, true]);
    }
    const answer = await rawRequest(app.url, 'PUT', '/api/invoices');
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD, POST']);
  });

  const SECURITY = {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'x-frame-options': 'DENY',
    'content-security-policy': expect.stringMatching(/default-src 'none'.*frame-ancestors 'none'/),
    'strict-transport-security': expect.stringMatching(/max-age=\d{8}/),
    'request-id': expect.stringMatching(/^[\w.-]+$/),
    'cache-control': expect.any(String),
  };

  it.each([
    ['an answer', 'GET', '/api/health', 200, {}],
    ['a probe', 'GET', '/health/live', 200, {}],
    ['no body', 'HEAD', '/api/health', 200, {}],
    ['no such address', 'GET', '/api/nothing', 404, {}],
    ['no such id', 'GET', `/api/links/${RANDOM_ID}`, 404, {}],
    ['no credentials', 'GET', '/api/invoices', 401, {}],
    ['no such method', 'PUT', '/api/invoices', 405, {}],
    ['no JSON', 'POST', '/api/auth/nonce', 400, { headers: JSON_TYPE, body: '{' }],
    ['another media type', 'POST', '/api/auth/nonce', 415, { headers: { 'content-type': 'text/plain' }, body: 'x' }],
    [
      'a compressed body',
      'POST',
      '/api/auth/nonce',
      415,
      { headers: { ...JSON_TYPE, 'content-encoding': 'gzip' }, body: 'x' },
    ],
    ['a body too large', 'POST', '/api/auth/nonce', 413, { headers: JSON_TYPE, body: ' '.repeat(70_000) }],
    ['an address that is no URL', 'GET', '/api/links/%zz', 400, {}],
  ])(
    'answers %s with the security headers and a request id, and tells no server',
    async (_what, method, target, status, options) => {
      const answer = await rawRequest(app.url, method, target, options);
      expect([
        answer.status,
        answer.headers['server'],
        answer.headers['x-powered-by'],
        answer.headers['access-control-allow-origin'],
      ]).toEqual([status, undefined, undefined, undefined]);
      expect(answer.headers).toMatchObject(SECURITY);
    },
  );

  it.each(['/api/public/v1/products/%zz', '/api/public/v1/%c0%af', '/api/links/%zz'])(
    'says of %s that it is no URL',
    async (target) => {
      const { status, text } = await rawRequest(app.url, 'GET', target, {});
      expect([status, text]).toEqual([400, expect.stringContaining('The request path is not a valid URL')]);
    },
  );
});

/** A partner's body names the resource of its address: the first segment below the prefix, and the id. */
function bodyFor(
  { path }: Pick<RoutePolicy, 'path'>,
  target: string,
): { readonly type: string; readonly body: unknown } {
  if (DIALECTS.of(path).name !== 'partner') return { type: JSON_TYPE['content-type'], body: ANY_BODY };
  const [, , , , type, id] = (target.split('?', 1)[0] ?? '').split('/');
  return {
    type: 'application/vnd.api+json',
    body: { data: { type, ...(id === undefined ? {} : { id }), attributes: {} } },
  };
}

/** What of an answer may not depend on the id: everything but the clock, the count of requests and the request's own number. */
function stable({ status, headers, text }: RawAnswer): unknown {
  const {
    date: _date,
    'request-id': _id,
    ratelimit: _limit,
    'ratelimit-remaining': _remaining,
    'ratelimit-reset': _reset,
    'x-ratelimit-remaining': _left,
    'x-ratelimit-reset': _end,
    ...rest
  } = headers;
  return { status, text, headers: rest };
}

/** The error document of the dialect that owns the address. */
function envelope(path: string, { status, headers, text }: RawAnswer): boolean {
  const type = headers['content-type'] ?? '';
  const dialect = DIALECTS.of(path).name;
  if (dialect === 'page') return type.startsWith('text/html');
  const body = JSON.parse(text) as Record<string, unknown>;
  if (dialect === 'partner')
    return (
      type === 'application/vnd.api+json' && (body['errors'] as { status: string }[])[0]?.status === String(status)
    );
  if (!type.startsWith('application/json')) return false;
  if (dialect === 'merchant')
    return body['statusCode'] === status && (status === 429 || typeof body['error'] === 'string');
  return typeof body['error'] === 'string' && Object.keys(body).every((key) => ['error', 'details'].includes(key));
}
