import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { all, events, LumentillClient, RefusedError, verifyWebhook } from '../../sdk';
import { TestApp } from '../support/app';

let app: TestApp;
let client: LumentillClient;
beforeAll(async () => {
  app = await TestApp.start();
  const { key } = await app.shop();
  client = new LumentillClient({ url: app.url, apiKey: key });
});
afterAll(() => app.stop());

const product = (
  name: string,
): {
  readonly data: {
    readonly type: 'products';
    readonly attributes: { readonly name: string; readonly price: string; readonly currency: string };
  };
} => ({ data: { type: 'products', attributes: { name, price: '2.50', currency: 'EUR' } } });

describe('the client', () => {
  it('makes, reads, changes and deletes, with types', async () => {
    const made = await client.call('createProduct', { body: product('Tee'), query: { include: 'taxRate' } });
    const { id } = made.document.data;
    const read = await client.call('readProduct', { id });
    expect([made.status, read.document.data.attributes.price, read.etag]).toEqual([201, '2.50', '"1"']);
    const changed = await client.call('updateProduct', {
      id,
      body: { data: { type: 'products', id, attributes: { price: '3' } } },
      ifMatch: '"1"',
    });
    expect(changed.document.data.attributes.price).toBe('3.00');
    await expect(
      client.call('updateProduct', {
        id,
        body: { data: { type: 'products', id, attributes: { price: '4' } } },
        ifMatch: '"1"',
      }),
    ).rejects.toMatchObject({ status: 412, errors: [{ code: 'precondition_failed' }] });
    const few = await client.call('readProduct', { id, query: { fields: { products: 'name' } } });
    expect(few.document.data.attributes).toEqual({ name: 'Tee' });
    expect((await client.call('deleteProduct', { id })).document).toBeUndefined();
    await expect(client.call('readProduct', { id })).rejects.toBeInstanceOf(RefusedError);
  });

  it('does the same thing once under one key', async () => {
    const [first, second] = [
      await client.call('createProduct', { body: product('One'), idempotencyKey: 'one' }),
      await client.call('createProduct', { body: product('One'), idempotencyKey: 'one' }),
    ];
    expect([first.replayed, second.replayed, second.document]).toEqual([false, true, first.document]);
  });

  it('reads a whole collection, page by page', async () => {
    for (const name of ['A', 'B', 'C', 'D', 'E'])
      await client.call('createProduct', { body: product(`paged ${name}`) });
    const names: string[] = [];
    for await (const { attributes } of all(client, 'listProducts', {
      query: { 'page[size]': 2, sort: 'createdAt', 'filter[status]': ['active'] },
    }))
      names.push(attributes.name);
    expect(names.filter((name) => name.startsWith('paged'))).toEqual([
      'paged A',
      'paged B',
      'paged C',
      'paged D',
      'paged E',
    ]);
  });

  it('repeats what got no answer, and sends its key nowhere else', async () => {
    const patient = new LumentillClient({ url: 'http://127.0.0.1:1', apiKey: 'sk_test_x', retries: 1 });
    const before = Date.now();
    await expect(patient.call('listProducts', {})).rejects.toThrow('fetch failed');
    expect(Date.now() - before).toBeGreaterThanOrEqual(490);
    await expect(client.follow('https://elsewhere.example/api/public/v1/products')).rejects.toThrow('leads elsewhere');
  });

  it('follows what happens, each event once, and goes on where it stopped', async () => {
    const stop = new AbortController();
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    const seen: string[] = [];
    let first = '';
    const link = (reference: string): Promise<unknown> =>
      client.call('createPaymentLink', {
        body: {
          data: {
            type: 'paymentLinks',
            attributes: { amount: '1', currency: 'XLM', paymentType: 'Invoice', expiresAt, reference },
          },
        },
      });
    await link('first');
    for await (const event of events(client, { intervalMs: 20, signal: stop.signal })) {
      seen.push(event.id);
      if (seen.length === 1) first = event.attributes.cursor;
      if (seen.length === 2) await link('second');
      if (seen.length === 4) stop.abort();
    }
    expect(new Set(seen).size).toBe(4);
    const [next] = (await client.call('listEvents', { query: { 'filter[after]': [first], 'page[size]': 1 } })).document
      .data;
    expect(next?.id).toBe(seen[1]);
  });
});

describe('verifying a webhook', () => {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const body = JSON.stringify({
    id: 'evt_1',
    type: 'invoice.paid',
    apiVersion: '1',
    version: 3,
    network: 'sandbox',
    data: {},
  });
  const sent = (now = new Date(), by = secret): Record<string, string> => ({
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(by).sign('msg_1', now, body),
  });

  it('accepts what the published library signs, and one of two signatures', () => {
    expect(verifyWebhook(secret, sent(), body)).toMatchObject({ id: 'evt_1', type: 'invoice.paid', version: 3 });
    const headers = sent();
    const other = sent(new Date(), `whsec_${randomBytes(32).toString('base64')}`)['webhook-signature'];
    expect(
      verifyWebhook(
        secret,
        { ...headers, 'webhook-signature': `${other} ${headers['webhook-signature']}` },
        Buffer.from(body),
      ).id,
    ).toBe('evt_1');
  });

  it.each<[string, () => unknown, string]>([
    ['another body', () => verifyWebhook(secret, sent(), `${body} `), 'wrong'],
    ['another secret', () => verifyWebhook(`whsec_${randomBytes(32).toString('base64')}`, sent(), body), 'wrong'],
    ['another id', () => verifyWebhook(secret, { ...sent(), 'webhook-id': 'msg_2' }, body), 'wrong'],
    ['an old one', () => verifyWebhook(secret, sent(new Date(Date.now() - 301_000)), body), 'too old'],
    ['one from the future', () => verifyWebhook(secret, sent(new Date(Date.now() + 302_000)), body), 'from the future'],
    ['no signature', () => verifyWebhook(secret, { ...sent(), 'webhook-signature': undefined }, body), 'missing'],
    ['an empty one', () => verifyWebhook(secret, { ...sent(), 'webhook-signature': 'v1,' }, body), 'wrong'],
  ])('refuses %s', (_what, verify, message) => {
    expect(verify).toThrow(message);
  });
});
