import type { Json } from '../../support/api-client';
import { pointedAt } from './mini-client';
import { miniServer } from './mini-server';

describe('errors and recommendations', () => {
  const { app, client } = miniServer();

  const create = (attributes: Json) => client.post('/payments', { data: { type: 'payments', attributes } });

  it('R106: errors are objects with known members', async () => {
    const { body } = await client.get('/payments?page[size]=1000');
    expect(Object.keys(body.errors[0]).toSorted()).toEqual([
      'code',
      'detail',
      'id',
      'links',
      'meta',
      'source',
      'status',
      'title',
    ]);
  });

  it('R107: status is a string and the HTTP status', async () => {
    for (const [path, status] of [
      ['/nothing', 404],
      ['/payments?x=1', 400],
      ['/limited', 429],
      ['/breaks', 500],
    ] as const) {
      const reply = await client.get(path);
      expect([reply.status, reply.body.errors[0].status]).toEqual([status, String(status)]);
    }
  });

  it('R108: the title belongs to the code', async () => {
    const titles = new Map<string, string>();
    for (const path of [
      '/payments?foo=1',
      '/payments?bar=2',
      '/payments?page[size]=0',
      '/payments?include=x',
      '/nothing',
      '/payments/none',
    ]) {
      for (const { code, title } of (await client.get(path)).body.errors) {
        expect(titles.get(code) ?? title).toBe(title);
        titles.set(code, title);
      }
    }
    expect(titles.size).toBe(4);
  });

  it('R109: the source is a pointer, a parameter, a header or absent', async () => {
    const source = async (reply: Promise<{ body: Json }>) => (await reply).body.errors[0].source as unknown;
    expect(await source(create({ amount: 'x' }))).toEqual({ pointer: '/data/attributes/amount' });
    expect(await source(client.get('/payments?foo=1'))).toEqual({ parameter: 'foo' });
    expect(await source(client.get('/payments', { accept: 'text/html' }))).toEqual({ header: 'Accept' });
    expect(await source(client.get('/nothing'))).toBeUndefined();
  });

  it.each([
    [{ data: { type: 'payments', attributes: {} } }, '/data/attributes'],
    [{ data: { type: 'payments' } }, '/data'],
    [
      { data: { type: 'payments', attributes: { amount: '1', parts: [{ sku: 'ok' }, {}] } } },
      '/data/attributes/parts/1',
    ],
    [{ data: { type: 'payments', attributes: { amount: '1', parts: [{ sku: 7 }] } } }, '/data/attributes/parts/0/sku'],
    [{ data: { type: 'payments', attributes: { amount: '1', 'a/b~cStatus': 1 } } }, '/data/attributes/a~1b~0cStatus'],
    [{ data: { type: 'payments', attributes: { amount: ['100'] } } }, '/data/attributes/amount'],
    [{ data: { type: 'payments', attributes: { amount: true } } }, '/data/attributes/amount'],
    [{ data: { type: 'payments', attributes: { amount: { $ne: 1 } } } }, '/data/attributes/amount'],
  ])('R110: %j points at something that is there', async (body, pointer) => {
    const reply = await client.post('/payments', body);
    expect([reply.status, reply.body.errors.map(({ source }: Json) => source.pointer)]).toEqual([422, [pointer]]);
    pointedAt(body, pointer);
  });

  it('R111: links of errors are links and not lists', async () => {
    const { links } = (await client.get('/payments?page[size]=1000')).body.errors[0];
    expect(links.type).toBe('https://jsonapi.org/profiles/ethanresnick/cursor-pagination/max-size-exceeded');
  });

  it('R112: all faults at once, at most 20, in a stable order', async () => {
    const { body } = await create({ amount: 'x', reference: 7, note: 'n'.repeat(99), status: 'PAID' });
    expect(body.errors.map(({ source }: Json) => source.pointer)).toEqual([
      '/data/attributes/status',
      '/data/attributes/amount',
      '/data/attributes/reference',
      '/data/attributes/note',
    ]);
    const many = await create(Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`x${at}Status`, 1])));
    expect(many.body.errors).toHaveLength(20);
    expect(
      (await create(Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`x${at}Status`, 1])))).body.errors.map(
        ({ detail }: Json) => detail,
      ),
    ).toEqual(many.body.errors.map(({ detail }: Json) => detail));
  });

  it('R113: attributes are 422, structure is 400', async () => {
    expect((await create({ amount: 'x' })).status).toBe(422);
    expect((await client.post('/payments', { data: [] })).status).toBe(400);
    expect((await client.post('/payments', '{"data":')).status).toBe(400);
    expect(
      (
        await client.send('POST', '/payments', {
          body: Buffer.from([0x7b, 0xff, 0x7d]),
          headers: { 'content-type': 'application/vnd.api+json' },
        })
      ).status,
    ).toBe(400);
  });

  it('R114: a defect tells nothing but its request id', async () => {
    const reply = await client.get('/breaks');
    expect([reply.status, reply.body.errors[0].id, reply.text.includes('vault')]).toEqual([
      500,
      reply.headers.get('request-id'),
      false,
    ]);
  });

  it('R115: the addresses are the recommended ones', async () => {
    const { data } = (await client.get('/payments/p01')).body;
    expect([
      data.links.self,
      data.relationships.customer.links.self,
      data.relationships.customer.links.related,
    ]).toEqual([
      `${app.url}/payments/p01`,
      `${app.url}/payments/p01/relationships/customer`,
      `${app.url}/payments/p01/customer`,
    ]);
    expect((await client.get('/webhook_endpoints/e1')).body.data.links.self).toBe(`${app.url}/webhook_endpoints/e1`);
  });

  it('R116: links at the top, in resources and in relationships', async () => {
    const { body } = await client.get('/payments');
    expect(
      [body.links, body.data[0].links, body.data[0].relationships.customer.links].every(
        ({ self }: Json) => typeof self === 'string',
      ),
    ).toBe(true);
  });

  it('R117: instants are ISO 8601 UTC with milliseconds', async () => {
    expect((await client.get('/payments/p01')).body.data.attributes.createdAt).toBe('2026-01-01T00:00:00.000Z');
  });

  it('R118: creation answers 201 with its own status, 202 is for what has no resource yet', async () => {
    const reply = await create({ amount: '1' });
    expect([reply.status, reply.body.data.attributes.status]).toEqual([201, 'pending']);
    expect((await client.send('POST', '/payments/exports')).status).toBe(202);
  });

  it('R119: the method override is not honoured', async () => {
    const before = app.store.payments.size;
    const reply = await client.post(
      '/payments',
      { data: { type: 'payments', attributes: { amount: '1' } } },
      { 'x-http-method-override': 'DELETE' },
    );
    expect([reply.status, app.store.payments.size]).toEqual([201, before + 1]);
  });

  it('tells when to come back', async () => {
    expect((await client.get('/limited')).headers.get('retry-after')).toBe('3');
  });
});
