import { Memo } from '@stellar/stellar-sdk';
import { type Scope, SCOPES } from '../../src/common/principal';
import { RESOURCES } from '../../src/dialects/partner/partner.resources';
import type { Resource } from '../../src/jsonapi/resource';
import { listPolicies, type RoutePolicy } from '../../src/auth/route-policies';
import type { Answer } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import { PARTNER, type PartnerProgram } from '../support/partner-program';

const NOBODYS = '01890000-0000-7000-8000-000000000000';
const IN_A_DAY = new Date(Date.now() + 24 * 3600 * 1000).toISOString();
const LINK = { amount: '20', currency: 'EUR', paymentType: 'Invoice', expires_at: IN_A_DAY };
const SAME_NUMBER = { 'x-request-id': 'the-same' };
/** What belongs to the deployment, and what belongs to whoever asks. */
const NOBODYS_OWN = ['currencies', 'exchange_rates', 'merchants'];

let app: TestApp;
let routes: RoutePolicy[];
let ada: PartnerProgram;
let bob: PartnerProgram;
/** One of Ada's in every collection. */
let adas: Readonly<Record<string, string>>;

const collectionOf = ({ path }: RoutePolicy): string => path.slice(PARTNER.length + 1).split('/')[0] ?? '';
const below = (path: string): string => path.slice(PARTNER.length + 1);
const filled = (route: RoutePolicy, id: string): string =>
  below(route.path.replace(':id', id).replace(':name', NAMES[collectionOf(route)] ?? 'owner'));
const NAMES: Readonly<Record<string, string>> = {
  payment_links: 'target',
  invoices: 'payments',
  payments: 'invoice',
  payment_resolutions: 'payment',
  events: 'subject',
  products: 'taxRate',
  webhook_deliveries: 'event',
  subscriptions: 'link',
  subscription_periods: 'invoice',
};
const idOf = ({ status, text, body }: Answer): string => {
  expect([status, text]).toEqual([201, text]);
  return body.data.id;
};

/** An endpoint that has been told something. */
async function endpointOf(who: PartnerProgram): Promise<string> {
  const id = idOf(await who.create('webhook_endpoints', { url: 'https://shop.example/hooks' }));
  await who.send('POST', `webhook_endpoints/${id}/test`);
  return id;
}

/** A subscription and its first period, by a customer of hers. */
async function subscribed(): Promise<
  Record<'subscriptions' | 'subscription_periods' | 'payment_link_statistics', string>
> {
  const link = idOf(
    await ada.create('payment_links', {
      kind: 'subscription',
      amount: '5',
      currency: 'XLM',
      paymentType: 'Invoice',
      expires_at: IN_A_DAY,
      recurrence: { interval: 'month' },
    }),
  );
  const customer = idOf(await ada.create('customers', { name: 'Ida', email: 'ida@example.com' }));
  const named = (type: string, id: string): object => ({ data: { type, id } });
  const id = idOf(
    await ada.create(
      'subscriptions',
      {},
      { link: named('paymentLinks', link), customer: named('customers', customer) },
    ),
  );
  const { body } = await ada.get(`subscriptions/${id}/periods`);
  return { subscriptions: id, subscription_periods: body.data[0].id, payment_link_statistics: link };
}

/** Ada's rows; money held in suspense among them. */
async function furnish(merchantId: string, address: string): Promise<Record<string, string>> {
  const payer = await app.wallet();
  const [first, second] = [await payer.pay(address, '3'), await payer.pay(address, '4')];
  const paymentId = async (hash: string): Promise<string> =>
    (
      await eventually(
        () => ada.get(`payments?filter[transactionHash]=${hash}`),
        ({ body }) => body.data.length > 0,
      )
    ).body.data[0].id;
  const resolved = await paymentId(second.hash);
  await app.sql(
    `insert into quotes values ($1, $2, 'sandbox', 'EUR', 1000, 'XLM', null, 1000, 1, '[]', now(), date_trunc('second', now()) + interval '1 hour')`,
    [merchantId, '01890000-0000-7000-8000-00000000000a'],
  );
  const made = {
    payment_links: idOf(
      await ada.create('payment_links', { amount: '5', currency: 'XLM', paymentType: 'Invoice', expires_at: IN_A_DAY }),
    ),
    invoices: idOf(await ada.create('invoices', { currency: 'XLM', lines: [{ description: 'a', rate: '1' }] })),
    payments: await paymentId(first.hash),
    payment_resolutions: idOf(
      await ada.create(
        'payment_resolutions',
        { action: 'refund' },
        { payment: { data: { type: 'payments', id: resolved } } },
      ),
    ),
    products: idOf(await ada.create('products', { name: 'Tee', price: '19.90', currency: 'EUR' })),
    tax_rates: idOf(await ada.create('tax_rates', { name: 'VAT', percentage: '19' })),
    customers: idOf(await ada.create('customers', { name: 'Grace', email: 'grace@example.com' })),
    api_keys: idOf(await ada.create('api_keys', { label: 'k', scopes: ['links:read'] })),
    clients: idOf(await ada.create('clients', { label: 'c', scopes: ['links:read'] })),
    quotes: '01890000-0000-7000-8000-00000000000a',
    webhook_endpoints: await endpointOf(ada),
    ...(await subscribed()),
  };
  const { amount, memo } = (await ada.get(`invoices/${made.invoices}`)).body.data.attributes as {
    amount: string;
    memo: string;
  };
  await payer.pay(address, amount, { memo: Memo.text(memo) });
  // Only what has been paid has a receipt.
  await eventually(
    () => ada.get(`invoices/${made.invoices}`),
    ({ body }) => body.data.attributes.status === 'PAID',
  );
  const first_ = async (path: string): Promise<string> => (await ada.get(path)).body.data[0].id;
  return {
    ...made,
    events: await first_('events'),
    audit_log: await first_('audit_log'),
    members: await first_('members'),
    receiving_accounts: await first_('receiving_accounts'),
    webhook_deliveries: (
      await eventually(
        () => ada.get('webhook_deliveries'),
        ({ body }) => body.data.length > 0,
      )
    ).body.data[0].id,
  };
}

beforeAll(async () => {
  app = await TestApp.start();
  // The description of the API is no document of the API.
  routes = listPolicies(app.app).filter(
    ({ path }) => path.startsWith(`${PARTNER}/`) && path !== `${PARTNER}/openapi.json`,
  );
  const [hers, his] = await Promise.all([app.shop({ scopes: SCOPES }), app.shop({ scopes: SCOPES })]);
  [ada, bob] = [hers.partner, his.partner];
  adas = await furnish(hers.merchantId, hers.wallet.address);
});
afterAll(() => app.stop());

const ask = (who: PartnerProgram, route: RoutePolicy, target: string, id: string): Promise<Answer> => {
  const body = ['POST', 'PATCH'].includes(route.method)
    ? { data: { type: collectionOf(route), id, attributes: {} } }
    : undefined;
  return who.send(route.method, target, body, SAME_NUMBER);
};
const stable = ({ status, text, headers }: Answer): unknown => [
  status,
  text,
  [...headers].filter(([name]) => !['date', 'ratelimit'].includes(name)),
];

const EVERYTHING = `select (select jsonb_agg(to_jsonb(t) order by id) from invoices t) as a, (select jsonb_agg(to_jsonb(t) order by id) from payment_links t) as b, (select jsonb_agg(to_jsonb(t) - 'memo' order by id) from payments t) as c,
  (select count(*) from payment_resolutions) as d, (select jsonb_agg(to_jsonb(t) order by id) from products t) as e, (select jsonb_agg(to_jsonb(t) order by id) from customers t) as f,
  (select count(*) from events) as g, (select count(*) from audit_entries) as h, (select jsonb_agg(to_jsonb(t) order by id) from members t) as i, (select jsonb_agg(to_jsonb(t) - 'last_used_at' order by id) from credentials t) as j,
  (select jsonb_agg(to_jsonb(t) order by id) from receiving_accounts t) as k,
  (select jsonb_agg(jsonb_build_array(id, url, status, encode(secret, 'hex')) order by id) from webhook_endpoints) as l, (select count(*) from webhook_deliveries where attempts_before > 0) as m`;

describe('what belongs to somebody else', () => {
  it('has an example in every collection', () => {
    const collections = new Set(routes.filter(({ path }) => path.includes(':id')).map(collectionOf));
    expect([...collections].filter((each) => adas[each] === undefined && !NOBODYS_OWN.includes(each))).toEqual([]);
  });

  it('is there for its owner, and for others byte by byte what nobody has: 404, and nothing changes (E01)', async () => {
    const before = await app.sql(EVERYTHING);
    const wrong: string[] = [];
    for (const route of routes.filter(({ path }) => path.includes(':id'))) {
      const id = adas[collectionOf(route)];
      if (id === undefined) continue;
      const [foreign, random] = [
        await ask(bob, route, filled(route, id), id),
        await ask(bob, route, filled(route, NOBODYS), NOBODYS),
      ];
      const same = JSON.stringify(stable(foreign)).replaceAll(id, NOBODYS) === JSON.stringify(stable(random));
      if (foreign.status !== 404 || !same)
        wrong.push(`${route.method} ${route.path}: ${foreign.status} ${foreign.text} ${random.status} ${random.text}`);
      if (route.method === 'GET' && (await ask(ada, route, filled(route, id), id)).status !== 200)
        wrong.push(`${route.path}: not there for its owner`);
    }
    expect(wrong).toEqual([]);
    expect(await app.sql(EVERYTHING)).toEqual(before);
  });

  it('is in none of the lists, whatever is filtered by', async () => {
    const told: string[] = [];
    const id = (collection: string): string => adas[collection] as string;
    for (const route of routes.filter(({ method, path }) => method === 'GET' && !path.includes(':id'))) {
      const answer = await bob.get(below(route.path));
      for (const each of Object.values(adas)) if (answer.text.includes(each)) told.push(`${route.path}: ${each}`);
    }
    // The address itself is told back, so only the data count.
    for (const query of [
      `events?filter[after]=${id('events')}`,
      `events?filter[subjectId]=${id('payment_links')}`,
      `audit_log?filter[subjectId]=${id('payment_links')}`,
    ]) {
      const answer = await bob.get(query);
      expect([query, answer.status]).toEqual([query, 200]);
      if (answer.body.data.length > 0 && !query.startsWith('events?filter[after]')) told.push(query);
      if (JSON.stringify(answer.body.data).includes(id('payment_links'))) told.push(query);
    }
    expect(told).toEqual([]);
  });

  it('cannot be named by a relationship (E02)', async () => {
    const link = (type: string, id: string): object => ({ data: { type, id } });
    const tries: [string, object, object][] = [
      ['payment_resolutions', { action: 'refund' }, { payment: link('payments', adas['payments'] as string) }],
      [
        'products',
        { name: 'Tee', price: '1', currency: 'EUR' },
        { taxRate: link('taxRates', adas['tax_rates'] as string) },
      ],
      [
        'payment_links',
        { ...LINK, kind: 'product', amount: null },
        { products: { data: [{ type: 'products', id: adas['products'] as string }] } },
      ],
      ['payment_links', LINK, { taxRate: link('taxRates', adas['tax_rates'] as string) }],
    ];
    for (const [collection, attributes, relationships] of tries) {
      const answer = await bob.create(collection, attributes, relationships);
      expect([collection, answer.status, answer.body.errors?.[0].code]).toEqual([
        collection,
        404,
        'related_resource_not_found',
      ]);
    }
  });

  it('is not reached by its cursor (E12)', async () => {
    for (let at = 0; at < 2; at += 1)
      await ada.create('invoices', { currency: 'XLM', lines: [{ description: 'a', rate: '1' }] });
    const { next } = (await ada.get('invoices?page[size]=1')).body.links;
    expect((await ada.get(next)).status).toBe(200);
    const answer = await bob.get(next);
    expect([answer.status, answer.body.errors[0].code]).toEqual([400, 'cursor_invalid']);
  });
});

describe('what a key for one collection reaches (E19)', () => {
  const PATHS = (RESOURCES as readonly Resource[]).filter(({ relationships }) => relationships.length > 0);

  it.each((RESOURCES as readonly Resource[]).map((resource) => [resource.path, resource] as const))(
    '%s say which scope reading them takes, and their routes ask for it',
    (path, { readScope }) => {
      const asked = routes
        .filter(
          (route) => route.method === 'GET' && [`${PARTNER}/${path}`, `${PARTNER}/${path}/:id`].includes(route.path),
        )
        .map(({ policy }) => (policy?.kind === 'requires' ? policy.scope : undefined));
      expect(asked.length).toBeGreaterThan(0);
      expect(new Set(asked)).toEqual(new Set([readScope]));
    },
  );

  it.each(PATHS.map((resource) => [resource.path, resource] as const))(
    'is nothing else by way of %s',
    async (path, { readScope, relationships }) => {
      const [adasId] = await app.sql<{ id: string }>('select merchant_id as id from payment_links where id = $1', [
        adas['payment_links'],
      ]);
      const narrow = await app.partner(adasId?.id ?? '', { scopes: [readScope as Scope] });
      const id = adas[path] as string;
      const isListed = routes.some((route) => route.method === 'GET' && route.path === `${PARTNER}/${path}`);
      const wide: string[] = [];
      for (const { name, types, includable, links } of relationships) {
        const needed = types
          .map((type) => (RESOURCES as readonly Resource[]).find((each) => each.type === type)?.readScope)
          .filter((scope) => scope !== readScope);
        const addresses = [
          ...(includable === false ? [] : [`${path}/${id}?include=${name}`]),
          ...(includable === false || !isListed ? [] : [`${path}?include=${name}`]),
          ...(links === false ? [] : [`${path}/${id}/${name}`]),
        ];
        for (const address of addresses) {
          const answer = await narrow.get(address);
          const expected = needed.length === 0 ? 200 : 403;
          if (answer.status !== expected || (expected === 403 && answer.body.errors[0].code !== 'missing_scope'))
            wide.push(`${address}: ${answer.status}`);
          if ((await ada.get(address)).status >= 500) wide.push(`${address} fails`);
        }
      }
      expect(wide).toEqual([]);
    },
  );

  it('is refused before anything is done', async () => {
    const [adasId] = await app.sql<{ id: string }>('select merchant_id as id from payment_links where id = $1', [
      adas['payment_links'],
    ]);
    const narrow = await app.partner(adasId?.id ?? '', { scopes: ['links:write', 'links:read'] });
    const count = () => app.sql('select count(*)::int as n from payment_links');
    const before = await count();
    const answer = await narrow.create('payment_links?include=target', {
      amount: '5',
      currency: 'XLM',
      paymentType: 'Invoice',
      expires_at: IN_A_DAY,
    });
    expect([answer.status, answer.body.errors[0].detail]).toEqual([403, expect.stringContaining('invoices:read')]);
    expect(await count()).toEqual(before);
  });
});

describe('every collection', () => {
  /** The books are a file, and no document. */
  const lists = (): RoutePolicy[] =>
    routes.filter(({ method, path }) => method === 'GET' && !path.includes(':id') && !path.includes('/exports/'));

  it.each([
    ['an include that leaks (E03)', 'include=merchant.apiKeys', 'parameter_invalid'],
    [
      'an include without end (E13)',
      `include=${Array.from({ length: 50 }, () => 'payments').join('.')}`,
      'parameter_invalid',
    ],
    ['a filter that leaks (E03)', 'filter[merchant.id]=x', expect.stringMatching(/^parameter_/)],
    ['a sort that leaks (E03)', 'sort=secretDigest', 'sort_unsupported'],
    ['fields that leak (E04)', 'fields[users]=passwordHash', 'parameter_invalid'],
    ['a page without end (E12)', 'page[size]=1000000000', 'page_size_exceeded'],
    ['a page of nothing (E12)', 'page[size]=-1', 'parameter_invalid'],
    ['a numbered page (E12)', 'page[number]=1000000000000000', 'parameter_unknown'],
    ['a forged cursor (E12)', 'page[after]=AAAA', 'cursor_invalid'],
  ])('refuses %s', async (_what, query, code) => {
    for (const route of lists()) {
      const answer = await ada.get(`${below(route.path)}?${query}`);
      expect([route.path, answer.status, answer.body.errors?.map((error: { code: string }) => error.code)]).toEqual([
        route.path,
        400,
        expect.arrayContaining([code]),
      ]);
    }
  });

  it('never tells a digest, a secret or a cipher (E04, E23)', async () => {
    const bytes = [
      'select secret_digest from credentials',
      'select digest from sessions',
      'select secret from webhook_endpoints',
    ].join(' union all ');
    const kept = await app.sql<{ bytes: Buffer }>(`select * from (${bytes}) as k (bytes)`);
    const forms = kept.flatMap((row) =>
      (['hex', 'base64', 'base64url'] as const).map((form) => row.bytes.toString(form)),
    );
    expect(forms.length).toBeGreaterThan(6);
    for (const route of lists()) {
      const { status, text } = await ada.get(below(route.path));
      expect([route.path, status]).toEqual([route.path, 200]);
      expect(text).not.toMatch(/digest|"secret"|sk_test_[a-z2-7]{20}|cs_test_|whsec_/i);
      expect(forms.filter((form) => text.includes(form))).toEqual([]);
    }
  });

  it('takes no id (E10), no other type (E11) and no other media type (E21) for a new resource', async () => {
    for (const route of routes.filter(({ method, path }) => method === 'POST' && !path.includes(':id'))) {
      const [path, type] = [below(route.path), collectionOf(route)];
      expect([path, (await ada.send('POST', path, { data: { type, id: NOBODYS, attributes: {} } })).status]).toEqual([
        path,
        403,
      ]);
      expect([path, (await ada.send('POST', path, { data: { type: 'users', attributes: {} } })).status]).toEqual([
        path,
        409,
      ]);
      for (const media of ['application/json', 'text/plain', 'application/vnd.api+json; charset=utf-8']) {
        expect([
          path,
          media,
          (await ada.send('POST', path, { data: { type, attributes: {} } }, { 'content-type': media })).status,
        ]).toEqual([path, media, 415]);
      }
    }
  });

  it('refuses what only the server decides (E05) and names that reach prototypes (E06)', async () => {
    for (const route of routes.filter(({ method, path }) => method === 'POST' && !path.includes(':id'))) {
      const [path, type] = [below(route.path), collectionOf(route)];
      for (const name of ['merchantId', 'paidAt', 'amountReceived', 'approvedBy', 'usedCount', 'createdAt']) {
        const answer = await ada.send('POST', path, { data: { type, attributes: { [name]: 'x' } } });
        expect([
          path,
          name,
          answer.status,
          answer.body.errors.some(
            (error: { source?: { pointer?: string } }) => error.source?.pointer === `/data/attributes/${name}`,
          ),
        ]).toEqual([path, name, 422, true]);
      }
      for (const name of ['__proto__', 'constructor', 'prototype']) {
        expect(
          (await ada.send('POST', path, `{"data":{"type":"${type}","attributes":{"${name}":{"polluted":true}}}}`))
            .status,
        ).toBe(400);
      }
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('scopes', () => {
  it('of reading alone open no route that writes, and no scope opens a route of another (E19)', async () => {
    const [row] = await app.sql<{ id: string }>(`select merchant_id as id from payment_links where id = $1`, [
      adas['payment_links'],
    ]);
    const before = await app.sql(EVERYTHING);
    const wrong: string[] = [];
    const reader = await app.partner(row?.id as string, { scopes: SCOPES.filter((scope) => scope.endsWith(':read')) });
    for (const route of routes) {
      const { policy } = route;
      const id = adas[collectionOf(route)] ?? NOBODYS;
      if (policy?.kind !== 'requires') continue;
      if (route.method !== 'GET' && policy.scope.endsWith(':read'))
        wrong.push(`${route.method} ${route.path} writes with ${policy.scope}`);
      if (route.method === 'GET') continue;
      const answer = await ask(reader, route, filled(route, id), id);
      if (answer.status !== 403) wrong.push(`${route.method} ${route.path} with a reader's key: ${answer.status}`);
    }
    expect(wrong).toEqual([]);
    const [{ i: _i, j: keysBefore, ...restBefore } = { j: undefined }] = before as { i: unknown; j: unknown }[];
    const [{ i: _after, j: keysAfter, ...restAfter } = { j: undefined }] = (await app.sql(EVERYTHING)) as {
      i: unknown;
      j: unknown;
    }[];
    expect(restAfter).toEqual(restBefore);
    expect((keysAfter as unknown[]).length).toBe((keysBefore as unknown[]).length + 1);
  });
});
