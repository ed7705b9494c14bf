import { parseInclude } from '../../../src/jsonapi/include-tree';
import type { Json } from '../../support/api-client';
import { payments, resources } from './mini-resources';
import { miniServer } from './mini-server';

describe('fetching', () => {
  const { app, client } = miniServer();

  const parameterOf = async (path: string) => {
    const { status, body } = await client.get(path);
    return [status, body.errors?.[0].source?.parameter] as const;
  };
  const ids = (body: Json): string[] => body.data.map(({ id }: { id: string }) => id);

  it('R52: every link of every document answers GET', async () => {
    const seen = new Set<string>();
    const queue = [`${app.url}/payments?include=customer,refunds,labels,payout&page[size]=7`];
    for (let url = queue.pop(); url !== undefined && seen.size < 400; url = queue.pop()) {
      if (seen.has(url)) continue;
      seen.add(url);
      const reply = await client.get(url);
      expect([url, reply.status]).toEqual([url, 200]);
      queue.push(...linksOf(reply.body));
    }
    expect(seen.size).toBeGreaterThan(100);
  });

  it('R53: a fetch is 200 with array, object or null', async () => {
    for (const [path, shape] of [
      ['/payments', 'array'],
      ['/payments/p01', 'object'],
      ['/payments/p05/customer', 'null'],
      ['/payments/p05/refunds', 'array'],
    ] as const) {
      const { status, body } = await client.get(path);
      expect([status, Array.isArray(body.data) ? 'array' : body.data === null ? 'null' : typeof body.data]).toEqual([
        200,
        shape,
      ]);
    }
  });

  it('R54: an empty to-one related address is 200 with null', async () => {
    const { status, body } = await client.get('/payments/p03/payout');
    expect([status, body.data]).toEqual([200, null]);
    expect((await client.get('/payments/p02/payout')).body.data.type).toBe('payouts');
  });

  it('R55: a missing resource is 404, whatever its id looks like', async () => {
    const answers = await Promise.all(
      ['/payments/p99', '/payments/%F0%9F%92%A9', "/payments/'--"].map((path) => client.get(path)),
    );
    for (const { status, body } of answers)
      expect([status, body.errors[0].code, body.errors[0].detail]).toEqual([
        404,
        'resource_not_found',
        'The resource does not exist',
      ]);
  });

  it('R56: a relationship address answers with linkage', async () => {
    const { status, body } = await client.get('/payments/p01/relationships/labels');
    expect([status, body.data]).toEqual([
      200,
      [
        { type: 'labels', id: 'l1' },
        { type: 'labels', id: 'l2' },
      ],
    ]);
    expect(body.links).toEqual({
      self: `${app.url}/payments/p01/relationships/labels`,
      related: `${app.url}/payments/p01/labels`,
    });
  });

  it('R57: an empty relationship is 200', async () => {
    const data = async (name: string) => (await client.get(`/payments/p05/relationships/${name}`)).body.data as unknown;
    expect([await data('customer'), await data('labels'), await data('refunds')]).toEqual([null, [], []]);
  });

  it.each([
    '/payments/none/relationships/customer',
    '/payments/p01/relationships/strange',
    '/payments/p01/strange',
    '/payments/p01/auditTrail',
    '/payments/p01/__proto__',
  ])('R58: %s is 404', async (path) => {
    expect((await client.get(path)).status).toBe(404);
  });

  it('R59: HEAD is GET without a body, 304 knows the ETag, 405 tells what is allowed', async () => {
    const [head, get] = [await client.send('HEAD', '/payments/p01'), await client.get('/payments/p01')];
    expect([head.status, head.text, head.headers.get('content-type'), head.headers.get('content-length')]).toEqual([
      200,
      '',
      'application/vnd.api+json',
      get.headers.get('content-length'),
    ]);
    const etag = (await client.get('/webhook_endpoints/e1')).headers.get('etag') as string;
    const again = await client.get('/webhook_endpoints/e1', { 'if-none-match': `"x", W/${etag}` });
    expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
    for (const method of ['PUT', 'OPTIONS']) {
      const refused = await client.send(method, '/payments/p01');
      expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'DELETE, GET, HEAD, PATCH']);
    }
  });

  it('R60: include where there is nothing to include is 400', async () => {
    expect(await parameterOf('/webhook_endpoints/e1?include=owner')).toEqual([400, 'include']);
    expect(await parameterOf('/webhook_endpoints/e1?include=')).toEqual([400, 'include']);
  });

  it('R61: included is there even when empty', async () => {
    expect((await client.get('/payments/p05?include=refunds')).body.included).toEqual([]);
  });

  it('R62: only what was asked for, and nothing for an empty value', async () => {
    expect((await client.get('/payments/p01?include=')).body.included).toEqual([]);
    expect((await client.get('/payments/p01')).body).not.toHaveProperty('included');
    expect((await client.get('/payments/p01?include=refunds')).body.included.map(({ type }: Json) => type)).toEqual([
      'refunds',
      'refunds',
    ]);
  });

  it.each(['strange', 'customer.strange', 'auditTrail', 'customer,strange', ',', 'Customer', 'customer.', '__proto__'])(
    'R63: the path "%s" is 400',
    async (path) => {
      expect(await parameterOf(`/payments?include=${encodeURIComponent(path)}`)).toEqual([400, 'include']);
    },
  );

  it('R64: the resources between are included too', async () => {
    const { included } = (await client.get('/refunds/r3?include=payment.customer')).body;
    expect(included.map(({ type, id }: Json) => `${type} ${id}`)).toEqual(['payments p02', 'customers c2']);
  });

  it('R65: include and fields are honoured everywhere or refused', async () => {
    const related = await client.get('/payments/p01/customer?include=payments&fields[customers]=name');
    expect([related.body.included.length > 0, related.body.data.attributes]).toEqual([true, { name: 'Ada' }]);
    const linkage = await client.get('/payments/p01/relationships/customer?include=customer&fields[customers]=email');
    expect(linkage.body.included).toMatchObject([{ type: 'customers', attributes: { email: null } }]);
    const created = await client.post('/payments?include=customer&fields[payments]=customer', {
      data: {
        type: 'payments',
        attributes: { amount: '1' },
        relationships: { customer: { data: { type: 'customers', id: 'c1' } } },
      },
    });
    expect([created.status, created.body.included[0].id, created.body.data.attributes]).toEqual([201, 'c1', undefined]);
    expect(
      (await client.patch('/payments/p03?include=customer', { data: { type: 'payments', id: 'p03' } })).body.included,
    ).toHaveLength(1);
    expect((await client.send('DELETE', '/payments/p03?include=customer')).status).toBe(400);
    expect(await parameterOf('/payments?include=customer.payments.customer')).toEqual([400, 'include']);
    expect(await parameterOf(`/payments?include=${Array.from({ length: 50 }, () => 'customer').join('.')}`)).toEqual([
      400,
      'include',
    ]);
    expect(
      await parameterOf('/payments?include=customer,refunds,labels,payout,customer.payments,customer.lastPayment'),
    ).toEqual([400, 'include']);
  });

  it('costs one call per type and level, never one per row', async () => {
    app.store.calls.length = 0;
    await client.get('/payments?sort=createdAt&page[size]=20&include=customer.lastPayment,refunds');
    expect(app.store.calls.map((call) => call.split(' ')[0])).toEqual(['customers', 'payments.refunds']);
    app.store.calls.length = 0;
    await client.get('/payments/p02?include=customer.payments,refunds.payment');
    expect(app.store.calls.map((call) => call.split(' ')[0])).toEqual([
      'customers',
      'customers.payments',
      'payments.refunds',
    ]);
  });

  it('asks for the relatives of a row once, whatever path led to it', async () => {
    app.store.calls.length = 0;
    const { body } = await client.get('/customers/c1?include=payments.refunds,lastPayment.refunds');
    expect(app.store.calls.map((call) => call.split(' ')[0])).toEqual(['customers.payments', 'payments.refunds']);
    expect(body.included.filter(({ type }: Json) => type === 'refunds').map(({ id }: Json) => id)).toEqual([
      'r1',
      'r2',
    ]);
  });

  it('R66: a fieldset names attributes and relationships together', async () => {
    const { data } = (await client.get('/payments/p01?fields[payments]=amount,customer')).body;
    expect([Object.keys(data), data.attributes, Object.keys(data.relationships)]).toEqual([
      ['type', 'id', 'attributes', 'relationships', 'links'],
      { amount: '1.00' },
      ['customer'],
    ]);
  });

  it('R67: an empty fieldset leaves nothing', async () => {
    const { data } = (await client.get('/payments/p01?fields[payments]=')).body;
    expect(data).toEqual({ type: 'payments', id: 'p01', links: { self: `${app.url}/payments/p01` } });
  });

  it('R68: per type, for primary and included, and for answers to changes', async () => {
    const { body } = await client.get('/payments/p01?include=customer&fields[customers]=name&fields[payments]=amount');
    expect([body.included[0].attributes, body.included[0].relationships, body.data.attributes]).toEqual([
      { name: 'Ada' },
      undefined,
      { amount: '1.00' },
    ]);
    const changed = await client.patch('/payments/p01?fields[payments]=note', {
      data: { type: 'payments', id: 'p01', attributes: { note: 'n' } },
    });
    expect(changed.body.data.attributes).toEqual({ note: 'n' });
  });

  it.each([
    'fields[strange]=a',
    'fields[payments]=secret',
    'fields[payments]=amount,,note',
    'fields[payments]=Amount',
    'fields[payments][x]=amount',
  ])('R69: %s is 400', async (query) => {
    expect(await parameterOf(`/payments?${query}`)).toEqual([400, query.split('=')[0]]);
  });

  it('R69: fields without a type is 400, and a type in its other spelling is known', async () => {
    expect(await parameterOf('/payments?fields=amount')).toEqual([400, 'fields']);
    expect((await client.get('/webhook_endpoints/e1?fields[webhook_endpoints]=')).body.data).not.toHaveProperty(
      'attributes',
    );
  });

  it('R70: brackets may be raw or percent-encoded', async () => {
    const [plain, encoded] = [
      await client.get('/payments?page[size]=2'),
      await client.get('/payments?page%5Bsize%5D=2'),
    ];
    expect([plain.body.data.length, plain.body.data]).toEqual([2, encoded.body.data]);
  });

  it.each(['secret', '-strange', 'createdAt,secret', '', 'createdAt,-createdAt', '+createdAt'])(
    'R71: sorting by "%s" is 400',
    async (sort) => {
      expect(await parameterOf(`/payments?sort=${encodeURIComponent(sort)}`)).toEqual([400, 'sort']);
    },
  );

  it('R71: sorting where there is no order is 400', async () => {
    const { status, body } = await client.get('/payments/p01?sort=amount');
    expect([status, body.errors[0].code, body.errors[0].source]).toEqual([
      400,
      'sort_unsupported',
      { parameter: 'sort' },
    ]);
  });

  it('R72: ascending, descending, several fields, and newest first by itself', async () => {
    const rows = [...app.store.payments.values()];
    const by = (...keys: ((a: (typeof rows)[0], b: (typeof rows)[0]) => number)[]) =>
      rows.toSorted((a, b) => keys.reduce((found, key) => found || key(a, b), 0)).map(({ id }) => id);
    const [time, amount, id] = [
      (a: Json, b: Json) => a.createdAt - b.createdAt,
      (a: Json, b: Json) => Number(a.amount) - Number(b.amount),
      (a: Json, b: Json) => (a.id < b.id ? -1 : 1),
    ];
    const sorted = async (query: string) => ids((await client.get(`/payments?page[size]=50${query}`)).body);
    expect(await sorted('&sort=createdAt')).toEqual(by(time, id));
    expect(await sorted('&sort=createdAt,-amount')).toEqual(by(time, (a, b) => -amount(a, b)));
    expect(await sorted('')).toEqual(
      by(
        (a, b) => -time(a, b),
        (a, b) => -id(a, b),
      ),
    );
  });

  it('R73: pagination links keep every other parameter', async () => {
    const { links } = (
      await client.get(
        '/payments?filter[status]=pending&sort=amount&include=customer&fields[customers]=name&page[size]=2',
      )
    ).body;
    const next = new URL(links.next);
    expect(Object.fromEntries([...next.searchParams].filter(([name]) => name !== 'page[after]'))).toEqual({
      'filter[status]': 'pending',
      sort: 'amount',
      include: 'customer',
      'fields[customers]': 'name',
      'page[size]': '2',
    });
    expect(links.prev).toBeNull();
  });

  it('R74: next follows the order, and only page parameters page', async () => {
    const first = await client.get('/payments?sort=amount&page[size]=2');
    const second = await client.get(first.body.links.next);
    expect([...ids(first.body), ...ids(second.body)]).toEqual(
      ids((await client.get('/payments?sort=amount&page[size]=4')).body),
    );
    for (const name of ['limit', 'offset', 'page', 'cursor', 'page[number]', 'page[offset]'])
      expect(await parameterOf(`/payments?${name}=1`)).toEqual([400, name]);
  });

  it('R75: filters are AND, their values OR', async () => {
    const { data } = (await client.get('/payments?page[size]=50&filter[customer]=c1,c2&filter[status]=completed')).body;
    expect(data.length).toBeGreaterThan(3);
    expect(
      data.every(
        ({ attributes, relationships }: Json) =>
          attributes.status === 'completed' && relationships.customer.data !== null,
      ),
    ).toBe(true);
    const range = (
      await client.get(
        '/payments?filter[createdAt][from]=2026-01-01T00:00:02.000Z&filter[createdAt][to]=2026-01-01T00:00:03.000Z',
      )
    ).body;
    expect(ids(range)).toEqual(['p08', 'p07', 'p06']);
  });

  it('R76: the three spellings of a list are one', async () => {
    const [first, ...others] = [
      'filter[customer]=c1,c2',
      'filter[customer]=c1&filter[customer]=c2',
      'filter[customer][]=c1&filter[customer][]=c2',
    ];
    const both = ids((await client.get(`/payments?sort=amount&${first}`)).body);
    expect(both.length).toBeGreaterThan(3);
    for (const query of others) expect(ids((await client.get(`/payments?sort=amount&${query}`)).body)).toEqual(both);
    for (const query of [
      'filter[reference]=ref-p01&filter[reference]=ref-p02',
      'filter[reference][]=ref-p01&filter[reference][]=ref-p02',
    ])
      expect(ids((await client.get(`/payments?sort=amount&${query}`)).body)).toEqual(['p01', 'p02']);
    expect(ids((await client.get('/payments?filter[reference]=ref-p01,ref-p02')).body)).toEqual([]);
    for (const name of ['page[size]', 'sort', 'include', 'fields[payments]'])
      expect(await parameterOf(`/payments?${name}=1&${name}=1`)).toEqual([400, name]);
  });

  it.each([
    ['filter[status]=', 'filter[status]'],
    ['filter[status]=paid', 'filter[status]'],
    ['filter[createdAt][from]=yesterday', 'filter[createdAt][from]'],
    ['filter[createdAt]=2026', 'filter[createdAt]'],
    ['filter[status][from]=x', 'filter[status][from]'],
    ['filter[secret]=leaks', 'filter[secret]'],
    ['filter=x', 'filter'],
    ['filter[merchant.id]=1', 'filter[merchant.id]'],
    ['filter[constructor]=1', 'filter[constructor]'],
    ['filter[status][]=pending&filter[status][][]=x', 'filter[status][][]'],
  ])('R76: the filter %s is 400', async (query, name) => {
    expect(await parameterOf(`/payments?${query}`)).toEqual([400, name]);
  });

  it('R77: each unknown parameter has its own error', async () => {
    const { status, body } = await client.get('/payments?foo=1&limit=10&page[size]=0');
    expect([status, body.errors.map(({ source }: Json) => source.parameter)]).toEqual([
      400,
      ['page[size]', 'foo', 'limit'],
    ]);
  });

  it.each(['filter[_]', 'filter[a', 'page[]size', '', 'a]b', 'filter[a]b', 'a.b', 'filter[a,b]', 'page[size', '_foo'])(
    'R78: the parameter name "%s" is 400',
    async (name) => {
      expect(await parameterOf(`/payments?${encodeURIComponent(name)}=1`)).toEqual([400, name]);
    },
  );

  it.each(['fooBar', 'utm_source', 'stats[total]', 'a__proto__', 'constructor'])(
    'R79: the custom parameter %s is 400',
    async (name) => {
      expect(await parameterOf(`/payments?${name}=1`)).toEqual([400, name]);
    },
  );

  it('R80: the query is form-urlencoded and stays flat', async () => {
    app.store.addPayment({ reference: 'two words' });
    expect((await client.get('/payments?filter[reference]=two+words')).body.data).toHaveLength(1);
    expect((await client.get('/payments?%66ilter%5Breference%5D=two%20words')).body.data).toHaveLength(1);
    expect(await parameterOf('/payments?filter[__proto__][x]=1')).toEqual([400, 'filter[__proto__][x]']);
    expect(({} as Json).x).toBeUndefined();
    expect((await client.get('/payments?filter[reference]=%00')).status).toBe(400);
  });

  it('R81: parameters of extensions are refused, for there are none', async () => {
    expect(await parameterOf('/payments?atomic:op=1')).toEqual([400, 'atomic:op']);
  });

  it('merges paths with a common beginning', () => {
    const { tree, faults } = parseInclude('customer,customer.payments,customer.lastPayment', [payments], resources);
    expect([faults, [...(tree.get('customer')?.keys() ?? [])]]).toEqual([[], ['payments', 'lastPayment']]);
  });
});

function linksOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(linksOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) =>
    name === 'links'
      ? Object.values(each as object).filter((link): link is string => typeof link === 'string')
      : linksOf(each),
  );
}
