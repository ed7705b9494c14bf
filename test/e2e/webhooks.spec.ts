import { readFileSync } from 'node:fs';
import { eventually, TestApp } from '../support/app';
import type { ApiClient } from '../support/api-client';
import { queued } from '../support/queued-events';
import { toldEverything } from '../support/told';
import type { TestWallet } from '../support/wallet';
import { WebhookReceiver } from '../support/webhook-receiver';

const LINK = { amount: 12.5, asset: 'XLM', metadata: { title: 'Two bags of beans', reference: 'ORDER-1' } };

describe('webhooks, from the wallet API to the receiver', () => {
  let app: TestApp;
  let receiver: WebhookReceiver;
  beforeAll(async () => {
    app = await TestApp.start({ env: { WEBHOOKS_ALLOW_PRIVATE: '1' } });
    receiver = await WebhookReceiver.start();
  });
  afterAll(async () => {
    await receiver.stop();
    await app.stop();
  });
  beforeEach(() => receiver.reset());

  const register = async (client: ApiClient, body: Record<string, unknown> = {}) =>
    (await client.post('/api/webhooks', { url: receiver.url, ...body })).body;

  /** As the payer's page does it; the wallet, which is new. */
  const pay = async (client: ApiClient, id: string): Promise<TestWallet> => {
    const payer = await app.wallet();
    const { body } = await client.post(`/api/payments/${id}/pay-intent`, {
      senderPublicKey: payer.address,
      networkPassphrase: app.network.passphrase,
    });
    const signedTransactionXdr = payer.sign(body.transactionXdr);
    await client.post('/api/payments/submit', { invoiceId: id, signedTransactionXdr });
    return payer;
  };

  it('a paid link arrives as signed events that the official library verifies (W1, W4, W5, F13)', async () => {
    const { client } = await app.merchant();
    const webhook = await register(client);
    expect(webhook).toMatchObject({
      url: receiver.url,
      events: ['*'],
      network: 'sandbox',
      status: 'enabled',
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
    });
    const link = (await client.post('/api/links', LINK)).body;
    await pay(client, link.id);
    const types = (): string[] => receiver.received.map(({ body }) => body.type as string);
    await eventually(
      async () => types(),
      (seen) => seen.includes('link.paid') && seen.includes('invoice.paid'),
    );
    for (const received of receiver.received) {
      const { headers, body, text } = received;
      expect(headers).toMatchObject({
        'webhook-id': expect.stringMatching(/^msg_[0-9a-f-]{36}$/),
        'webhook-timestamp': expect.stringMatching(/^\d{10}$/),
        'webhook-signature': expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
        'content-type': 'application/json',
      });
      expect(body).toMatchObject({
        type: expect.stringMatching(/^[a-z_]+\.[a-z_]+$/),
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        data: expect.any(Object),
      });
      expect(Buffer.byteLength(text)).toBeLessThan(20_000);
      expect(WebhookReceiver.verify(received, webhook.secret)).toEqual(body);
      for (const other of [
        { ...received, text: text.replace('1', '2') },
        { ...received, headers: { ...headers, 'webhook-id': 'msg_x' } },
        { ...received, headers: { ...headers, 'webhook-timestamp': `${Number(headers['webhook-timestamp']) + 1}` } },
      ]) {
        expect(() => WebhookReceiver.verify(other, webhook.secret)).toThrow('No matching signature found');
      }
    }
    expect(new Set(receiver.ids()).size).toBe(receiver.received.length);
    const paid = receiver.received.find(({ body }) => body.type === 'invoice.paid')?.body;
    expect(Object.keys(paid).toSorted()).toEqual([
      'apiVersion',
      'created',
      'data',
      'id',
      'network',
      'timestamp',
      'type',
      'version',
    ]);
    expect(paid).toMatchObject({
      id: expect.stringMatching(/^evt_/),
      apiVersion: '1',
      network: 'sandbox',
      data: { id: link.id, status: 'PAID', reference: 'ORDER-1' },
    });
  });

  it('the versions of one subject rise in the order of its changes (W15, F18)', async () => {
    const { client } = await app.merchant();
    await register(client, { events: ['invoice.created', 'invoice.updated', 'invoice.sent', 'invoice.cancelled'] });
    const invoice = (
      await client.post('/api/invoices', {
        title: 'Beans',
        currency: 'XLM',
        clientName: 'Bo',
        clientEmail: 'bo@example.com',
        lineItems: [{ description: 'Beans', quantity: 1, rate: 2 }],
      })
    ).body;
    expect(invoice.id).toBeDefined();
    await client.patch(`/api/invoices/${invoice.id}`, { title: 'More beans' });
    await client.post(`/api/invoices/${invoice.id}/send`);
    await eventually(
      async () => receiver.received.length,
      (count) => count === 3,
    );
    const seen = receiver.received
      .map(({ body }) => `${body.version} ${body.type}`)
      .toSorted((a, b) => a.localeCompare(b));
    expect(seen).toEqual(['1 invoice.created', '2 invoice.updated', '3 invoice.sent']);
  });

  it("only the types asked for arrive, and only the merchant's own (W18, E22)", async () => {
    const [ada, bob] = await Promise.all([app.merchant(), app.merchant()]);
    await register(ada.client, { events: ['link.created'] });
    await bob.client.post('/api/links', LINK);
    const { id } = (await ada.client.post('/api/links', LINK)).body;
    await toldEverything(app);
    expect(receiver.received.map(({ body }) => [body.type, body.data.id])).toEqual([['link.created', id]]);
  });

  it('the list shows no secret, deleting ends it, and another merchant sees nothing of it (W6, E23)', async () => {
    const [ada, bob] = await Promise.all([app.merchant(), app.merchant()]);
    const { id, secret } = await register(ada.client, { description: 'shop' });
    const listed = await ada.client.get('/api/webhooks');
    expect(listed.body.webhooks).toMatchObject([{ id, description: 'shop' }]);
    expect(listed.text).not.toContain(secret);
    expect((await bob.client.get('/api/webhooks')).body).toEqual({ webhooks: [] });
    const again = (): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> =>
      bob.client.post('/api/webhooks', { url: receiver.url }, { 'idempotency-key': 'once' });
    const [made, repeated] = [await again(), await again()];
    expect([made.status, repeated.status, repeated.headers.get('idempotent-replayed')]).toEqual([201, 201, 'true']);
    expect(repeated.body).toEqual({
      ...made.body,
      secret: expect.not.stringContaining(String(made.body['secret']).slice(8)),
    });
    expect((await bob.client.get('/api/webhooks')).body.webhooks).toHaveLength(1);
    await bob.client.delete(`/api/webhooks/${String(made.body['id'])}`);
    expect((await bob.client.delete(`/api/webhooks/${id}`)).status).toBe(404);
    expect((await ada.client.delete(`/api/webhooks/${id}`)).status).toBe(200);
    expect((await ada.client.delete(`/api/webhooks/${id}`)).status).toBe(404);
    expect((await ada.client.delete('/api/webhooks/nonsense')).status).toBe(404);
    await ada.client.post('/api/links', LINK);
    await toldEverything(app);
    expect(receiver.received).toEqual([]);
  });

  it('who is behind in order of arrival can put the changes of a subject back into their own (W15, F18)', async () => {
    const { client } = await app.merchant();
    await register(client);
    receiver.behaviour = (response, { body }) =>
      response.writeHead(body.type === 'invoice.created' && first.size === 0 && first.add(body.id) ? 500 : 204).end();
    const first = new Set<string>();
    const { id } = (await client.post('/api/invoices', { currency: 'XLM', amount: 1 })).body;
    await client.post(`/api/invoices/${id}/send`);
    await client.post(`/api/payments/${id}/pay-intent`, {
      networkPassphrase: app.network.passphrase,
      senderPublicKey: (await app.wallet()).address,
    });
    const accepted = () =>
      receiver.received
        .filter(
          ({ body }, at) =>
            !(first.has(body.id) && receiver.received.findIndex((each) => each.body.id === body.id) === at),
        )
        .map(({ body }) => body);
    await eventually(
      async () => accepted(),
      (bodies) => bodies.some(({ type }) => type === 'invoice.created') && bodies.length >= 3,
    );
    receiver.behaviour = 204;
    expect(accepted()[0].type).not.toBe('invoice.created');
    expect(
      accepted()
        .toSorted((a, b) => a.version - b.version)
        .map(({ type }) => type),
    ).toEqual(['invoice.created', 'invoice.sent', 'invoice.processing']);
    expect(readFileSync('docs/webhooks.md', 'utf8')).toContain('`version` counts the events about one subject');
  });

  it('a type that nobody knew reaches who asked for all, not who asked for some, and the page says to ignore it (W20)', async () => {
    const { client, merchantId } = await app.merchant();
    const all = await register(client, { url: `${receiver.url}/all` });
    await register(client, { url: `${receiver.url}/some`, events: ['invoice.paid'] });
    await app.sql(
      queued(
        `insert into events (merchant_id, id, type, network, subject_type, subject_id, data, created_at) values ($1, gen_random_uuid(), 'balloon.burst', 'sandbox', 'balloon', gen_random_uuid(), '{"new":{"member":true}}', now())`,
      ),
      [merchantId],
    );
    await eventually(
      async () => receiver.received.length,
      (count) => count > 0,
    );
    expect(receiver.received.map(({ path, body }) => [path, body.type, body.data])).toEqual([
      ['/hook/all', 'balloon.burst', { new: { member: true } }],
    ]);
    expect(WebhookReceiver.verify(receiver.received[0] as never, all.secret)).toEqual(receiver.received[0]?.body);
    expect(readFileSync('docs/webhooks.md', 'utf8')).toMatch(/ignore types you do not know/);
  });

  it('tells exactly these members, and nothing of a person: no name, no e-mail, no address, no note (W21, F20)', async () => {
    const { client } = await app.merchant();
    await register(client);
    const person = {
      clientName: 'Grace Canary',
      clientEmail: 'canary@example.com',
      clientCompany: 'Canary Ltd',
      clientAddress: '1 Canary Row',
      notes: 'canary note',
      description: 'canary text',
    };
    const { id } = (await client.post('/api/invoices', { currency: 'XLM', amount: 2, title: 'Beans', ...person })).body;
    await client.patch(`/api/invoices/${id}`, { clientName: 'Canary, Grace' });
    await client.post(`/api/invoices/${id}/send`);
    const link = (
      await client.post('/api/links', {
        ...LINK,
        metadata: { ...LINK.metadata, payerName: 'Canary', payerEmail: 'canary@example.com', description: 'canary' },
      })
    ).body;
    const payer = await pay(client, link.id);
    await eventually(
      async () => receiver.received.map(({ body }) => body.type as string),
      (types) => types.includes('link.paid') && types.includes('invoice.sent') && types.includes('payment.confirmed'),
    );
    expect(
      receiver.received
        .filter(({ text, headers }) => /canary/i.test(text + JSON.stringify(headers)))
        .map(({ body }) => body.type),
    ).toEqual([]);
    const told = Object.fromEntries(
      receiver.received.map(({ body }) => [body.type, Object.keys(body.data).toSorted().join(' ')]),
    );
    const invoice =
      'amount asset destination expiresAt id ledger memo memoId memoType muxedAddress network number paidAt payerWallet received reference status subtotal taxAmount taxBreakdown taxRate title transactionHash';
    const moved = invoice.replace('payerWallet', 'payerWallet previousStatus');
    expect(told).toEqual({
      'invoice.created': invoice,
      'invoice.updated': invoice,
      'invoice.sent': moved,
      'invoice.processing': moved,
      'invoice.paid': moved,
      'link.created': invoice.replace('ledger', 'ledger linkId'),
      'link.paid': invoice.replace('ledger', 'ledger linkId'),
      'payment.confirmed':
        'amount asset closedAt from id invoiceId invoiceNumber ledger operationId outcome received to total transactionHash',
    });
    // The wallet is on the ledger for everybody to see: it is told in two members, and the page for receivers names both.
    const holding = (type: string) =>
      Object.entries(receiver.received.find(({ body }) => body.type === type)?.body.data as object)
        .filter(([, value]) => value === payer.address)
        .map(([name]) => name);
    expect([holding('invoice.paid'), holding('payment.confirmed')]).toEqual([['payerWallet'], ['from']]);
    expect(readFileSync('docs/webhooks.md', 'utf8')).toContain('(`payerWallet` of an invoice, `from` of a payment)');
  });

  it('what cannot be is told in one answer', async () => {
    const { client } = await app.merchant();
    expect(await client.post('/api/webhooks', { url: 'ftp://example.com/x' })).toMatchObject({
      status: 422,
      body: { details: [{ path: 'url', message: 'must begin with https:// or http://' }] },
    });
    expect(await client.post('/api/webhooks', { url: `${app.url}/api/links` })).toMatchObject({ status: 422 });
    expect(
      await client.post('/api/webhooks', { url: receiver.url, events: ['invoice.paid', 'no.such'] }),
    ).toMatchObject({ status: 400, body: { details: [{ path: 'events.1' }] } });
    expect(await client.post('/api/webhooks', { url: receiver.url, events: [] })).toMatchObject({ status: 400 });
    expect(await client.post('/api/webhooks', {})).toMatchObject({ status: 400 });
  });

  it('a merchant has at most 20, however many ask at once', async () => {
    const { client } = await app.merchant();
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => client.post('/api/webhooks', { url: receiver.url })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(10);
  });
});

describe('a deployment that does not allow private receivers', () => {
  it('refuses http, loopback and itself at the door (W17, F17)', async () => {
    const app = await TestApp.start({ reconcile: false });
    try {
      const { client } = await app.merchant();
      for (const url of ['http://example.com/x', 'https://127.0.0.1/x', `https://localhost:8443/x`])
        expect(await client.post('/api/webhooks', { url })).toMatchObject({ status: 422 });
      expect(await client.post('/api/webhooks', { url: 'https://hooks.example.com/x' })).toMatchObject({ status: 201 });
    } finally {
      await app.stop();
    }
  });
});
