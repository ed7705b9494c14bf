import type { Answer, ApiClient, Json } from '../support/api-client';
import { TestApp } from '../support/app';
import { PartnerCaller } from '../support/partner-caller';

const TAXES = '/api/v0/taxes';

let app: TestApp;
let merchantId: string;
let shop: ApiClient;
let other: ApiClient;
let partner: PartnerCaller;

beforeAll(async () => {
  app = await TestApp.start({ reconcile: false });
  const own = await app.shop();
  ({ merchantId } = own);
  partner = PartnerCaller.bearer(app.url, own.key);
  shop = await app.shopClient(merchantId);
  other = await app.shopClient((await app.merchant()).merchantId);
});
afterAll(() => app.stop());

/** A new name for each test: they share one merchant. */
let count = 0;
const fresh = (): string => `Sales Tax ${(count += 1)}`;
const make = async (body: Record<string, unknown> = {}): Promise<Json> => {
  const answer = await shop.post(TAXES, { name: fresh(), percentage: 8.5, ...body });
  expect(answer.status).toBe(201);
  return answer.body;
};
const faults = ({ status, body }: Answer): string[] => {
  expect(body).toEqual({ statusCode: status, message: expect.any(Array), error: 'Bad Request' });
  return body.message as string[];
};

describe('POST /taxes', () => {
  it('makes a tax with name, description, percentage, active, created_at and updated_at', async () => {
    const { status, body } = await shop.post(TAXES, {
      name: 'Sales Tax',
      description: 'Standard sales tax for retail transactions',
      percentage: 8.5,
      active: true,
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'Sales Tax',
      description: 'Standard sales tax for retail transactions',
      percentage: 8.5,
      active: true,
      inclusive: false,
      created_at: expect.stringMatching(/Z$/),
      updated_at: body.created_at,
    });
  });

  it('active is true and description nothing where they are not sent', async () => {
    expect(await make()).toMatchObject({ active: true, description: null, inclusive: false });
    expect(await make({ active: false })).toMatchObject({ active: false });
  });

  it.each([
    ['0', 0],
    ['100', 100],
    ['9.0', 9],
    ['7.7250', 7.725],
    ['0.0001', 0.0001],
  ])('percentage %s is read by its own text', async (text, percentage) => {
    const { status, text: answer } = await shop.post(TAXES, `{"name":"x","percentage":${text}}`);
    expect([status, answer]).toEqual([201, expect.stringContaining(`"percentage":${percentage},`)]);
  });

  it.each([-1, 100.0001, 101, '1e1', 8.123456, true, 'x', {}])('percentage %j is refused', async (percentage) => {
    expect(faults(await shop.post(TAXES, { name: 'x', percentage }))).toEqual([
      'percentage must be a number from 0 to 100 with at most 4 decimals',
    ]);
  });

  it('message lists every fault', async () => {
    const answer = await shop.post(TAXES, {
      name: '',
      description: 'x'.repeat(256),
      percentage: 'much',
      active: 'yes',
      inclusive: 1,
      appIds: [merchantId, merchantId],
      id: 'mine',
    });
    expect(answer.status).toBe(400);
    expect(faults(answer).map((each) => each.split(' ', 1)[0])).toEqual(
      expect.arrayContaining(['name', 'description', 'percentage', 'active', 'inclusive', 'appIds', 'id']),
    );
  });

  it('name has 1 to 100 characters, description up to 255', async () => {
    expect((await shop.post(TAXES, { name: 'x'.repeat(101), percentage: 1 })).status).toBe(400);
    await make({ name: 'x'.repeat(100), description: 'x'.repeat(255) });
  });

  it('appIds may name the own app, and no other', async () => {
    await make({ appIds: [merchantId] });
    expect(faults(await shop.post(TAXES, { name: 'x', percentage: 1, appIds: ['app_1'] }))).toEqual([
      'appIds must name the app of this client key only; leave it out',
    ]);
  });

  it('no body, a list and another media type are refused', async () => {
    expect((await shop.send('POST', TAXES, undefined)).status).toBe(400);
    expect(faults(await shop.post(TAXES, []))).toEqual(
      ['the body must be a JSON object'].map((each) => expect.stringContaining(each)),
    );
    expect((await shop.send('POST', TAXES, 'x', { 'content-type': 'text/plain' })).body).toEqual({
      statusCode: 415,
      message: 'The request body must be sent as application/json',
      error: 'Unsupported Media Type',
    });
  });
});

describe('GET /taxes', () => {
  let lister: ApiClient;
  beforeAll(async () => {
    lister = await app.shopClient((await app.merchant()).merchantId);
    for (let at = 1; at <= 12; at += 1)
      await lister.post(TAXES, {
        name: at <= 3 ? `State VAT ${at}` : `City_${at}`,
        percentage: at,
        active: at % 2 === 0,
      });
  });
  const listed = async (query: string): Promise<number[]> => {
    const { status, body } = await lister.get(`${TAXES}${query}`);
    expect([status, Array.isArray(body)]).toEqual([200, true]);
    return body.map(({ percentage }: { percentage: number }) => percentage);
  };

  it('is a bare array, the newest first, of 10 where take is not sent', async () => {
    expect(await listed('')).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
  });

  it.each([
    ['?skip=10', [2, 1]],
    ['?skip=2&take=3', [10, 9, 8]],
    ['?take=100', [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]],
    ['?name=vat', [3, 2, 1]],
    ['?name=_', [12, 11, 10, 9, 8, 7, 6, 5, 4]],
    ['?name=%25', []],
    ['?active=true', [12, 10, 8, 6, 4, 2]],
    ['?active=false&name=State', [3, 1]],
  ])('%s', async (query, percentages) => {
    expect(await listed(query)).toEqual(percentages);
  });

  it('refuses skip, take and active out of range, all at once', async () => {
    expect(faults(await lister.get(`${TAXES}?skip=-1&take=101&active=maybe`))).toEqual(
      expect.arrayContaining([
        'skip must be a whole number from 0 to 999999',
        'take must be a whole number from 1 to 100',
        'active must be true or false',
      ]),
    );
    expect((await lister.get(`${TAXES}?take=0`)).status).toBe(400);
  });
});

describe('one tax', () => {
  it('GET, PUT and DELETE of what nobody has, of what is not yours and of what is no id are 404 alike', async () => {
    const { id } = await make();
    for (const [client, at] of [
      [shop, '01890000-0000-7000-8000-000000000000'],
      [shop, 'tax_123456'],
      [other, id],
    ] as const)
      for (const method of ['GET', 'PUT', 'DELETE'])
        expect((await client.send(method, `${TAXES}/${at}`, method === 'PUT' ? {} : undefined)).body).toEqual({
          statusCode: 404,
          message: 'Tax not found',
          error: 'Not Found',
        });
  });

  it('PUT changes what is sent and leaves the rest', async () => {
    const tax = await make({ description: 'x' });
    const { status, body } = await shop.send('PUT', `${TAXES}/${tax.id}`, { percentage: 9.25, active: false });
    expect([status, body]).toEqual([200, { ...tax, percentage: 9.25, active: false, updated_at: expect.any(String) }]);
    expect((await shop.get(`${TAXES}/${tax.id}`)).body).toEqual(body);
    expect((await shop.send('PUT', `${TAXES}/${tax.id}`, { description: null, name: 'New' })).body).toMatchObject({
      name: 'New',
      description: null,
      percentage: 9.25,
    });
  });

  it('PUT takes back what GET told, and refuses what the server decides', async () => {
    const tax = await make({ percentage: 7.7 });
    expect((await shop.send('PUT', `${TAXES}/${tax.id}`, tax)).body).toEqual(tax);
    expect(
      faults(await shop.send('PUT', `${TAXES}/${tax.id}`, { ...tax, id: 'x', created_at: 'x', percentage: 101 })),
    ).toHaveLength(3);
  });

  it('DELETE answers 200 with what was deleted', async () => {
    const tax = await make();
    expect(await shop.delete(`${TAXES}/${tax.id}`)).toMatchObject({ status: 200, body: tax });
    expect((await shop.get(`${TAXES}/${tax.id}`)).status).toBe(404);
  });

  it.each([
    ['PUT', 'update'],
    ['DELETE', 'delete'],
  ])('%s without an id says what is missing', async (method, verb) => {
    expect(await shop.send(method, TAXES, undefined)).toMatchObject({
      status: 400,
      body: {
        statusCode: 400,
        message: `Tax ID is required in the URL path. Use ${method} /api/v0/taxes/{id} to ${verb} a specific tax.`,
        error: 'Bad Request',
      },
    });
  });
});

describe('one domain', () => {
  it('a tax rate of the partner API, inclusive too, is a tax with the same id', async () => {
    const made = await partner.create('taxRates', '/tax_rates', {
      attributes: { name: 'MwSt', percentage: '19', inclusive: true },
    });
    const { id } = made.body.data;
    expect((await shop.get(`${TAXES}/${id}`)).body).toMatchObject({
      id,
      name: 'MwSt',
      percentage: 19,
      inclusive: true,
    });
    await shop.send('PUT', `${TAXES}/${id}`, { active: false });
    expect((await partner.get(`/tax_rates/${id}`)).body.data.attributes).toMatchObject({
      status: 'archived',
      inclusive: true,
    });
  });

  it('a tax made here is a tax rate there', async () => {
    const { id } = await make({ percentage: 7.7, inclusive: true });
    expect((await partner.get(`/tax_rates/${id}`)).body.data).toMatchObject({
      id,
      attributes: { percentage: '7.7', inclusive: true, status: 'active' },
    });
  });

  it('one that something refers to is not deleted: 409', async () => {
    const { id } = await make();
    await partner.create('products', '/products', {
      attributes: { name: 'Tea', price: '1', currency: 'USDC' },
      relationships: { taxRate: { data: { type: 'taxRates', id } } },
    });
    const answer = await shop.delete(`${TAXES}/${id}`);
    expect([answer.status, answer.body.error]).toEqual([409, 'Conflict']);
  });

  it('changes are in the audit log with the client key as their author', async () => {
    const { id } = await make();
    const rows = await app.sql<{ action: string; actor: string }>(
      'select action, actor from audit_entries where merchant_id = $1 and subject_id = $2',
      [merchantId, id],
    );
    expect(rows).toEqual([{ action: 'tax_rate.created', actor: expect.stringMatching(/^client_key:/) }]);
  });
});

describe('scopes', () => {
  it.each([
    ['tax_rates:read', 'GET', 403],
    ['tax_rates:write', 'POST', 403],
  ] as const)('without %s %s is 403', async (scope, method, status) => {
    const client = await app.shopClient(merchantId, {
      scopes: scope === 'tax_rates:read' ? ['tax_rates:write'] : ['tax_rates:read'],
    });
    const answer = await client.send(method, TAXES, method === 'POST' ? { name: 'x', percentage: 1 } : undefined);
    expect([answer.status, answer.body]).toEqual([
      status,
      {
        statusCode: 403,
        message: `These credentials do not allow this: the scope ${scope} is missing`,
        error: 'Forbidden',
      },
    ]);
  });
});

describe('idempotency-key', () => {
  const keyed = (key: string, body: unknown, path = TAXES): Promise<Answer> =>
    shop.post(path, body, { 'idempotency-key': key });
  const countOf = async (name: string): Promise<number> => (await shop.get(`${TAXES}?name=${name}`)).body.length;

  it('a repeat is answered with the first answer, and nothing is made twice', async () => {
    const body = { name: 'Once', percentage: 1 };
    const [first, second] = [
      await keyed('2b0c1d5e-1111-4aaa-8bbb-000000000001', body),
      await keyed('2b0c1d5e-1111-4aaa-8bbb-000000000001', body),
    ];
    expect([second.status, second.text, second.headers.get('idempotent-replayed')]).toEqual([201, first.text, 'true']);
    expect(await countOf('Once')).toBe(1);
  });

  it('another body under it is 409 in the words of this API', async () => {
    await keyed('k-other', { name: 'A', percentage: 1 });
    expect((await keyed('k-other', { name: 'B', percentage: 1 })).body).toEqual({
      statusCode: 409,
      message: 'Conflict: Idempotency key already used with different request data',
      error: 'Conflict',
    });
  });

  it('a refused request frees it', async () => {
    expect((await keyed('k-free', { name: 'A', percentage: 101 })).status).toBe(400);
    expect((await keyed('k-free', { name: 'A', percentage: 10 })).status).toBe(201);
  });

  it('is optional, and of 1 to 255 visible ASCII characters', async () => {
    const body = { name: 'A', percentage: 1 };
    expect((await keyed('~'.repeat(255), body)).status).toBe(201);
    for (const bad of ['x'.repeat(256), 'a b', '']) expect((await keyed(bad, body)).status).toBe(400);
  });

  it('that comes many times at once makes one tax; who is not answered with it is told to come back', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => keyed('k-race', { name: 'Race', percentage: 1 })),
    );
    for (const { status, body, headers } of answers)
      if (status !== 201)
        expect([status, body.error, Number(headers.get('retry-after')) >= 1]).toEqual([409, 'Conflict', true]);
    expect(new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.id)).size).toBe(1);
    expect(await countOf('Race')).toBe(1);
  });

  it('is one key for each merchant', async () => {
    const body = { name: 'A', percentage: 1 };
    const first = await keyed('k-mine', body);
    const second = await other.post(TAXES, body, { 'idempotency-key': 'k-mine' });
    expect([first.status, second.status, first.body.id === second.body.id]).toEqual([201, 201, false]);
  });
});
