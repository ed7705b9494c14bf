import type { Server } from 'node:http';
import net from 'node:net';
import { globSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { RESOURCES } from '../../src/dialects/partner/partner.resources';
import { SCOPES } from '../../src/common/principal';
import { listPolicies, type RoutePolicy } from '../../src/auth/route-policies';
import { TestApp } from '../support/app';
import { PARTNER } from '../support/partner-program';
import type { TestShop } from '../support/shop';
import { type RawAnswer, rawRequest, socketConversation } from './raw-request';

const TYPE = 'application/vnd.api+json';
const METRICS_TOKEN = 'metrics-token-of-the-test';
/** In every payload, and in no statement of ours. */
const MARK = 'zq7';
const INJECTIONS = [
  `${MARK}' or 1=1--`,
  `${MARK}'; drop table invoices;--`,
  `${MARK}" or ""="`,
  `${MARK}) or (1=1`,
  `${MARK}' union select secret_digest::text from credentials--`,
  `${MARK}'||pg_sleep(9)||'`,
  `${MARK}\\'`,
  `$1${MARK}`,
  `${MARK}%`,
  `${MARK}{}`,
  `{"$ne":"${MARK}"}`,
  `${MARK}\u2019 or 1=1`,
  `${MARK}\0`,
  `-${MARK}`,
  `${MARK},id;select 1`,
  `${MARK}/*`,
  `amount;drop ${MARK}`,
  `2099-01-01T00:00:00Z${MARK}' or '1'='1`,
  `evt_01890000-0000-7000-8000-00000000000a' or '${MARK}'='${MARK}`,
];
/** Query parameters of the wallet API, which its classes name. */
const WALLET: Readonly<Record<string, readonly string[]>> = {
  '/api/invoices': ['limit', 'offset', 'status', 'currency', 'network', 'clientEmail', 'sort'],
  '/api/clients': ['limit', 'offset'],
  '/api/webhooks/events': ['after', 'limit'],
  '/api/auth/sep10': ['account', 'memo', 'home_domain', 'client_domain'],
};

let app: TestApp;
let routes: RoutePolicy[];
let session: TestShop;
let key: string;

beforeAll(async () => {
  app = await TestApp.start({ reconcile: false, env: { ROLE: 'api', METRICS_TOKEN, SANDBOX_LEDGER_MS: '500' } });
  routes = listPolicies(app.app);
  session = await app.shop({ scopes: SCOPES });
  ({ key } = session);
  await session.client.post('/api/links', { amount: 1, asset: 'XLM' });
  await session.client.post('/api/invoices', { currency: 'XLM', amount: 1 });
  expect((await create('products', { name: 'Tee', price: '1', currency: 'EUR' })).status).toBe(201);
});
afterAll(() => {
  (app.app.getHttpServer() as Server).closeAllConnections();
  return app.stop();
});

const bearer = (): Record<string, string> => ({ authorization: `Bearer ${key}` });
const credentials = (path: string): Record<string, string> =>
  path.startsWith(PARTNER) ? bearer() : { authorization: `Bearer ${session.token}` };
const get = (target: string): Promise<RawAnswer> =>
  rawRequest(app.url, 'GET', target, { headers: credentials(target) });
const send = (method: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<RawAnswer> =>
  rawRequest(app.url, method, `${PARTNER}/${path}`, {
    headers: { 'content-type': TYPE, ...bearer(), ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const create = (type: string, attributes: object): Promise<RawAnswer> =>
  send('POST', type, { data: { type, attributes } });
const rows = (): Promise<unknown> =>
  app.sql(
    `select (select count(*) from invoices) as a, (select count(*) from payment_links) as b, (select count(*) from products) as c, (select count(*) from customers) as d, (select count(*) from events) as e, (select count(*) from audit_entries) as f, (select count(*) from members) as g, (select count(*) from webhook_endpoints) as h`,
  );
const partnerLists = (): RoutePolicy[] =>
  routes.filter(
    ({ method, path }) =>
      method === 'GET' && path.startsWith(`${PARTNER}/`) && !path.includes(':') && !path.endsWith('.json'),
  );

/** Every parameter of every list: what it is called, and whether it may be repeated. */
function parameters(): { readonly path: string; readonly name: string; readonly list: boolean }[] {
  const partner = partnerLists().flatMap(({ path }) => {
    const resource = RESOURCES.find((each) => `${PARTNER}/${each.path}` === path);
    const filters = Object.entries(resource?.filters ?? {}).flatMap(([name, filter]) =>
      filter.keys.map((each) => ({
        path,
        name: `filter[${name}]${each === '' ? '' : `[${each}]`}`,
        list: each === '',
      })),
    );
    const others = [
      'sort',
      'page[size]',
      'page[after]',
      'page[before]',
      'include',
      `fields[${resource?.type}]`,
      'fields[x]',
      'filter[x]',
      'x',
    ].map((name) => ({ path, name, list: name.startsWith('filter') }));
    return [...filters, ...others];
  });
  return [
    ...partner,
    ...Object.entries(WALLET).flatMap(([path, names]) => names.map((name) => ({ path, name, list: false }))),
  ];
}

describe('SQL in what is asked', () => {
  it('is a text like any other in every parameter of every list: never part of a statement, no failure, no change (H11)', async () => {
    const before = await rows();
    const query = jest.spyOn(pg.Client.prototype, 'query');
    const wrong: string[] = [];
    for (const { path, name } of parameters()) {
      for (const payload of INJECTIONS) {
        const answer = await get(`${path}?${encodeURIComponent(name)}=${encodeURIComponent(payload)}`);
        const body = JSON.parse(answer.text) as { data?: unknown[]; invoices?: unknown[] };
        const found = answer.status === 200 && name.startsWith('filter') ? (body.data ?? []).length : 0;
        if (![200, 400, 404, 422].includes(answer.status) || found > 0)
          wrong.push(`${path}?${name}=${payload}: ${answer.status} ${found}`);
      }
    }
    const texts = (query.mock.calls as unknown[][]).map(([what]) =>
      typeof what === 'string' ? what : (what as { text: string }).text,
    );
    query.mockRestore();
    expect(wrong).toEqual([]);
    expect(texts.length).toBeGreaterThan(500);
    expect(texts.filter((text) => text.includes(MARK))).toEqual([]);
    expect(await rows()).toEqual(before);
  });

  it('nor in an id of any route (H11, E09)', async () => {
    const before = await rows();
    const wrong: string[] = [];
    for (const route of routes.filter(({ path }) => path.startsWith('/api/') && path.includes(':'))) {
      for (const payload of INJECTIONS) {
        const target = route.path.replaceAll(/:\w+/g, encodeURIComponent(payload));
        const type = route.path.startsWith(PARTNER) ? TYPE : 'application/json';
        const body = ['POST', 'PATCH', 'PUT'].includes(route.method) ? { body: '{"data":{"type":"x","id":"y"}}' } : {};
        const { status } = await rawRequest(app.url, route.method, target, {
          headers: { ...credentials(route.path), ...('body' in body ? { 'content-type': type } : {}) },
          ...body,
        });
        // What is not offered says so, whatever its id is.
        if ((status < 400 || status >= 500) && status !== 501) wrong.push(`${route.method} ${target}: ${status}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(await rows()).toEqual(before);
  });

  it('the wallet API has no other parameters than these (H11)', () => {
    const named = globSync('src/dialects/wallet/**/*.ts').flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/class \w+Query \{(.*?)\n\}/gs)].flatMap(([, text]) =>
        [...(text ?? '').matchAll(/(\w+)\??: /g)]
          .map(([, name]) => name as string)
          .filter((name) => name !== 'message'),
      ),
    );
    expect([...new Set(named)].toSorted()).toEqual(
      [
        ...new Set(
          Object.entries(WALLET)
            .filter(([path]) => path !== '/api/auth/sep10')
            .flatMap(([, names]) => names),
        ),
      ].toSorted(),
    );
  });
});

describe('a parameter twice', () => {
  it('is refused wherever one value is meant, and a list where a list is (H12)', async () => {
    const wrong: string[] = [];
    for (const { path, name, list } of parameters()) {
      const word = name === 'page[size]' || name === 'limit' ? '1' : name === 'offset' ? '0' : 'a';
      const { status, text } = await get(`${path}?${name}=${word}&${name}=${word === 'a' ? 'b' : word}`);
      const once = await get(`${path}?${name}=${word},b`);
      if (list ? status !== once.status || status >= 500 : status !== 400)
        wrong.push(`${path}?${name}: ${status} ${text.slice(0, 120)}`);
    }
    expect(wrong).toEqual([]);
  });
});

describe('too much of it', () => {
  const METADATA: readonly (readonly [string, unknown])[] = [
    ['5,000 members', Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`k${at}`, '']))],
    ['51 members', Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`k${at}`, 'v']))],
    ['a value of 501 characters', { k: 'v'.repeat(501) }],
    ['an object in it', { k: { a: '1' } }],
    ['a list in it', { k: ['1'] }],
    ['a depth of 100', JSON.parse(`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`)],
    ['a number', { k: 1 }],
    ['a null', { k: null }],
    ['a name of 1,000 characters', { ['k'.repeat(1000)]: 'v' }],
    ['an empty name', { '': 'v' }],
    ['a name that is reserved', { links: 'v' }],
    ['a list for it', ['v']],
    ['a text for it', 'v'],
  ];

  it.each(METADATA)('metadata with %s is refused (H24)', async (what, metadata) => {
    const before = await rows();
    const bodies: [string, object][] = [
      ['products', { name: 'Tee', price: '1', currency: 'EUR', metadata }],
      [
        'payment_links',
        {
          amount: '5',
          currency: 'XLM',
          paymentType: 'Invoice',
          expires_at: new Date(Date.now() + 86_400_000).toISOString(),
          metadata,
        },
      ],
    ];
    // What is too deep for any body is no JSON that is read here.
    const status = what === 'a depth of 100' ? 400 : 422;
    for (const [type, attributes] of bodies)
      expect([type, (await create(type, attributes)).status]).toEqual([type, status]);
    expect(await rows()).toEqual(before);
  });

  it('metadata of a megabyte is refused unread, and what is allowed is kept as it is (H24)', async () => {
    expect(
      (await create('products', { name: 'Tee', price: '1', currency: 'EUR', metadata: { k: 'v'.repeat(1_000_000) } }))
        .status,
    ).toBe(413);
    const metadata = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`k-${at}`, 'v'.repeat(500)]));
    const kept = await create('products', { name: 'Tee', price: '1', currency: 'EUR', metadata });
    expect([
      kept.status,
      (JSON.parse(kept.text) as { data: { attributes: { metadata: unknown } } }).data.attributes.metadata,
    ]).toEqual([201, metadata]);
  });

  it.each([
    '922337203685.4775808',
    '999999999999.9999999',
    '1000000000000',
    `${'9'.repeat(40)}`,
    '0.00000001',
    '1e3',
    '0x10',
    '+1',
    '-1',
    ' 1',
    '1.',
    '.5',
    '01',
    '1,000',
    '\u0661',
    'NaN',
    '',
    1,
    null,
  ])('an amount of %j is refused wherever one is asked for, and never fails (E08)', async (amount) => {
    const line = { description: 'a', quantity: '1', rate: '1' };
    const expires_at = new Date(Date.now() + 86_400_000).toISOString();
    const bodies: [string, object][] = [
      ['invoices', { currency: 'XLM', lines: [{ ...line, rate: amount }] }],
      ['invoices', { currency: 'XLM', lines: [line], taxRate: amount === null ? '-1' : amount === '' ? 'x' : amount }],
      ['products', { name: 'Tee', currency: 'EUR', price: amount }],
      ['payment_links', { amount, currency: 'XLM', paymentType: 'Invoice', expires_at }],
      ['quotes', { amount, currency: 'EUR', payCurrency: 'XLM' }],
      // Null is the same as absent for what may be absent.
      ...(amount === null
        ? []
        : ([
            ['invoices', { currency: 'XLM', lines: [{ ...line, quantity: amount }] }],
            ['invoices', { currency: 'XLM', lines: [line], discount: amount }],
          ] as [string, object][])),
    ];
    for (const [type, attributes] of bodies)
      expect([type, attributes, (await create(type, attributes)).status]).toEqual([type, attributes, 422]);
  });

  it('several things in one request are refused as a whole: there are no batches (E20)', async () => {
    const before = await rows();
    const collections = [
      ...new Set(
        routes
          .filter(({ method, path }) => method === 'POST' && path.startsWith(`${PARTNER}/`) && !path.includes(':'))
          .map(({ path }) => path.slice(PARTNER.length + 1)),
      ),
    ];
    expect(collections.length).toBeGreaterThan(8);
    const one = { type: 'products', attributes: { name: 'Tee', price: '1', currency: 'EUR' } };
    for (const path of collections) {
      for (const data of [[one, one], [one, { ...one, id: 'x' }], []])
        expect([path, (await send('POST', path, { data })).status]).toEqual([path, 400]);
      const atomic = `${TYPE}; ext="https://jsonapi.org/ext/atomic"`;
      expect([
        path,
        (await send('POST', path, { 'atomic:operations': [{ op: 'add', data: one }] }, { 'content-type': atomic }))
          .status,
      ]).toEqual([path, 415]);
      expect([path, (await send('POST', path, { 'atomic:operations': [{ op: 'add', data: one }] })).status]).toEqual([
        path,
        400,
      ]);
    }
    const lines = [
      { description: 'a', rate: '1' },
      { description: 'b', rate: '-1' },
    ];
    expect((await create('invoices', { currency: 'XLM', lines })).status).toBe(422);
    expect(await rows()).toEqual(before);
  });
});

describe('on the wire', () => {
  const head = 'POST /api/auth/nonce HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';

  it.each([
    [
      'a length and chunks',
      `${head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /health/live HTTP/1.1\r\nhost: x\r\n\r\n`,
    ],
    ['two lengths', `${head}content-length: 2\r\ncontent-length: 20\r\n\r\n{}`],
    ['chunks named twice', `${head}transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n0\r\n\r\n`],
    ['chunks in disguise', `${head}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ['a chunk size that is none', `${head}transfer-encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n`],
    ['a chunk extension with a line end', `${head}transfer-encoding: chunked\r\n\r\n1;a\nb\r\n{\r\n0\r\n\r\n`],
    ['a space before the colon', `${head.replace('content-type:', 'content-type :')}content-length: 2\r\n\r\n{}`],
    ['a header over two lines', `${head}x-a: b\r\n c: d\r\n\tcontent-length: 2\r\n\r\n{}`],
    ['a bare line feed', 'POST /api/auth/nonce HTTP/1.1\nhost: x\ncontent-length: 2\n\n{}'],
    ['a negative length', `${head}content-length: -1\r\n\r\n{}`],
    [
      'two hosts',
      `GET /health/live HTTP/1.1\r\nhost: x\r\nhost: evil.example\r\n\r\nGET /health/live HTTP/1.1\r\nhost: x\r\n\r\n`,
    ],
    ['one host told twice', `GET /api/public/v1/products HTTP/1.1\r\nHost: x\r\nhost: x\r\n\r\n`],
    ['two hosts in one line', `GET /pay/x HTTP/1.1\r\nhost: x, evil.example\r\n\r\n`],
    ['a host with a path', `GET /health/live HTTP/1.1\r\nhost: x/y\r\n\r\n`],
    ['a host with credentials', `GET /health/live HTTP/1.1\r\nhost: a@x\r\n\r\n`],
    ['no host', `GET /health/live HTTP/1.1\r\nconnection: close\r\n\r\n`],
  ])('%s is no request: 400, and nothing behind it is answered (H13)', async (_what, text) => {
    const { answer, closed } = await socketConversation(app.env.port, text);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect([answer.match(/HTTP\/1\.1 /g)?.length, closed]).toEqual([1, true]);
  });

  it('line ends that were asked for make no header of an answer (H14)', async () => {
    const forged = encodeURIComponent('x\r\nset-cookie: a=b\r\nx-forged: 1');
    for (const path of [
      ...partnerLists().map(({ path: each }) => each),
      '/api/links',
      '/api/invoices',
      '/pay',
      '/docs',
    ]) {
      for (const target of [`${path}/${forged}`, `${path}?sort=${forged}`, `${path}?${forged}=1`]) {
        const { status, headers } = await get(target);
        expect([target, status < 500, headers['set-cookie'], headers['x-forged']]).toEqual([
          target,
          true,
          undefined,
          undefined,
        ]);
      }
    }
    const made = await create('payment_links', {
      amount: '5',
      currency: 'XLM',
      paymentType: 'Invoice',
      expires_at: new Date(Date.now() + 86_400_000).toISOString(),
      successRedirectUrl: 'https://example.com/\r\nset-cookie: a=b',
    });
    expect([made.status, made.headers['set-cookie']]).toEqual([422, undefined]);
  });

  it('slow clients find limits, and are not in the way of others while they hold on (H01)', async () => {
    const server = app.app.getHttpServer() as Server;
    const half = (at: number): string =>
      at % 2 === 0 ? 'GET /health/live HTTP/1.1\r\nx-slow: ' : `${head}content-length: 1000\r\n\r\n{`;
    const hold = (text: string): Promise<net.Socket> =>
      new Promise((resolve, reject) => {
        const socket = net.connect(app.env.port, '127.0.0.1', () => socket.write(text, () => resolve(socket)));
        socket.on('error', reject);
      });
    const slow = await Promise.all(Array.from({ length: 300 }, (_, at) => hold(half(at))));
    try {
      for (let at = 0; at < 30; at += 1) {
        if (at % 10 === 0) for (const socket of slow) socket.write('a');
        expect((await get(`${PARTNER}/products`)).status).toBe(200);
      }
      expect(
        await new Promise((resolve) => server.getConnections((_error, count) => resolve(count))),
      ).toBeGreaterThanOrEqual(300);
    } finally {
      for (const socket of slow) socket.destroy();
    }
  });

  it('nothing on the way of a request waits for the processor or the disk: no synchronous cipher, hash of passwords, file or compression (H07)', () => {
    const using = globSync('src/**/*.ts')
      .filter((file) => !/\.(spec|fixture)\.ts$/.test(file) && !/^src\/(cli|database\/embedded|openapi)\//.test(file))
      .filter((file) =>
        /\b(scrypt|pbkdf2|argon2|bcrypt|gzipSync|inflateSync|gunzipSync|brotli\w*Sync|readFileSync|writeFileSync|execSync|spawnSync|generateKeyPairSync|generatePrimeSync)\w*\(/.test(
          readFileSync(file, 'utf8'),
        ),
      );
    expect(using.toSorted()).toEqual(READ_ONCE);
  });
});

/** Files that read something once a process: the version, the packs of a start, the key, and a font when it is first needed. */
const READ_ONCE: readonly string[] = [
  'src/http/package-version.ts',
  'src/packages.ts',
  'src/receipts/fonts.ts',
  'src/receipts/woff.ts',
  'src/webhooks/secrets-key.ts',
];

describe('what is inside', () => {
  it('is not shown: no metrics without their token, no sources, no maps, no details of health (H18)', async () => {
    for (const authorization of [undefined, 'Bearer ', `Bearer ${METRICS_TOKEN}x`, METRICS_TOKEN, `Bearer ${key}`]) {
      const { status, text } = await rawRequest(
        app.url,
        'GET',
        '/metrics',
        authorization === undefined ? {} : { headers: { authorization } },
      );
      expect([authorization, status, text.includes('lumentill_')]).toEqual([authorization, 404, false]);
    }
    expect(
      (await rawRequest(app.url, 'GET', '/metrics', { headers: { authorization: `Bearer ${METRICS_TOKEN}` } })).text,
    ).toContain('lumentill_ready');
    for (const path of [
      '/main.js.map',
      '/dist/src/main.js',
      '/src/main.ts',
      '/.git/HEAD',
      '/.env',
      '/.data/demo.json',
      '/package-lock.json',
      '/debug/pprof',
      '/__test/reset',
      '/actuator',
      '/server-status',
      '/docs-json',
      '/swagger',
      '/graphql',
    ]) {
      expect([path, (await rawRequest(app.url, 'GET', path)).status]).toEqual([path, 404]);
    }
    for (const path of ['/health/live', '/health/ready'])
      expect((await rawRequest(app.url, 'GET', path)).text).not.toMatch(
        /postgres|127\.0\.0\.1|password|\bat .*\.js|version/i,
      );
  });

  it('has a clock of its own: what a client says the time is counts for nothing (H23)', async () => {
    const headers = {
      date: 'Fri, 01 Jan 2100 00:00:00 GMT',
      'x-date': '2100-01-01T00:00:00Z',
      'x-request-start': 't=4102444800',
    };
    const before = Date.now();
    const made = await send(
      'POST',
      'invoices',
      { data: { type: 'invoices', attributes: { currency: 'XLM', lines: [{ description: 'a', rate: '1' }] } } },
      headers,
    );
    const { createdAt } = (JSON.parse(made.text) as { data: { attributes: { createdAt: string } } }).data.attributes;
    expect(made.status).toBe(201);
    expect(Math.abs(new Date(createdAt).getTime() - before)).toBeLessThan(60_000);
    expect(
      (
        await rawRequest(app.url, 'GET', '/api/auth/me', {
          headers: { ...headers, authorization: `Bearer ${session.token}` },
        })
      ).status,
    ).toBe(200);
    expect(
      (
        await send('POST', 'invoices', {
          data: {
            type: 'invoices',
            attributes: {
              currency: 'XLM',
              createdAt: '2100-01-01T00:00:00Z',
              lines: [{ description: 'a', rate: '1' }],
            },
          },
        })
      ).status,
    ).toBe(422);
  });
});
