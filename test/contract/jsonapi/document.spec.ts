import { CURSOR_PROFILE, JSON_API } from '../../../src/jsonapi/media-type';
import { defineResource, type ResourceDefinition } from '../../../src/jsonapi/resource';
import { Resources } from '../../../src/jsonapi/resources';
import { pointedAt } from './mini-client';
import { resources } from './mini-resources';
import { miniServer } from './mini-server';
import { validateDocument } from './validate-document';

describe('document structure', () => {
  const { app, client } = miniServer();

  const create = (attributes: Record<string, unknown>, more: Record<string, unknown> = {}) =>
    client.post('/payments', { data: { type: 'payments', attributes, ...more } });

  it.each([['[]'], ['"x"'], ['null'], ['7']])('R21: the body %s is 400 at the root', async (body) => {
    const reply = await client.post('/payments', body);
    expect([reply.status, reply.body.errors[0].source]).toEqual([400, { pointer: '' }]);
  });

  it('R22: every document has data, errors or meta', async () => {
    expect((await client.send('POST', '/payments/exports')).body.meta).toEqual({ queued: true });
    expect(validateDocument({ jsonapi: { version: '1.1' } })).toEqual(['/ has none of data, errors, meta']);
  });

  it('R23: data and errors never stand together', async () => {
    expect(Object.keys((await client.get('/payments/none?include=customer')).body).toSorted()).toEqual([
      'errors',
      'jsonapi',
    ]);
    expect(Object.keys((await client.get('/payments/p01')).body)).not.toContain('errors');
  });

  it('R24: included never stands without data', async () => {
    const { body } = await client.get('/payments/p01?include=customer');
    expect([body.included.length, body.data.id]).toEqual([1, 'p01']);
    expect(validateDocument({ jsonapi: { version: '1.1' }, meta: {}, included: [] })).toContain(
      '/ has included without data',
    );
  });

  it('R25: no other members at the top', async () => {
    const { body } = await client.get('/payments?include=customer');
    expect(Object.keys(body).toSorted()).toEqual(['data', 'included', 'jsonapi', 'links']);
  });

  it('R26: unknown members of a request are ignored', async () => {
    const reply = await client.post('/payments', {
      bar: 2,
      data: {
        type: 'payments',
        foo: 1,
        attributes: { amount: '5', colour: 'red' },
        relationships: { strange: { data: null } },
      },
    });
    expect([reply.status, reply.body.data.attributes.amount, reply.body.data.attributes.colour]).toEqual([
      201,
      '5.00',
      undefined,
    ]);
  });

  it('R27: @-members are not attributes', async () => {
    const reply = await client.post('/payments', {
      '@context': 'x',
      data: { type: 'payments', '@id': 'y', attributes: { '@id': 'z', '@status': 'q', amount: '1' } },
    });
    expect(reply.status).toBe(201);
  });

  it('R28: one resource is an object, a collection an array', async () => {
    expect((await client.get('/payments/p01')).body.data.type).toBe('payments');
    expect((await client.get('/payments?filter[reference]=ref-p01')).body.data).toHaveLength(1);
    expect((await client.get('/payments?filter[reference]=none')).body.data).toEqual([]);
  });

  it('R29: links.self reproduces the document', async () => {
    const first = await client.get('/payments?page[size]=3&sort=amount&filter[status]=pending');
    expect(first.body.links.self).toBe(`${app.url}/payments?page%5Bsize%5D=3&sort=amount&filter%5Bstatus%5D=pending`);
    expect((await client.get(first.body.links.self)).text).toBe(first.text);
  });

  it('R30: only known links at the top', async () => {
    expect(Object.keys((await client.get('/payments')).body.links)).toEqual(['self', 'prev', 'next']);
    expect(Object.keys((await client.get('/payments/p01/relationships/customer')).body.links)).toEqual([
      'self',
      'related',
    ]);
  });

  it('R31: type and id are strings', async () => {
    const { data } = (await client.get('/payments/p01')).body;
    expect([typeof data.type, typeof data.id]).toEqual(['string', 'string']);
  });

  it('R32: type and id identify one resource in the whole API', () => {
    const twice = defineResource({
      type: 'payments',
      path: 'elsewhere',
      id: (row: { id: string }) => row.id,
      attributes: {},
    });
    expect(() => new Resources([twice, twice])).toThrow('two resources are called payments');
  });

  const define = (more: Partial<ResourceDefinition<{ id: string; a: string }, Record<never, never>, never>>) => () =>
    defineResource({
      type: 'things',
      path: 'things',
      id: (row: { id: string; a: string }) => row.id,
      attributes: { a: 'a' },
      ...more,
    });

  it.each(['a.b', 'a,b', '_a', 'a-', 'a b', '', 'Ab', 'ä'])('R33: the member name "%s" cannot be defined', (name) => {
    expect(define({ attributes: { [name]: 'a' } })).toThrow('is not camelCase');
    expect(define({ type: name })).toThrow('is not camelCase');
  });

  it('R34: names are case sensitive', async () => {
    const reply = await create({ Amount: '5', amount: '6' });
    expect(reply.status).toBe(422);
    expect((await create({ Reference: 'x', amount: '6' })).body.data.attributes.reference).toBeNull();
  });

  it('R35: attributes and relationships share one namespace with type and id', () => {
    expect(define({ relationships: { a: { to: 'one', types: ['things'] } } })).toThrow('share a name');
    expect(define({ attributes: { id: 'a' } })).toThrow('may not be called id');
    expect(define({ attributes: { type: 'a' } })).toThrow('may not be called type');
  });

  it('R36: no foreign keys among the attributes', async () => {
    expect(
      define({ attributes: { ownerId: 'a' }, relationships: { owner: { to: 'one', types: ['things'] } } }),
    ).toThrow('repeats the relationship');
    expect((await client.get('/payments/p01')).body.data.attributes).not.toHaveProperty('customerId');
  });

  it('R37: every relationship has links, data or meta', async () => {
    const { relationships } = (await client.get('/payments/p01')).body.data;
    expect(relationships.refunds).toEqual({
      links: { self: `${app.url}/payments/p01/relationships/refunds`, related: `${app.url}/payments/p01/refunds` },
    });
    expect(relationships.auditTrail).toEqual({ meta: {} });
  });

  it('R38: a relationship object has no pagination links, for its linkage is always whole', async () => {
    const { relationships } = (await client.get('/payments/p01?include=refunds')).body.data;
    expect([Object.keys(relationships.refunds.links), relationships.refunds.data.length]).toEqual([
      ['self', 'related'],
      2,
    ]);
  });

  it('R39: a related link is good while the relationship is empty, and stays', async () => {
    const row = app.store.addPayment({ customerId: null });
    const related = async () =>
      (await client.get(`/payments/${row.id}`)).body.data.relationships.customer.links.related as string;
    const empty = await related();
    expect((await client.get(empty)).status).toBe(200);
    row.customerId = 'c1';
    expect(await related()).toBe(empty);
  });

  it('R40: linkage is null, [], one or many identifiers, and absent when unknown', async () => {
    const of = async (id: string) => (await client.get(`/payments/${id}`)).body.data.relationships;
    const [full, empty] = [await of('p01'), await of('p05')];
    expect([full.customer.data, full.labels.data]).toEqual([
      { type: 'customers', id: 'c1' },
      [
        { type: 'labels', id: 'l1' },
        { type: 'labels', id: 'l2' },
      ],
    ]);
    expect([empty.customer.data, empty.labels.data]).toEqual([null, []]);
    expect(full.refunds).not.toHaveProperty('data');
  });

  it('R41: links.self of a resource answers with that resource', async () => {
    const { data } = (await client.get('/payments/p01')).body;
    expect((await client.get(data.links.self)).body.data).toEqual(data);
  });

  it('R42: identifiers hold type and id only', async () => {
    const { data } = (await client.get('/payments/p01/relationships/customer')).body;
    expect(data).toEqual({ type: 'customers', id: 'c1' });
  });

  it('R43: a lid is never sent, and one received in vain is ignored', async () => {
    const reply = await create({ amount: '1' }, { lid: 'mine' });
    expect([reply.status, reply.text.includes('lid"')]).toEqual([201, false]);
  });

  it('R44: included is an array of resource objects', async () => {
    const { included } = (await client.get('/payments/p01?include=customer')).body;
    expect(included).toMatchObject([{ type: 'customers', id: 'c1', attributes: { name: 'Ada' } }]);
  });

  it('R45: everything included is linked to', async () => {
    const { body } = await client.get('/payments?include=customer.lastPayment,refunds,labels,payout&page[size]=50');
    expect(validateDocument(body)).toEqual([]);
    const unlinked = { ...body, included: [...body.included, { type: 'refunds', id: 'alone' }] };
    expect(validateDocument(unlinked)).toEqual(['/included has refunds alone, to which nothing leads']);
  });

  it('R46: nothing is told twice, primary data included', async () => {
    const { body } = await client.get('/payments/p01?include=customer.payments');
    const keys = [body.data, ...body.included].map(({ type, id }: { type: string; id: string }) => `${type} ${id}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(
      body.included.find(({ type }: { type: string }) => type === 'customers').relationships.payments.data,
    ).toContainEqual({ type: 'payments', id: 'p01' });
    expect(validateDocument({ ...body, included: [...body.included, body.data] })).toContain(
      '/ tells payments p01 twice',
    );
  });

  it('R46: a relationship address tells its owner once when something leads there', async () => {
    const { body } = await client.get('/refunds/r1/relationships/payment?include=payment.refunds');
    expect(body.included.map(({ id }: { id: string }) => id).toSorted()).toEqual(['p01', 'r1', 'r2']);
  });

  it('R47: meta is an object', async () => {
    expect((await client.send('POST', '/payments/exports')).body.meta).toEqual({ queued: true });
    expect(validateDocument({ jsonapi: { version: '1.1' }, meta: [] })).toEqual(['/meta is not an object']);
  });

  it('R48: links are URI references, link objects or null', async () => {
    const { links } = (await client.get('/payments?sort=amount&page[size]=50')).body;
    expect([links.prev, links.next, typeof links.self]).toEqual([null, null, 'string']);
    expect(validateDocument({ jsonapi: { version: '1.1' }, meta: {}, links: { self: '/a?page[size]=1' } })).toEqual([
      '/links/self is not a URI reference',
    ]);
  });

  it('R49: a link object has an href and a type', async () => {
    const { links } = (await client.get('/payments', { accept: `${JSON_API};profile="${CURSOR_PROFILE}"` })).body;
    expect(links.self).toEqual({ href: expect.any(String), type: expect.stringContaining('profile=') });
    expect(validateDocument({ jsonapi: { version: '1.1' }, meta: {}, links: { self: { rel: 'self' } } })).toEqual([
      '/links/self has no href',
    ]);
  });

  it('R50: jsonapi tells the version', async () => {
    expect((await client.get('/payments')).body.jsonapi).toEqual({ version: '1.1' });
    expect((await client.get('/nothing')).body.jsonapi).toEqual({ version: '1.1' });
  });

  it('R51: no member of an extension is ever told', async () => {
    expect(JSON.stringify(Object.keys((await client.get('/payments?include=customer')).body))).not.toContain(':');
    expect(validateDocument({ jsonapi: { version: '1.1' }, meta: {}, 'atomic:results': [] })).toEqual([]);
    expect(validateDocument({ jsonapi: { version: '1.1' }, meta: {}, 'not-legal:results': [] })).not.toEqual([]);
  });

  it('knows where an error points', () => {
    expect(pointedAt({ data: { 'a/b': [1] } }, '/data/a~1b/0')).toBe(1);
    expect(() => pointedAt({ data: {} }, '/data/x')).toThrow('points at nothing');
  });

  it('refuses relationships without a known way', () => {
    const lost = defineResource({
      type: 'lost',
      path: 'lost',
      id: (row: { id: string }) => row.id,
      attributes: {},
      relationships: { way: { to: 'one', types: ['nowhere'] } },
    });
    expect(() => new Resources([lost])).toThrow('leads to an unknown type');
    expect(resources.of('payments').type).toBe('payments');
  });

  it('escapes every text exactly as JSON does', async () => {
    const note = 'q"\\\n\u2028é/<script>';
    const reply = await create({ amount: '1', note });
    expect([reply.status, reply.body.data.attributes.note]).toEqual([201, note]);
  });
});
