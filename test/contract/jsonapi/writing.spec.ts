import type { Json } from '../../support/api-client';
import { pointedAt } from './mini-client';
import { miniServer } from './mini-server';

describe('creating, updating and deleting', () => {
  const { app, client } = miniServer();

  const document = (data: Json, id?: string) => ({
    data: { type: 'payments', ...(id === undefined ? {} : { id }), ...data },
  });
  const create = (data: Json) => client.post('/payments', document(data));
  const update = (id: string, data: Json) => client.patch(`/payments/${id}`, document(data, id));
  const customer = (id: string, type = 'customers') => ({ customer: { data: { type, id } } });
  /** Status, code and pointer of the only error; the pointer must lead somewhere in the body sent. */
  const refusal = async (method: string, path: string, body: Json) => {
    const reply = await client.send(method, path, { body, headers: { 'content-type': 'application/vnd.api+json' } });
    expect(reply.body.errors).toHaveLength(1);
    const [error] = reply.body.errors;
    if (error.source?.pointer !== undefined) pointedAt(body, error.source.pointer);
    return [reply.status, error.code, error.source?.pointer];
  };

  it('R82: a refused request changes nothing at all', async () => {
    const before = [app.store.payments.size, JSON.stringify(app.store.payment('p07'))];
    await create({ attributes: { amount: '1' }, relationships: customer('nobody') });
    await update('p07', { attributes: { note: 'x' }, relationships: { refunds: { data: [] } } });
    await update('p07', { attributes: { note: 'x', reference: 7 } });
    expect([app.store.payments.size, JSON.stringify(app.store.payment('p07'))]).toEqual(before);
  });

  it.each([
    [{}, ''],
    [{ meta: {} }, ''],
    [{ data: null }, '/data'],
    [{ data: [] }, '/data'],
    [{ data: 'x' }, '/data'],
    [{ data: { attributes: { amount: '1' } } }, '/data'],
    [{ data: { type: 7 } }, '/data/type'],
    [{ data: { type: 'payments', attributes: [] } }, '/data/attributes'],
    [{ data: { type: 'payments', attributes: null } }, '/data/attributes'],
    [{ data: { type: 'payments', relationships: 'x' } }, '/data/relationships'],
  ])('R83: the body %j is 400', async (body, pointer) => {
    expect(await refusal('POST', '/payments', body)).toEqual([400, 'malformed_document', pointer]);
  });

  it('R83: no body at all is 400', async () => {
    expect(
      (await client.send('POST', '/payments', { headers: { 'content-type': 'application/vnd.api+json' } })).status,
    ).toBe(400);
    expect((await client.send('POST', '/payments')).status).toBe(400);
  });

  it.each([
    [{}, '/data/relationships/customer'],
    [null, '/data/relationships/customer'],
    [{ links: {} }, '/data/relationships/customer'],
    [{ data: [] }, '/data/relationships/customer/data'],
    [{ data: 'c1' }, '/data/relationships/customer/data'],
    [{ data: { type: 'customers' } }, '/data/relationships/customer/data'],
    [{ data: { type: 'customers', id: 1 } }, '/data/relationships/customer/data/id'],
    [{ data: { id: 'c1' } }, '/data/relationships/customer/data'],
  ])('R84: the relationship %j is 400', async (relationship, pointer) => {
    expect(
      await refusal(
        'POST',
        '/payments',
        document({ attributes: { amount: '1' }, relationships: { customer: relationship } }),
      ),
    ).toEqual([400, 'malformed_document', pointer]);
  });

  it('R84: every broken identifier of a list is told', async () => {
    const body = document({
      attributes: { amount: '1' },
      relationships: { labels: { data: [{ type: 'labels', id: 'l1' }, { type: 'labels' }, 7] }, customer: {} },
    });
    const reply = await client.post('/payments', body);
    expect(reply.body.errors.map(({ source }: Json) => source.pointer)).toEqual([
      '/data/relationships/labels/data/1',
      '/data/relationships/labels/data/2',
      '/data/relationships/customer',
    ]);
  });

  it('R85: an id chosen by the client is 403', async () => {
    for (const id of ['p01', '0198c0de-0000-7000-8000-000000000000', null, 7])
      expect(
        await refusal('POST', '/payments', { data: { type: 'payments', id, attributes: { amount: '1' } } }),
      ).toEqual([403, 'client_id_refused', '/data/id']);
  });

  it('R86: created is 201 with the resource', async () => {
    const { status, body } = await create({ attributes: { amount: '12', reference: 'r86' } });
    expect([status, body.data.type, body.data.attributes]).toMatchObject([
      201,
      'payments',
      { amount: '12.00', reference: 'r86', status: 'pending' },
    ]);
  });

  it('R87: Location is links.self of the new resource', async () => {
    const { headers, body } = await create({ attributes: { amount: '1' } });
    expect(headers.get('location')).toBe(body.data.links.self);
    expect((await client.get(headers.get('location') as string)).body.data).toEqual(body.data);
  });

  it('R88: accepted and not finished is 202', async () => {
    expect((await client.send('POST', '/payments/exports')).status).toBe(202);
  });

  it('R89: a missing related resource is 404 with its pointer', async () => {
    expect(
      await refusal('POST', '/payments', document({ attributes: { amount: '1' }, relationships: customer('nobody') })),
    ).toEqual([404, 'related_resource_not_found', '/data/relationships/customer/data/id']);
    const list = document({
      attributes: { amount: '1' },
      relationships: {
        labels: {
          data: [
            { type: 'labels', id: 'l1' },
            { type: 'labels', id: 'none' },
          ],
        },
      },
    });
    expect(await refusal('POST', '/payments', list)).toEqual([
      404,
      'related_resource_not_found',
      '/data/relationships/labels/data/1/id',
    ]);
  });

  it('R90: a foreign type is 409 and tells the right one', async () => {
    const body = { data: { type: 'refunds', attributes: { amount: '1' } } };
    expect(await refusal('POST', '/payments', body)).toEqual([409, 'resource_type_conflict', '/data/type']);
    expect((await client.post('/payments', body)).body.errors[0].detail).toBe('type must be payments, not "refunds"');
    expect(
      await refusal(
        'POST',
        '/payments',
        document({ attributes: { amount: '1' }, relationships: customer('c1', 'labels') }),
      ),
    ).toEqual([409, 'resource_type_conflict', '/data/relationships/customer/data/type']);
  });

  it('R90: a type may be sent in its other spelling', async () => {
    const reply = await client.patch(
      '/webhook_endpoints/e1',
      { data: { type: 'webhook_endpoints', id: 'e1', attributes: { url: 'https://example.org/hook' } } },
      { 'if-match': '*' },
    );
    expect([reply.status, reply.body.data.type]).toEqual([200, 'webhookEndpoints']);
  });

  it('R91: a method that an address does not have is 405 with Allow', async () => {
    const reply = await client.post('/customers/c1', { data: { type: 'customers' } });
    expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'GET, HEAD, PATCH']);
  });

  it('R92: PATCH names the resource of its address', async () => {
    expect(await refusal('PATCH', '/payments/p01', { data: { type: 'payments' } })).toEqual([
      400,
      'malformed_document',
      '/data',
    ]);
    expect(await refusal('PATCH', '/payments/p01', { data: { type: 'payments', id: 1 } })).toEqual([
      400,
      'malformed_document',
      '/data/id',
    ]);
    expect(await refusal('PATCH', '/payments/p01', document({}, 'p02'))).toEqual([
      409,
      'resource_id_conflict',
      '/data/id',
    ]);
    expect(await refusal('PATCH', '/payments/p01', { data: { type: 'refunds', id: 'p01' } })).toEqual([
      409,
      'resource_type_conflict',
      '/data/type',
    ]);
  });

  it('R93: what is absent keeps its value, null clears', async () => {
    const row = app.store.addPayment({ note: 'kept', customerId: 'c1', labelIds: ['l1'] });
    await update(row.id, { attributes: { reference: 'new' } });
    expect(app.store.payment(row.id)).toMatchObject({
      note: 'kept',
      reference: 'new',
      customerId: 'c1',
      labelIds: ['l1'],
    });
    const cleared = await update(row.id, {
      attributes: { reference: null },
      relationships: { customer: { data: null }, labels: { data: [] } },
    });
    expect([
      cleared.body.data.attributes.reference,
      cleared.body.data.attributes.note,
      cleared.body.data.relationships.customer.data,
      cleared.body.data.relationships.labels.data,
    ]).toEqual([null, 'kept', null, []]);
  });

  it('R94: a relationship is replaced fully, or refused with everything else', async () => {
    const row = app.store.addPayment({ labelIds: ['l1'] });
    expect(
      (await update(row.id, { relationships: { labels: { data: [{ type: 'labels', id: 'l2' }] } } })).body.data
        .relationships.labels.data,
    ).toEqual([{ type: 'labels', id: 'l2' }]);
    expect(
      await refusal(
        'PATCH',
        `/payments/${row.id}`,
        document({ attributes: { note: 'lost' }, relationships: { refunds: { data: [] } } }, row.id),
      ),
    ).toEqual([403, 'relationship_read_only', '/data/relationships/refunds']);
    expect(app.store.payment(row.id).note).toBeNull();
  });

  it('R95: a change by the server too is answered with the whole resource', async () => {
    const before = app.store.payment('p08').updatedAt.getTime();
    const { status, body } = await update('p08', { attributes: { note: 'y' } });
    expect([
      status,
      Date.parse(body.data.attributes.updatedAt) > before,
      Object.keys(body.data.attributes).length,
    ]).toEqual([200, true, 6]);
  });

  it('R96: a missing target or relative is 404, a contradiction 409', async () => {
    expect((await update('none', {})).status).toBe(404);
    expect(await refusal('PATCH', '/payments/p01', document({ relationships: customer('nobody') }, 'p01'))).toEqual([
      404,
      'related_resource_not_found',
      '/data/relationships/customer/data/id',
    ]);
  });

  const linkage = (name: string) => `/payments/p09/relationships/${name}`;

  it('R97: a to-one address takes an identifier or null', async () => {
    expect((await client.patch(linkage('customer'), { data: { type: 'customers', id: 'c2' } })).status).toBe(204);
    expect(app.store.payment('p09').customerId).toBe('c2');
    expect((await client.patch(linkage('customer'), { data: null })).status).toBe(204);
    expect(app.store.payment('p09').customerId).toBeNull();
    expect(await refusal('PATCH', linkage('customer'), {})).toEqual([400, 'malformed_document', '']);
    expect(await refusal('PATCH', linkage('customer'), { data: [] })).toEqual([400, 'malformed_document', '/data']);
    expect(await refusal('PATCH', linkage('customer'), { data: { type: 'labels', id: 'l1' } })).toEqual([
      409,
      'resource_type_conflict',
      '/data/type',
    ]);
  });

  it.each(['PATCH', 'POST', 'DELETE'])('R98: %s on a to-many address needs an array', async (method) => {
    for (const data of [null, { type: 'labels', id: 'l1' }])
      expect(await refusal(method, linkage('labels'), { data })).toEqual([400, 'malformed_document', '/data']);
    expect(await refusal(method, linkage('labels'), { data: [{ type: 'labels' }] })).toEqual([
      400,
      'malformed_document',
      '/data/0',
    ]);
  });

  const labels = (...ids: string[]) => ({ data: ids.map((id) => ({ type: 'labels', id })) });

  it('R99: to-many PATCH replaces all, or fails', async () => {
    expect((await client.patch(linkage('labels'), labels('l1', 'l2'))).status).toBe(204);
    expect((await client.patch(linkage('labels'), labels('none'))).status).toBe(404);
    expect(app.store.payment('p09').labelIds).toEqual(['l1', 'l2']);
    expect((await client.patch(linkage('labels'), labels())).status).toBe(204);
    expect(app.store.payment('p09').labelIds).toEqual([]);
  });

  it('R100: to-many POST adds what is missing', async () => {
    for (const ids of [['l1'], ['l1', 'l2'], ['l2']])
      expect((await client.post(linkage('labels'), labels(...ids))).status).toBe(204);
    expect(app.store.payment('p09').labelIds).toEqual(['l1', 'l2']);
  });

  it('R101: to-many DELETE removes, and what is gone stays gone', async () => {
    for (let times = 0; times < 2; times += 1)
      expect((await client.delete(linkage('labels'), labels('l1'))).status).toBe(204);
    expect(app.store.payment('p09').labelIds).toEqual(['l2']);
  });

  it.each(['PATCH', 'POST', 'DELETE'])('R102: %s on a relationship about money is 403', async (method) => {
    expect(await refusal(method, linkage('refunds'), { data: [] })).toEqual([403, 'relationship_read_only', undefined]);
  });

  it('R103: DELETE is 204, and 404 the second time', async () => {
    const { id } = app.store.addPayment();
    expect([(await client.delete(`/payments/${id}`)).status, (await client.delete(`/payments/${id}`)).status]).toEqual([
      204, 404,
    ]);
  });

  it('R104: DELETE may name what it deletes, but nothing else', async () => {
    const { id } = app.store.addPayment();
    expect((await client.delete(`/payments/${id}`, { data: { type: 'payments', id: 'p01' } })).status).toBe(409);
    expect((await client.delete(`/payments/${id}`, { data: { type: 'payments', id } })).status).toBe(204);
  });

  it('R105: meta at the top of a request is accepted', async () => {
    expect((await client.post('/payments', { ...document({ attributes: { amount: '1' } }), meta: {} })).status).toBe(
      201,
    );
    const { id } = app.store.addPayment();
    expect((await client.delete(`/payments/${id}`, { meta: {} })).status).toBe(204);
  });

  it.each([
    'status',
    'id',
    'type',
    'createdAt',
    'merchantId',
    'merchant_id',
    'paidAt',
    'amountReceived',
    'usedCount',
    'approvedBy',
    'balance',
    'refunds',
  ])('refuses the attribute %s, which the server decides', async (name) => {
    expect(await refusal('POST', '/payments', document({ attributes: { amount: '1', [name]: 'x' } }))).toEqual([
      422,
      'attributes_invalid',
      `/data/attributes/${name}`,
    ]);
  });

  it('reads an attribute in either spelling, and points at the one sent', async () => {
    expect((await create({ attributes: { amount: '1', pay_reference: 'alias' } })).body.data.attributes.reference).toBe(
      'alias',
    );
    expect(await refusal('POST', '/payments', document({ attributes: { amount: '1', pay_reference: 7 } }))).toEqual([
      422,
      'attributes_invalid',
      '/data/attributes/pay_reference',
    ]);
    expect(
      await refusal('POST', '/payments', document({ attributes: { amount: '1', reference: 'a', pay_reference: 'b' } })),
    ).toEqual([422, 'attributes_invalid', '/data/attributes/pay_reference']);
  });

  it('answers a condition of the domain with 422 about its attribute', async () => {
    expect(
      await refusal('POST', '/payments', document({ attributes: { amount: '1', pay_reference: 'past' } })),
    ).toEqual([422, 'expiry_in_past', '/data/attributes/pay_reference']);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('refuses the member name %s anywhere', async (name) => {
    const reply = await client.post(
      '/payments',
      `{"data":{"type":"payments","attributes":{"amount":"1","parts":[{"${name}":{"polluted":1}}]}}}`,
    );
    expect([reply.status, ({} as Json).polluted]).toEqual([400, undefined]);
  });

  describe('preconditions of configuration (RFC 9110 section 13, RFC 6585)', () => {
    const change = (headers: Record<string, string>) =>
      client.patch(
        '/webhook_endpoints/e1',
        { data: { type: 'webhookEndpoints', id: 'e1', attributes: { url: 'https://example.org/new' } } },
        headers,
      );
    const tag = async () => (await client.get('/webhook_endpoints/e1')).headers.get('etag') as string;

    it('gives a strong tag that changes with the version', async () => {
      const before = await tag();
      expect(before).toMatch(/^"\d+"$/);
      const changed = await change({ 'if-match': before });
      expect([changed.status, changed.headers.get('etag')]).toEqual([200, await tag()]);
      expect(changed.headers.get('etag')).not.toBe(before);
    });

    it('refuses an old, weak or missing tag', async () => {
      const current = await tag();
      for (const stale of ['"0"', 'W/"0"', `${current}x`, `x${current}`, `${current}, nonsense`, 'nonsense', ''])
        expect((await change({ 'if-match': stale })).status).toBe(412);
      const missing = await change({});
      expect([missing.status, missing.body.errors[0].source]).toEqual([428, { header: 'If-Match' }]);
      expect((await change({ 'if-match': `"0", ${current}` })).status).toBe(200);
      for (const same of ['*', 'W/TAG', 'W/"0", W/TAG', 'TAG'])
        expect((await change({ 'if-match': same.replace('TAG', await tag()) })).status).toBe(200);
    });

    it('gives no tag to a document that shows other rows too', async () => {
      expect((await client.get('/refunds/r1')).headers.get('etag')).toBe('"1"');
      const compound = await client.get('/refunds/r1?include=payment', { 'if-none-match': '"1"' });
      expect([compound.status, compound.headers.get('etag')]).toEqual([200, null]);
    });

    it('answers 304 to whoever has the version, with its tag', async () => {
      const current = await tag();
      for (const header of [current, `W/${current}`, '*', `"0", ${current}`])
        expect((await client.get('/webhook_endpoints/e1', { 'if-none-match': header })).status).toBe(304);
      const fresh = await client.get('/webhook_endpoints/e1', { 'if-none-match': '"0"' });
      expect([fresh.status, fresh.headers.get('cache-control'), fresh.headers.get('vary')]).toEqual([
        200,
        'private, no-cache',
        'Accept, Authorization',
      ]);
    });
  });
});
