import { type Answer, ApiClient } from '../support/api-client';
import { TestApp } from '../support/app';
import { PartnerCaller } from '../support/partner-caller';

/** Whom a shop knows, over the merchant API. */

const CUSTOMERS = '/api/v0/customers';
const JOHN = { first_name: 'John', last_name: 'Doe', phone_number: '+1-555-123-4567' };
const NOBODYS = '01890000-0000-7000-8000-000000000000';
const TYPES = ['Individual', 'Startup', 'Small Business', 'Medium Business', 'Enterprise', 'Non-Profit', 'Government'];

let app: TestApp;
let merchantId: string;
let token: string;
let shop: ApiClient;
let other: ApiClient;

beforeAll(async () => {
  app = await TestApp.start({ reconcile: false, env: { LIMIT_MERCHANT_PER_MINUTE: '10000' } });
  const [ours, theirs] = await Promise.all([app.merchant(), app.merchant()]);
  ({ merchantId, token } = ours);
  [shop, other] = [await app.shopClient(merchantId), await app.shopClient(theirs.merchantId)];
});
afterAll(() => app.stop());

let count = 0;
const address = (): string => `customer-${(count += 1)}@example.com`;
const made = async (more: Record<string, unknown> = {}, client = shop): Promise<Answer['body']> => {
  const { status, body } = await client.post(CUSTOMERS, { ...JOHN, ...more });
  expect([status, body]).toEqual([201, body]);
  return body;
};
const patch = (id: string, body: unknown): Promise<Answer> => shop.patch(`${CUSTOMERS}/${id}`, body);

describe('a new customer', () => {
  it('is told with every member that was given', async () => {
    const sent = { ...JOHN, email: 'john.doe@example.com', customer_type: 'Startup', status: 'ACTIVE' };
    const body = await made(sent);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ...sent,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updated_at: body.created_at,
    });
    expect((await shop.get(`${CUSTOMERS}/${body.id}`)).body).toEqual(body);
  });

  it('is an active individual without an e-mail address where nothing else is said', async () => {
    expect(await made()).toMatchObject({ email: null, customer_type: 'Individual', status: 'ACTIVE' });
    expect(await made({ email: null, customer_type: null, status: null })).toMatchObject({ email: null });
  });

  it.each(TYPES)('is of the type %s', async (type) => {
    expect((await made({ customer_type: type })).customer_type).toBe(type);
  });

  it.each(['ACTIVE', 'BLACKLISTED', 'DEACTIVATED', 'DELETED'])('has the status %s', async (status) => {
    expect((await made({ status })).status).toBe(status);
  });

  it.each(['+15551234567', '+1-987-654-3210', '(555) 123-4567'])(
    'has the phone number %s as it was given',
    async (phone) => {
      expect((await made({ phone_number: phone })).phone_number).toBe(phone);
    },
  );

  it('of many faults is told of all of them', async () => {
    const bad = {
      first_name: '',
      phone_number: 'call me',
      email: 'invalid-email',
      customer_type: 'Small  Business',
      status: 'active',
    };
    const { status, body } = await shop.post(CUSTOMERS, bad);
    expect([status, body.error, body.message]).toEqual([
      400,
      'Bad Request',
      [
        'first_name must be longer than or equal to 1 characters',
        'last_name is required',
        'phone_number must be a phone number of at most 20 characters, such as +1-555-123-4567 or +15551234567',
        'email must be an e-mail address',
        `customer_type must be one of the following values: ${TYPES.join(', ')}`,
        'status must be one of the following values: ACTIVE, BLACKLISTED, DEACTIVATED, DELETED',
      ],
    ]);
  });

  it.each([
    ['first_name', 'f'.repeat(101), 'first_name must be shorter than or equal to 100 characters'],
    ['last_name', 'l'.repeat(101), 'last_name must be shorter than or equal to 100 characters'],
    ['last_name', ' \u200b', 'last_name must hold something that can be seen'],
    ['phone_number', `+${'1'.repeat(20)}`, 'phone_number must be a phone number of at most 20 characters'],
    [
      'email',
      `${'e'.repeat(64)}@${`${'d'.repeat(60)}.`.repeat(3)}${'d'.repeat(10)}.io`,
      'email must be shorter than or equal to 255 characters',
    ],
    ['first_name', 7, 'first_name must be a string'],
    ['id', NOBODYS, 'id is decided by the server and must not be sent'],
  ])('is refused with %s %j', async (member, value, message) => {
    const { status, body } = await shop.post(CUSTOMERS, { ...JOHN, [member]: value });
    expect([status, body.message]).toEqual([400, [expect.stringContaining(message)]]);
  });

  it('has names of a hundred characters each', async () => {
    const names = { first_name: 'f'.repeat(100), last_name: 'l'.repeat(100) };
    expect(await made(names)).toMatchObject(names);
  });

  it('with the e-mail address of another one is 409, whatever its case, and of many at once one is made', async () => {
    const email = address();
    const taken = { statusCode: 409, message: 'Customer with this email already exists', error: 'Conflict' };
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, at) =>
        shop.post(CUSTOMERS, { ...JOHN, email: at % 2 === 0 ? email : email.toUpperCase() }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, ...Array(7).fill(409)]);
    expect(answers.find(({ status }) => status === 409)?.body).toEqual(taken);
    // Another merchant may know the same person, and many may have no address.
    await made({ email }, other);
  });

  it('is made once for an idempotency key', async () => {
    const key = { 'idempotency-key': crypto.randomUUID() };
    const first = await shop.post(CUSTOMERS, JOHN, key);
    expect((await shop.post(CUSTOMERS, JOHN, key)).body).toEqual(first.body);
  });
});

describe('a change (PATCH)', () => {
  it('changes the members that were sent and keeps all others', async () => {
    const before = await made({ email: address(), customer_type: 'Startup' });
    const change = { last_name: 'Smith', phone_number: '+1-987-654-3210', customer_type: 'Small Business' };
    const { status, body } = await patch(before.id, change);
    expect([status, body]).toEqual([200, { ...before, ...change, updated_at: body.updated_at }]);
  });

  it('of what it is already changes nothing', async () => {
    const before = await made({ email: address() });
    expect((await patch(before.id, before)).body).toEqual(before);
    expect(await app.sql('select version from customers where id = $1', [before.id])).toEqual([{ version: 1n }]);
  });

  it('empties the e-mail address where there is a phone number, and nothing that must be there', async () => {
    const { id } = await made({ email: address() });
    expect((await patch(id, { email: null })).body.email).toBeNull();
    const { status, body } = await patch(id, {
      first_name: null,
      last_name: '',
      phone_number: null,
      customer_type: null,
    });
    expect([status, body.message.map((each: string) => each.split(' ')[0])]).toEqual([
      400,
      ['first_name', 'last_name', 'phone_number'],
    ]);
  });

  it('to the e-mail address of another one is 409', async () => {
    const email = address();
    await made({ email });
    expect((await patch((await made()).id, { email })).status).toBe(409);
  });

  it.each(['BLACKLISTED', 'DEACTIVATED', 'DELETED', 'ACTIVE'])(
    'gives the status %s, and the customer stays readable',
    async (status) => {
      const { id } = await made({ status: status === 'ACTIVE' ? 'DELETED' : 'ACTIVE' });
      expect((await patch(id, { status })).body.status).toBe(status);
      expect((await shop.get(`${CUSTOMERS}/${id}`)).body.status).toBe(status);
    },
  );
});

describe('the list', () => {
  let client: ApiClient;
  const found = async (query: string): Promise<string[]> => {
    const { status, body } = await client.get(`${CUSTOMERS}?${query}`);
    expect([status, body.total]).toEqual([200, body.data.length]);
    return body.data.map((each: { last_name: string }) => each.last_name);
  };
  beforeAll(async () => {
    client = await app.shopClient((await app.merchant()).merchantId);
    for (const [first_name, last_name, status] of [
      ['Ann', 'Lee', 'ACTIVE'],
      ['Joanna', '50% Off', 'ACTIVE'],
      ['Bob', 'Annan', 'BLACKLISTED'],
      ['Eve', 'Under_score', 'DEACTIVATED'],
    ] as const)
      await made({ first_name, last_name, status, email: `${first_name}@Example.com` }, client);
  });

  it('has {data, total, skip, take}, the newest first', async () => {
    const { body } = await client.get(`${CUSTOMERS}?skip=1&take=2`);
    expect({ ...body, data: body.data.map((each: { last_name: string }) => each.last_name) }).toEqual({
      data: ['Annan', '50% Off'],
      total: 4,
      skip: 1,
      take: 2,
    });
    expect((await client.get(CUSTOMERS)).body).toMatchObject({ skip: 0, take: 10, total: 4 });
    expect(Object.keys(body.data[0])).toEqual(Object.keys((await client.get(`${CUSTOMERS}/${body.data[0].id}`)).body));
  });

  it.each([
    ['name=ANN', ['Annan', '50% Off', 'Lee']],
    ['name=ann lee', ['Lee']],
    ['name=%25', ['50% Off']],
    ['name=_', ['Under_score']],
    ['name=nobody', []],
    ['email=bob@example.com', ['Annan']],
    ['email=BOB@EXAMPLE.COM', ['Annan']],
    ['email=ob@example.com', []],
    ['status=ACTIVE', ['50% Off', 'Lee']],
    ['status=BLACKLISTED', ['Annan']],
    ['status=DELETED', []],
    ['status=ACTIVE&name=ann', ['50% Off', 'Lee']],
  ])('with %s has %j', async (query, names) => {
    expect(await found(query)).toEqual(names);
  });

  it.each([
    ['take=101', 'take must be a whole number from 1 to 100'],
    ['take=0', 'take must be a whole number from 1 to 100'],
    ['skip=-1', 'skip must be a whole number from 0 to 999999'],
    ['status=Active', 'status must be one of the following values: ACTIVE, BLACKLISTED, DEACTIVATED, DELETED'],
    ['name=a&name=b', 'name must be a string'],
    ['name=%00', 'name must not contain the character U+0000'],
    ['email=a%00b', 'email must not contain the character U+0000'],
  ])('refuses %s', async (query, message) => {
    const { status, body } = await client.get(`${CUSTOMERS}?${query}`);
    expect([status, body.message]).toEqual([400, [message]]);
  });

  it('has a hundred at once, and no customer of another merchant', async () => {
    expect((await client.get(`${CUSTOMERS}?take=100`)).body.data).toHaveLength(4);
  });
});

describe('a customer that is not there', () => {
  it.each(['unknown', 'malformed', 'of another merchant'])('%s is 404, read or changed', async (which) => {
    const theirs = which === 'of another merchant' ? (await made({}, other)).id : undefined;
    const path = `${CUSTOMERS}/${theirs ?? (which === 'unknown' ? NOBODYS : 'cust_123456')}`;
    const missing = { statusCode: 404, message: 'Customer not found', error: 'Not Found' };
    expect((await shop.get(path)).body).toEqual(missing);
    expect((await shop.patch(path, { first_name: '' })).body).toEqual(missing);
  });
});

describe('one address book', () => {
  const partner = (): PartnerCaller => PartnerCaller.bearer(app.url, token);
  const wallet = { authorization: '' };
  beforeAll(() => Object.assign(wallet, { authorization: `Bearer ${token}` }));

  it('has the same customers and ids in the partner API, and one name', async () => {
    const before = await made({ email: address(), customer_type: 'Enterprise' });
    expect((await partner().get(`/customers/${before.id}`)).body.data.attributes).toMatchObject({
      name: 'John Doe',
      email: before.email,
    });
    await partner().update('customers', `/customers/${before.id}`, { attributes: { name: 'Mary Ann Evans' } });
    const { body } = await shop.get(`${CUSTOMERS}/${before.id}`);
    expect(body).toEqual({ ...before, first_name: 'Mary Ann', last_name: 'Evans', updated_at: body.updated_at });
    await patch(before.id, { first_name: 'George' });
    expect((await partner().get(`/customers/${before.id}`)).body.data.attributes.name).toBe('George Evans');
  });

  it('tells one that the wallet API made, who has a single name and no number', async () => {
    const { id, email } = (await app.client.post('/api/clients', { name: 'Cher', email: address() }, wallet)).body;
    const { body } = await shop.get(`${CUSTOMERS}/${id}`);
    expect(body).toMatchObject({ first_name: 'Cher', last_name: '', email, phone_number: null, status: 'ACTIVE' });
    expect((await patch(id, body)).body).toEqual(body);
    expect((await patch(id, { email: null })).body.message).toEqual([
      'email can be emptied only where there is a phone_number',
    ]);
    expect((await patch(id, { email: null, phone_number: '+15551234567' })).body).toMatchObject({
      email: null,
      phone_number: '+15551234567',
    });
  });

  it('leaves a deleted one out of the list of the wallet API, which brings it back by its address', async () => {
    const { id, email } = await made({ email: address() });
    const listed = async (): Promise<string[]> =>
      (await app.client.get('/api/clients?limit=500', wallet)).body.clients.map((each: { id: string }) => each.id);
    expect(await listed()).toContain(id);
    await patch(id, { status: 'DELETED' });
    expect(await listed()).not.toContain(id);
    await app.client.post('/api/clients', { name: 'John Doe', email }, wallet);
    expect(await listed()).toContain(id);
    expect((await shop.get(`${CUSTOMERS}/${id}`)).body).toMatchObject({ status: 'ACTIVE', ...JOHN });
    await app.client.post('/api/clients', { name: 'Johnny', email }, wallet);
    expect((await shop.get(`${CUSTOMERS}/${id}`)).body).toMatchObject({ first_name: 'Johnny', last_name: '' });
  });

  it('of a blacklisted one stays blacklisted, whoever saves it again', async () => {
    const { id, email } = await made({ email: address(), status: 'BLACKLISTED' });
    await app.client.post('/api/clients', { name: 'John Doe', email }, wallet);
    expect((await shop.get(`${CUSTOMERS}/${id}`)).body.status).toBe('BLACKLISTED');
  });

  it('keeps one to whom something refers, whichever API is asked to take it away', async () => {
    const [bound, free] = [await made({ email: address() }), await made({ email: address() })];
    await app.sql(
      'create table bills (merchant_id uuid, customer_id uuid, foreign key (merchant_id, customer_id) references customers)',
    );
    try {
      await app.sql('insert into bills values ($1, $2)', [merchantId, bound.id]);
      const says = 'A payment link bills this customer: erase it instead';
      const viaPartner = await partner().delete(`/customers/${bound.id}`);
      expect([viaPartner.status, viaPartner.body.errors[0].code, viaPartner.text]).toEqual([
        409,
        'customer_in_use',
        expect.stringContaining(says),
      ]);
      const viaWallet = await app.client.delete(`/api/clients/${bound.id}`, wallet);
      expect([viaWallet.status, viaWallet.body]).toEqual([409, { error: says }]);
      expect((await shop.get(`${CUSTOMERS}/${bound.id}`)).body).toEqual(bound);
      expect((await partner().delete(`/customers/${free.id}`)).status).toBe(204);
    } finally {
      await app.sql('drop table bills');
    }
  });

  it('erases every member that says who it was, and tells it as deleted', async () => {
    const { id, email } = await made({ email: address(), customer_type: 'Government' });
    expect((await partner().send('POST', `/customers/${id}/erasure`, undefined)).status).toBe(200);
    const { body } = await shop.get(`${CUSTOMERS}/${id}`);
    expect(body).toMatchObject({
      first_name: 'Erased',
      last_name: '',
      email: null,
      phone_number: null,
      customer_type: 'Individual',
      status: 'DELETED',
    });
    const [row] = await app.sql('select to_jsonb(c)::text as text from customers c where id = $1', [id]);
    for (const told of [email, 'John', 'Doe', '555', 'Government']) expect(row?.['text']).not.toContain(told);
    expect((await patch(id, { first_name: 'John' })).body).toMatchObject({ statusCode: 409, error: 'Conflict' });
    expect((await shop.get(`${CUSTOMERS}?status=DELETED&name=erased`)).body.data).toEqual([body]);
    // The address is free again.
    await made({ email });
  });

  it('is recorded by the audit log without what was said', async () => {
    const { id } = await made({ email: address(), customer_type: 'Startup' });
    await patch(id, { phone_number: '+4930123456', status: 'BLACKLISTED' });
    const entries = await app.sql(
      'select action, after from audit_entries where merchant_id = $1 and subject_id = $2 order by sequence',
      [merchantId, id],
    );
    expect(entries).toEqual([
      {
        action: 'customer.created',
        after: { changed: ['name', 'firstName', 'lastName', 'email', 'phoneNumber', 'isFavorite', 'type'] },
      },
      { action: 'customer.updated', after: { changed: ['phoneNumber', 'status'] } },
    ]);
  });
});

describe('scopes', () => {
  it('reading and writing are two', async () => {
    const reader = await app.shopClient(merchantId, { scopes: ['clients:read'] });
    const writer = await app.shopClient(merchantId, { scopes: ['clients:write'] });
    expect([(await reader.get(CUSTOMERS)).status, (await reader.post(CUSTOMERS, JOHN)).status]).toEqual([200, 403]);
    expect([(await writer.get(CUSTOMERS)).status, (await writer.post(CUSTOMERS, JOHN)).status]).toEqual([403, 201]);
  });
});
