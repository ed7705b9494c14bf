import { createHmac } from 'node:crypto';
import type { Answer, ApiClient, Json } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import { PartnerCaller } from '../support/partner-caller';
import { type Received, WebhookReceiver } from '../support/webhook-receiver';

const HOOKS = '/api/v0/webhooks';
const SECRET = 'a_secret-of_the_shop-that_has_40_letters';

let app: TestApp;
let receiver: WebhookReceiver;
let merchantId: string;
let shop: ApiClient;
let other: ApiClient;
let partner: PartnerCaller;

beforeAll(async () => {
  app = await TestApp.start({ env: { WEBHOOKS_ALLOW_PRIVATE: '1' } });
  receiver = await WebhookReceiver.start();
  const own = await app.shop();
  ({ merchantId } = own);
  partner = PartnerCaller.bearer(app.url, own.key);
  shop = await app.shopClient(merchantId);
  other = await app.shopClient((await app.merchant()).merchantId);
});
afterAll(async () => {
  await receiver.stop();
  await app.stop();
});
beforeEach(async () => {
  await app.sql('delete from webhook_endpoints where merchant_id = $1', [merchantId]);
  receiver.reset();
});

const NEW = { name: 'Shop events', isActive: true, encrypted: false };
const make = async (body: Record<string, unknown> = {}, client = shop): Promise<Json> => {
  const answer = await client.post(HOOKS, { ...NEW, url: receiver.url, ...body });
  expect([answer.status, answer.body.message]).toEqual([201, undefined]);
  return answer.body;
};
const faults = ({ status, body }: Answer): string[] => {
  expect(body).toEqual({ statusCode: 400, message: expect.anything(), error: 'Bad Request' });
  expect(status).toBe(400);
  return [body.message].flat() as string[];
};
const NO_STATS = { total_events: 0, successful_deliveries: 0, failed_deliveries: 0, last_delivery: null };

describe('POST /webhooks', () => {
  it('makes a webhook and shows the secret that was made, this once', async () => {
    const made = await make();
    expect(made).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ...NEW,
      url: receiver.url,
      events: null,
      created_at: expect.stringMatching(/Z$/),
      updated_at: made.created_at,
      delivery_stats: NO_STATS,
      signing_secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
    });
    const { signing_secret: _secret, ...told } = made;
    expect((await shop.get(`${HOOKS}/${made.id}`)).body).toEqual(told);
  });

  it('never echoes a secret that was given', async () => {
    const { status, text } = await shop.post(HOOKS, { ...NEW, url: receiver.url, signing_secret: SECRET });
    expect([status, text.includes(SECRET), text.includes('secret')]).toEqual([201, false, false]);
  });

  it('isActive and encrypted are required, and encrypted true is refused', async () => {
    expect(faults(await shop.post(HOOKS, { name: 'abc', url: receiver.url }))).toEqual([
      'isActive is required',
      'encrypted is required',
    ]);
    expect(faults(await shop.post(HOOKS, { ...NEW, url: receiver.url, encrypted: true }))).toEqual([
      'encrypted must be false: payloads cannot be encrypted yet, beyond the TLS of their way',
    ]);
  });

  it('message lists every fault', async () => {
    const told = faults(
      await shop.post(HOOKS, {
        name: 'ab',
        url: 'x',
        isActive: 'yes',
        encrypted: 1,
        signing_secret: 'short',
        events: ['x'],
      }),
    );
    expect(told.map((each) => each.split(' ', 1)[0] as string).toSorted()).toEqual([
      'encrypted',
      'events',
      'isActive',
      'name',
      'signing_secret',
      'url',
    ]);
  });

  it.each(['shop.example', 'ftp://shop.example/', 'javascript:x', '', 'https://'])(
    'url %j is no webhook URL',
    async (url) => {
      expect((await shop.post(HOOKS, { ...NEW, url })).body).toEqual({
        statusCode: 400,
        message: 'Invalid webhook URL format',
        error: 'Bad Request',
      });
    },
  );

  it('url may hold no credentials', async () => {
    expect(faults(await shop.post(HOOKS, { ...NEW, url: 'https://a:b@shop.example/' }))).toEqual([
      'url must not hold credentials',
    ]);
  });

  it('name has 3 to 100 characters, signing_secret 32 of letters, digits, _ and -', async () => {
    for (const name of ['ab', 'x'.repeat(101)])
      expect(faults(await shop.post(HOOKS, { ...NEW, url: receiver.url, name }))).toHaveLength(1);
    for (const signing_secret of ['x'.repeat(31), `${'x'.repeat(32)}.`, 'x'.repeat(129)])
      expect(faults(await shop.post(HOOKS, { ...NEW, url: receiver.url, signing_secret }))).toHaveLength(1);
    await make({ name: 'abc', signing_secret: 'x'.repeat(32) });
  });

  it('a repeat under its idempotency-key does not show the secret again', async () => {
    const send = (): Promise<Answer> =>
      shop.post(HOOKS, { ...NEW, url: receiver.url }, { 'idempotency-key': 'hook-once' });
    const [first, second] = [await send(), await send()];
    expect([second.status, second.body.id, second.headers.get('idempotent-replayed')]).toEqual([
      201,
      first.body.id,
      'true',
    ]);
    expect(second.body.signing_secret).toBe('whsec_[redacted]');
    expect((await shop.get(HOOKS)).body).toHaveLength(1);
  });

  it('a repeat with a secret of its own is the same answer', async () => {
    const send = (): Promise<Answer> =>
      shop.post(HOOKS, { ...NEW, url: receiver.url, signing_secret: SECRET }, { 'idempotency-key': 'hook-own' });
    const [first, second] = [await send(), await send()];
    expect([second.status, second.text]).toEqual([201, first.text]);
  });
});

describe('webhooks that are there', () => {
  it('GET is a bare array, the newest first, with skip and take', async () => {
    for (const name of ['one', 'two', 'three']) await make({ name });
    const names = async (query: string): Promise<string[]> =>
      (await shop.get(HOOKS + query)).body.map(({ name }: { name: string }) => name);
    expect(await names('')).toEqual(['three', 'two', 'one']);
    expect(await names('?skip=1&take=1')).toEqual(['two']);
    expect(faults(await shop.get(`${HOOKS}?skip=x&take=0`))).toHaveLength(2);
  });

  it('GET, PATCH and DELETE of what nobody has, of what is not yours and of what is no id are 404 alike', async () => {
    const { id } = await make();
    for (const [client, at] of [
      [shop, '01890000-0000-7000-8000-000000000000'],
      [shop, 'webhook_1'],
      [other, id],
    ] as const)
      for (const method of ['GET', 'PATCH', 'DELETE'])
        expect((await client.send(method, `${HOOKS}/${at}`, method === 'PATCH' ? {} : undefined)).body).toEqual({
          statusCode: 404,
          message: 'Webhook not found',
          error: 'Not Found',
        });
  });

  it('PATCH changes what is sent and leaves the rest', async () => {
    const { id, signing_secret: _secret, ...made } = await make();
    const { status, body } = await shop.patch(`${HOOKS}/${id}`, { name: 'Renamed', isActive: false });
    expect([status, body]).toEqual([
      200,
      { id, ...made, name: 'Renamed', isActive: false, updated_at: expect.any(String) },
    ]);
    expect((await shop.patch(`${HOOKS}/${id}`, { isActive: true, events: ['payment.completed'] })).body).toMatchObject({
      isActive: true,
      events: ['payment.completed'],
    });
    expect((await shop.patch(`${HOOKS}/${id}`, { url: 'nonsense' })).body.message).toBe('Invalid webhook URL format');
    expect(faults(await shop.patch(`${HOOKS}/${id}`, { encrypted: true, name: 'x' }))).toHaveLength(2);
  });

  it('PATCH takes back what GET told', async () => {
    const { id } = await make();
    const told = (await shop.get(`${HOOKS}/${id}`)).body;
    expect((await shop.patch(`${HOOKS}/${id}`, told)).body).toEqual(told);
  });

  it('DELETE answers 200 with the webhook', async () => {
    const { signing_secret: _secret, ...made } = await make();
    expect(await shop.delete(`${HOOKS}/${made.id}`)).toMatchObject({ status: 200, body: made });
    expect((await shop.get(`${HOOKS}/${made.id}`)).status).toBe(404);
  });

  it('one of another API is shown by its host where it has no description', async () => {
    const { body } = await partner.create('webhookEndpoints', '/webhook_endpoints', {
      attributes: { url: 'https://shop.example/hook', eventTypes: ['link.created', 'member.joined'] },
    });
    expect((await shop.get(`${HOOKS}/${body.data.id}`)).body).toMatchObject({
      name: 'shop.example',
      events: ['payment_link.created'],
    });
  });

  it.each(['webhooks:read', 'webhooks:write'] as const)('take the scope %s', async (scope) => {
    const client = await app.shopClient(merchantId, { scopes: ['links:read'] });
    const answer = await (scope === 'webhooks:read' ? client.get(HOOKS) : client.post(HOOKS, NEW));
    expect([answer.status, answer.body.message]).toEqual([403, expect.stringContaining(scope)]);
  });
});

describe('deliveries', () => {
  const arrived = (count: number): Promise<Received[]> =>
    eventually(
      () => Promise.resolve(receiver.received),
      (received) => received.length >= count,
    );
  const link = (): Promise<Answer> =>
    partner.create('paymentLinks', '/payment_links', {
      attributes: {
        amount: '5',
        currency: 'XLM',
        paymentType: 'Invoice',
        expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
      },
    });

  it('come in the words of this API, signed as Standard Webhooks are, and are counted', async () => {
    const { id, signing_secret: secret } = await make();
    await link();
    const received = await arrived(2);
    expect(received.map(({ body }) => body.type as string).toSorted()).toEqual([
      'payment.created',
      'payment_link.created',
    ]);
    for (const each of received) expect(WebhookReceiver.verify(each, secret)).toMatchObject({ network: 'sandbox' });
    const { body } = await eventually(
      () => shop.get(`${HOOKS}/${id}`),
      (answer) => answer.body.delivery_stats.successful_deliveries >= 2,
    );
    expect(body.delivery_stats).toMatchObject({ failed_deliveries: 0, last_delivery: expect.stringMatching(/Z$/) });
  });

  it('are signed with the bytes of a secret that was given, and with both after a change of it', async () => {
    const { id } = await make({ signing_secret: SECRET, events: ['payment_link.created'] });
    const next = SECRET.toUpperCase();
    await link();
    await arrived(1);
    await shop.patch(`${HOOKS}/${id}`, { signing_secret: next });
    await link();
    const [first, second] = await arrived(2);
    const signed = ({ headers, text }: Received, secret: string): string =>
      `v1,${createHmac('sha256', secret).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`).digest('base64')}`;
    expect(first?.headers['webhook-signature']).toBe(signed(first as Received, SECRET));
    expect(second?.headers['webhook-signature']?.split(' ')).toEqual([
      signed(second as Received, next),
      signed(second as Received, SECRET),
    ]);
  });

  it('are only those that events names', async () => {
    await make({ events: ['payment_link.created'] });
    await make({ name: 'sentinel', url: `${receiver.url}/all` });
    await link();
    const received = await arrived(3);
    expect(received.map(({ path, body }) => `${path} ${body.type}`).toSorted()).toEqual([
      '/hook payment_link.created',
      '/hook/all payment.created',
      '/hook/all payment_link.created',
    ]);
  });

  it('have no event without a name here, and one of the own API beside it has them all', async () => {
    await make();
    const own = await partner.create('webhookEndpoints', '/webhook_endpoints', {
      attributes: { url: `${receiver.url}/own` },
    });
    expect(own.status).toBe(201);
    await link();
    const received = await arrived(4);
    const at = (path: string): string[] =>
      received
        .filter((each) => each.path === path)
        .map(({ body }) => body.type as string)
        .toSorted();
    expect(at('/hook')).toEqual(['payment.created', 'payment_link.created']);
    expect(at('/hook/own')).toEqual(expect.arrayContaining(['invoice.created', 'link.created']));
  });

  it('none come to one that is not active', async () => {
    await make({ isActive: false });
    await make({ name: 'sentinel', url: `${receiver.url}/all` });
    await link();
    expect((await arrived(2)).map(({ path }) => path)).toEqual(['/hook/all', '/hook/all']);
  });
});
