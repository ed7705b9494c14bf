import { runCli } from '../../src/cli/run-cli';
import { Transactions } from '../../src/database/transactions';
import { type Env, readEnv } from '../../src/env';
import { MAX_PRODUCTS } from '../../src/products/products.service';
import type { Answer } from '../support/api-client';
import { TestApp } from '../support/app';
import { complaints, PartnerCaller } from '../support/partner-caller';

let app: TestApp;
let ada: PartnerCaller;
let bob: PartnerCaller;
beforeAll(async () => {
  app = await TestApp.start({ reconcile: false });
  const [first, second] = await Promise.all([app.merchant(), app.merchant()]);
  [ada, bob] = [PartnerCaller.bearer(app.url, first.token), PartnerCaller.bearer(app.url, second.token)];
});
afterAll(() => app.stop());

const NOBODYS = '01890000-0000-7000-8000-000000000000';
const TEE = { name: 'Tee', price: '19.90', currency: 'EUR' };

async function tee(more: Record<string, unknown> = {}, client = ada): Promise<Answer['body']> {
  const answer = await client.create('products', '/products', { attributes: { ...TEE, ...more } });
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
  return answer.body.data;
}

async function rate(more: Record<string, unknown> = {}, client = ada): Promise<Answer['body']> {
  return (await client.create('taxRates', '/tax_rates', { attributes: { name: 'VAT', percentage: '19', ...more } }))
    .body.data;
}

async function customer(more: Record<string, unknown> = {}, client = ada): Promise<Answer['body']> {
  return (
    await client.create('customers', '/customers', {
      attributes: { name: 'Grace', email: `grace-${Math.random()}@example.com`, address: '1 Main St', ...more },
    })
  ).body.data;
}

describe('products', () => {
  it('are made, read, changed, listed and taken away', async () => {
    const made = await ada.create('products', '/products', {
      attributes: { ...TEE, sku: 'T-1', description: 'Cotton', metadata: { size: 'M' } },
    });
    expect(made.status).toBe(201);
    const { id } = made.body.data;
    expect(made.headers.get('location')).toBe(`${app.url}/api/public/v1/products/${id}`);
    expect(made.headers.get('etag')).toBe('"1"');
    expect(made.body.data.attributes).toEqual({
      name: 'Tee',
      description: 'Cotton',
      sku: 'T-1',
      price: '19.90',
      currency: 'EUR',
      status: 'active',
      metadata: { size: 'M' },
      createdAt: expect.stringMatching(/\.\d{3}Z$/),
      updatedAt: expect.any(String),
    });
    expect(made.body.data.relationships.taxRate.data).toBeNull();
    const changed = await ada.update('products', `/products/${id}`, {
      attributes: { price: '20', description: null, status: 'archived' },
    });
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"2"']);
    expect(changed.body.data.attributes).toMatchObject({
      name: 'Tee',
      price: '20.00',
      description: null,
      sku: 'T-1',
      status: 'archived',
    });
    expect((await ada.get(`/products/${id}`)).body.data).toEqual(changed.body.data);
    expect(
      (await ada.get('/products?filter[sku]=T-1&filter[status]=archived')).body.data.map(
        (each: { id: string }) => each.id,
      ),
    ).toEqual([id]);
    expect((await ada.get('/products?filter[sku]=T-1&filter[status]=active')).body.data).toEqual([]);
    expect((await ada.delete(`/products/${id}`)).status).toBe(204);
    expect((await ada.get(`/products/${id}`)).status).toBe(404);
  });

  it('are as many as a catalog may have and no more, however many come at once', async () => {
    const eve = PartnerCaller.bearer(app.url, (await app.merchant()).token);
    const { id } = await tee({}, eve);
    await app.sql(
      `insert into products select p.merchant_id, gen_random_uuid(), p.name, null, null, p.price, p.currency, null, 'active', '{}', p.version, now(), now() from products p, generate_series(1, $2) where p.id = $1`,
      [id, MAX_PRODUCTS - 2],
    );
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => eve.create('products', '/products', { attributes: TEE })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201, 409, 409, 409, 409, 409, 409, 409,
    ]);
    expect(complaints(answers.find(({ status }) => status === 409) as Answer)).toEqual(['product_limit_reached']);
    expect((await eve.delete(`/products/${id}`)).status).toBe(204);
    await tee({}, eve);
  });

  it('are paged in both directions without loss', async () => {
    const { client } = { client: PartnerCaller.bearer(app.url, (await app.merchant()).token) };
    const ids: string[] = [];
    for (let at = 0; at < 5; at += 1) ids.push((await tee({ name: `P${at}` }, client)).id);
    const seen: string[] = [];
    let path: string | null = '/products?page[size]=2';
    let last = '';
    while (path !== null) {
      last = path;
      const { body }: Answer = await client.get(path);
      seen.push(...body.data.map((each: { id: string }) => each.id));
      path = body.links.next === null ? null : (String(body.links.next).split('/v1')[1] ?? null);
    }
    expect(seen).toEqual(ids.toReversed());
    const back = String((await client.get(last)).body.links.prev).split('/v1')[1] ?? '';
    expect((await client.get(back)).body.data.map((each: { id: string }) => each.id)).toEqual(
      ids.toReversed().slice(2, 4),
    );
  });

  it('have a tax rate that can be included, fetched and changed', async () => {
    const { id: taxRateId } = await rate();
    const relationships = { taxRate: { data: { type: 'tax_rates', id: taxRateId } } };
    const made = await ada.create('products', '/products?include=taxRate', { attributes: TEE, relationships });
    expect([made.status, made.body.included[0].attributes.percentage]).toEqual([201, '19']);
    const { id } = made.body.data;
    expect((await ada.get(`/products/${id}/taxRate`)).body.data.id).toBe(taxRateId);
    expect((await ada.get(`/products/${id}/relationships/taxRate`)).body.data).toEqual({
      type: 'taxRates',
      id: taxRateId,
    });
    expect((await ada.get('/products?include=taxRate')).body.included).toHaveLength(1);
    expect((await ada.delete(`/tax_rates/${taxRateId}`)).status).toBe(409);
    expect((await ada.send('PATCH', `/products/${id}/relationships/taxRate`, { data: null })).status).toBe(204);
    expect((await ada.get(`/products/${id}/taxRate`)).body.data).toBeNull();
    expect((await ada.delete(`/tax_rates/${taxRateId}`)).status).toBe(204);
  });

  it.each([
    [{ price: '0' }, 'attributes_invalid /data/attributes/price'],
    [{ price: '-1' }, 'attributes_invalid /data/attributes/price'],
    [{ price: '1e3' }, 'attributes_invalid /data/attributes/price'],
    [{ price: '19.901' }, 'amount_too_precise /data/attributes/price'],
    [{ price: '1.5', currency: 'JPY' }, 'amount_too_precise /data/attributes/price'],
    [{ currency: 'ZZZ' }, 'currency_unsupported /data/attributes/currency'],
    [{ currency: 'BTC' }, 'currency_unsupported /data/attributes/currency'],
    [{ name: null }, 'attributes_invalid /data/attributes/name'],
    [{ metadata: { a: 1 } }, 'attributes_invalid /data/attributes/metadata'],
    [
      { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`k${at}`, 'v'])) },
      'attributes_invalid /data/attributes/metadata',
    ],
  ])('refuse %j with a pointer', async (more, complaint) => {
    const answer = await ada.create('products', '/products', { attributes: { ...TEE, ...more } });
    expect([answer.status, complaints(answer)]).toEqual([422, [complaint]]);
  });

  it('cannot be told in a currency that their price does not fit', async () => {
    const { id } = await tee();
    const answer = await ada.update('products', `/products/${id}`, { attributes: { currency: 'JPY' } });
    expect([answer.status, complaints(answer)]).toEqual([422, [expect.stringContaining('amount_too_precise')]]);
    expect(
      (await ada.update('products', `/products/${id}`, { attributes: { currency: 'USDC' } })).body.data.attributes
        .price,
    ).toBe('19.9');
  });

  it('have a SKU of their own, however many ask for it at once (B15)', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => ada.create('products', '/products', { attributes: { ...TEE, sku: 'RACE' } })),
    );
    const statuses = Map.groupBy(answers, ({ status }) => status);
    expect([statuses.get(201)?.length, statuses.get(422)?.length]).toEqual([1, 59]);
    for (const answer of statuses.get(422) ?? [])
      expect(complaints(answer)).toEqual(['product_sku_taken /data/attributes/sku']);
    expect((await bob.create('products', '/products', { attributes: { ...TEE, sku: 'RACE' } })).status).toBe(201);
  });
});

describe('tax rates', () => {
  it('have at most four decimals, contain the tax or add it, and are archived', async () => {
    const made = await ada.create('taxRates', '/tax_rates', {
      attributes: { name: 'Sales', percentage: '7.7', inclusive: true },
    });
    expect(made.body.data.attributes).toMatchObject({
      name: 'Sales',
      percentage: '7.7',
      inclusive: true,
      status: 'active',
      description: null,
    });
    const changed = await ada.update('taxRates', `/tax_rates/${made.body.data.id}`, {
      attributes: { percentage: '8.1234', status: 'archived' },
    });
    expect(changed.body.data.attributes).toMatchObject({ percentage: '8.1234', inclusive: true, status: 'archived' });
  });

  it.each(['100.0001', '-1', '1.23456', 19, '1e1', ['19'], null])('refuse the percentage %j', async (percentage) => {
    const answer = await ada.create('taxRates', '/tax_rates', { attributes: { name: 'X', percentage } });
    expect([answer.status, complaints(answer)]).toEqual([422, ['attributes_invalid /data/attributes/percentage']]);
  });
});

describe('customers', () => {
  it('are one per address, whatever its case', async () => {
    await customer({ email: 'Linus@example.com' });
    const answer = await ada.create('customers', '/customers', {
      attributes: { name: 'L', email: 'linus@EXAMPLE.com' },
    });
    expect([answer.status, complaints(answer)]).toEqual([422, ['customer_email_taken /data/attributes/email']]);
    expect((await ada.get('/customers?filter[email]=LINUS@example.com')).body.data).toHaveLength(1);
  });

  it('are erased without a trace of who they were, and without touching the books', async () => {
    const { id } = await customer({
      name: 'Ada Secret',
      email: 'erase.me@example.com',
      company: 'Hidden Ltd',
      address: '7 Private Road',
    });
    await ada.update('customers', `/customers/${id}`, { attributes: { address: '8 Private Road' } });
    const before = await app.sql(
      'select (select count(*) from invoices) as invoices, (select count(*) from events) as events',
    );
    const erased = await ada.command(`/customers/${id}/erasure`);
    expect([erased.status, erased.body.data.attributes]).toEqual([
      200,
      {
        name: 'Erased',
        email: null,
        company: null,
        address: null,
        isFavorite: false,
        erasedAt: expect.any(String),
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
      },
    ]);
    expect(
      await app.sql('select (select count(*) from invoices) as invoices, (select count(*) from events) as events'),
    ).toEqual(before);
    expect((await ada.command(`/customers/${id}/erasure`)).status).toBe(200);
    const refused = await ada.update('customers', `/customers/${id}`, { attributes: { email: 'again@example.com' } });
    expect([refused.status, complaints(refused)]).toEqual([409, ['customer_erased']]);
    const [left] = await app.sql<{ text: string }>(
      `select concat((select jsonb_agg(c) from customers c), (select jsonb_agg(a) from audit_entries a), (select jsonb_agg(e) from events e)) as text`,
    );
    for (const word of ['Ada Secret', 'erase.me', 'Hidden Ltd', 'Private Road']) expect(left?.text).not.toContain(word);
  });

  it('are the wallet API its clients, but for the erased ones', async () => {
    const { token, client } = await app.merchant();
    const partner = PartnerCaller.bearer(app.url, token);
    const [{ id: kept }, { id: erased }] = [
      await customer({ email: 'kept@example.com' }, partner),
      await customer({ email: 'gone@example.com' }, partner),
    ];
    await partner.command(`/customers/${erased}/erasure`);
    const { body } = await client.get('/api/clients');
    expect([body.total, body.clients.map((each: { id: string }) => each.id)]).toEqual([1, [kept]]);
    expect((await client.patch(`/api/clients/${erased}/favorite`, { isFavorite: true })).status).toBe(404);
  });
});

describe('versions', () => {
  const THINGS: readonly (readonly [
    string,
    string,
    () => Promise<{ id: string }>,
    Record<string, unknown>,
    Record<string, unknown>,
  ])[] = [
    ['products', '/products', tee, { price: '21.00' }, { price: '22.00' }],
    ['taxRates', '/tax_rates', rate, { name: 'One' }, { name: 'Two' }],
    ['customers', '/customers', customer, { name: 'One' }, { name: 'Two' }],
  ];

  it.each(THINGS)('of %s keep the second of two changes from being lost (B14)', async (type, path, make, one, two) => {
    const { id } = await make();
    const { headers } = await ada.get(`${path}/${id}`);
    const match = { 'if-match': headers.get('etag') ?? '' };
    expect((await ada.get(`${path}/${id}`, { 'if-none-match': match['if-match'] })).status).toBe(304);
    const answers = await Promise.all(
      [one, two].map((attributes) => ada.update(type, `${path}/${id}`, { attributes }, match)),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412]);
    const winner = answers.find(({ status }) => status === 200);
    expect((await ada.get(`${path}/${id}`)).body.data).toEqual(winner?.body.data);
    expect((await ada.delete(`${path}/${id}`, match)).status).toBe(412);
    expect((await ada.delete(`${path}/${id}`, { 'if-match': winner?.headers.get('etag') ?? '' })).status).toBe(204);
  });

  it('stay where nothing was changed', async () => {
    const { id } = await tee();
    expect((await ada.update('products', `/products/${id}`, { attributes: TEE })).headers.get('etag')).toBe('"1"');
    expect(
      (await ada.get(`/audit_log?filter[subjectId]=${id}`)).body.data.map(
        (each: Answer['body']) => each.attributes.action,
      ),
    ).toEqual(['product.created']);
  });
});

describe('what belongs to another merchant', () => {
  it('is, byte for byte, what nobody has, and stays as it is (E01)', async () => {
    const things = {
      products: (await tee({ metadata: { a: 'b' } })).id,
      tax_rates: (await rate()).id,
      customers: (await customer()).id,
      audit_log: (await ada.get('/audit_log')).body.data[0].id,
    };
    const types: Record<string, string> = {
      products: 'products',
      tax_rates: 'taxRates',
      customers: 'customers',
      audit_log: 'auditEntries',
    };
    const state = (): Promise<unknown> =>
      app.sql(
        'select (select jsonb_agg(p order by id) from products p) as p, (select jsonb_agg(t order by id) from tax_rates t) as t, (select jsonb_agg(c order by id) from customers c) as c, (select count(*) from audit_entries) as a',
      );
    const before = await state();
    const stable = ({ status, body }: Answer, id: string): string =>
      `${status} ${JSON.stringify(body)
        .replaceAll(/"id":"[^"]+"/g, '')
        .replaceAll(id, 'ID')}`;
    for (const [path, id] of Object.entries(things)) {
      const tries = (at: string): Promise<Answer>[] => [
        bob.get(`/${path}/${at}`),
        ...(path === 'audit_log'
          ? []
          : [
              bob.update(types[path] as string, `/${path}/${at}`, { attributes: { name: 'stolen' } }),
              bob.delete(`/${path}/${at}`),
            ]),
        ...(path === 'products'
          ? [
              bob.get(`/products/${at}/taxRate`),
              bob.get(`/products/${at}/relationships/taxRate`),
              bob.send('PATCH', `/products/${at}/relationships/taxRate`, { data: null }),
            ]
          : []),
        ...(path === 'customers' ? [bob.command(`/customers/${at}/erasure`)] : []),
      ];
      const [foreign, nobodys] = [await Promise.all(tries(id)), await Promise.all(tries(NOBODYS))];
      expect(foreign.map((answer) => stable(answer, id))).toEqual(nobodys.map((answer) => stable(answer, NOBODYS)));
      expect(foreign.map(({ status }) => status).every((status) => status === 404)).toBe(true);
    }
    expect(await state()).toEqual(before);
  });

  it('cannot be related to (E02)', async () => {
    const { id: taxRateId } = await rate();
    const taxRate = { data: { type: 'taxRates', id: taxRateId } };
    const { id } = await tee({}, bob);
    const answers = [
      await bob.create('products', '/products', { attributes: TEE, relationships: { taxRate } }),
      await bob.update('products', `/products/${id}`, { relationships: { taxRate } }),
      await bob.send('PATCH', `/products/${id}/relationships/taxRate`, taxRate),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(complaints(answers[0] as Answer)).toEqual([
      'related_resource_not_found /data/relationships/taxRate/data/id',
    ]);
    expect((await bob.get(`/products/${id}`)).body.data.relationships.taxRate.data).toBeNull();
  });

  it.each([
    '/products?include=merchant',
    '/products?include=taxRate.merchant.apiKeys',
    '/products?filter[merchantId]=x',
    '/products?filter[merchant.id]=x',
    '/products?sort=secretHash',
    '/products?sort=merchantId',
    '/products?fields[products]=merchantId,passwordHash',
    '/products?fields[users]=passwordHash',
    '/api_keys?fields[apiKeys]=secretDigest',
    '/api_keys?sort=secretDigest',
    '/customers?a[__proto__][x]=1',
    '/products?page[size]=101',
    '/products?page[after]=x',
    '/products/not-there?nonsense=1',
  ])('nor asked for by %s (E03, E04)', async (path) => {
    expect((await ada.get(path)).status).toBe(400);
  });
});

describe('a body', () => {
  it.each([
    'status',
    'id',
    'merchantId',
    'createdAt',
    'version_at',
    'paidAt',
    'amountReceived',
    'usedCount',
    'approvedBy',
    'taxRateId',
  ])('that sets %s is refused, not ignored (E05)', async (member) => {
    const answer = await ada.create('products', '/products', { attributes: { ...TEE, [member]: 'PAID' } });
    expect([answer.status, complaints(answer)]).toEqual([422, [`attributes_invalid /data/attributes/${member}`]]);
  });

  it.each([
    '{"data":{"type":"products","attributes":{"name":"x","price":"1","currency":"EUR","__proto__":{"polluted":true}}}}',
    '{"data":{"type":"products","attributes":{"name":"x","price":"1","currency":"EUR","metadata":{"constructor":{"prototype":{"polluted":true}}}}}}',
  ])('that reaches for a prototype is refused (E06)', async (text) => {
    expect((await ada.send('POST', '/products', text)).status).toBe(400);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('with a member twice means the last one, and says so in its answer (E07)', async () => {
    const answer = await ada.send(
      'POST',
      '/products',
      '{"data":{"type":"products","attributes":{"name":"x","currency":"EUR","price":"1","price":"999"}}}',
    );
    expect([answer.status, answer.body.data.attributes.price]).toEqual([201, '999.00']);
  });

  it.each([
    { price: ['100'] },
    { price: 100 },
    { price: true },
    { price: { $ne: '1' } },
    { name: ['x'] },
    { name: { $gt: '' } },
    { sku: 1 },
    { currency: [] },
    { metadata: [] },
    { metadata: 'x' },
  ])('with the wrong types in %j is refused (E08)', async (more) => {
    const answer = await ada.create('products', '/products', { attributes: { ...TEE, ...more } });
    expect([answer.status, complaints(answer)]).toEqual([
      422,
      [`attributes_invalid /data/attributes/${Object.keys(more)[0]}`],
    ]);
  });

  it.each(['%00', 'null', 'undefined', '%20', '0', "' or '1'='1", '*'])(
    'never reaches "the first row" by the id %s (E09)',
    async (id) => {
      const status = (await ada.get(`/products/${encodeURIComponent(decodeURIComponent(id))}`)).status;
      expect([400, 404]).toContain(status);
      expect([400, 404]).toContain(
        (await ada.delete(`/products/${encodeURIComponent(decodeURIComponent(id))}`)).status,
      );
    },
  );

  it.each([null, '', 1, NOBODYS])('with the id %j of its own choice is refused (E10)', async (id) => {
    const answer = await ada.send('POST', '/products', { data: { type: 'products', id, attributes: TEE } });
    expect([answer.status, complaints(answer)]).toEqual([403, ['client_id_refused /data/id']]);
  });

  it.each(['users', 'taxRates', 'PRODUCTS'])('of the type %s does not belong here (E11)', async (type) => {
    const answer = await ada.create(type, '/products', { attributes: TEE });
    expect([answer.status, complaints(answer)]).toEqual([409, ['resource_type_conflict /data/type']]);
  });
});

describe('the audit log', () => {
  it('tells who changed what, from what to what, newest first, and verifies', async () => {
    const { wallet, token } = await app.merchant();
    const partner = PartnerCaller.bearer(app.url, token);
    const { id } = await tee({}, partner);
    await partner.update(
      'products',
      `/products/${id}`,
      { attributes: { price: '25.00' } },
      { 'x-request-id': 'change-1' },
    );
    await partner.delete(`/products/${id}`);
    const { body } = await partner.get('/audit_log');
    expect(body.data.map((each: Answer['body']) => each.attributes)).toMatchObject([
      { sequence: 3, action: 'product.deleted', after: null },
      {
        sequence: 2,
        action: 'product.updated',
        actor: `wallet:${wallet.address}`,
        subjectType: 'product',
        subjectId: id,
        before: { price: '19.90' },
        after: { price: '25.00' },
        requestId: 'change-1',
      },
      { sequence: 1, action: 'product.created', before: null, previousHash: '0'.repeat(64) },
    ]);
    expect(body.data[0].attributes.previousHash).toBe(body.data[1].attributes.hash);
    expect((await partner.get('/audit_log?filter[action]=product.updated&page[size]=1')).body.data).toHaveLength(1);
    for (const method of ['POST', 'PATCH', 'DELETE'])
      expect([404, 405]).toContain(
        (await partner.send(method, `/audit_log/${body.data[0].id}`, method === 'DELETE' ? undefined : { data: null }))
          .status,
      );
  });

  it('is checked by the operator, who is told which entry was changed (H29)', async () => {
    const { token } = await app.merchant();
    const partner = PartnerCaller.bearer(app.url, token);
    const { id } = await tee({}, partner);
    const merchantId = (await partner.get('/merchants/me')).body.data.id as string;
    const env = (): Env =>
      readEnv({ NODE_ENV: 'test', NETWORKS: 'sandbox', DATA_DIR: app.env.dataDir, DATABASE_URL: app.databaseUrl });
    expect(JSON.parse(await runCli(['audit-log', 'verify', '--json'], env))).toContainEqual({
      merchant: merchantId,
      entries: '1',
      head: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    await app.get(Transactions).run(async () => {
      await app.sql('set local session_replication_role = replica');
      await app.sql(`update audit_entries set actor = 'nobody' where subject_id = $1`, [id]);
    });
    await expect(runCli(['audit-log', 'verify', '--merchant', merchantId], env)).rejects.toThrow(
      `merchant ${merchantId} has been tampered with: entry 1`,
    );
    await expect(runCli(['audit-log', 'verify'], env)).rejects.toThrow('entry 1');
  });

  it('says nothing of what was refused', async () => {
    const before = await app.sql('select count(*) from audit_entries');
    await ada.create('products', '/products', { attributes: { ...TEE, currency: 'ZZZ' } });
    await ada.create('products', '/products', { attributes: { ...TEE, sku: 'RACE' } });
    expect(await app.sql('select count(*) from audit_entries')).toEqual(before);
  });
});
