import { eventually, TestApp } from '../support/app';
import type { ApiClient } from '../support/api-client';
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
  beforeEach(() => receiver.received.splice(0));

  const register = async (client: ApiClient, body: Record<string, unknown> = {}) => (await client.post('/api/webhooks', { url: receiver.url, ...body })).body;

  it('a paid link arrives as signed events that the official library verifies', async () => {
    const { client } = await app.merchant();
    const webhook = await register(client);
    expect(webhook).toMatchObject({ url: receiver.url, events: ['*'], network: 'sandbox', status: 'enabled', secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/) });
    const link = (await client.post('/api/links', LINK)).body;
    const payer = await app.wallet();
    const intent = (await client.post(`/api/payments/${link.id}/pay-intent`, { senderPublicKey: payer.address, networkPassphrase: app.network.passphrase })).body;
    await client.post('/api/payments/submit', { invoiceId: link.id, signedTransactionXdr: payer.sign(intent.transactionXdr) });
    const types = (): string[] => receiver.received.map(({ body }) => body.type as string);
    await eventually(async () => types(), (seen) => seen.includes('link.paid') && seen.includes('invoice.paid'));
    for (const received of receiver.received) expect(WebhookReceiver.verify(received, webhook.secret)).toEqual(received.body);
    expect(new Set(receiver.ids()).size).toBe(receiver.received.length);
    const paid = receiver.received.find(({ body }) => body.type === 'invoice.paid')?.body;
    expect(Object.keys(paid).toSorted()).toEqual(['apiVersion', 'created', 'data', 'id', 'network', 'timestamp', 'type', 'version']);
    expect(paid).toMatchObject({ id: expect.stringMatching(/^evt_/), apiVersion: '1', network: 'sandbox', data: { id: link.id, status: 'PAID', reference: 'ORDER-1' } });
  });

  it('the versions of one subject rise in the order of its changes', async () => {
    const { client } = await app.merchant();
    await register(client, { events: ['invoice.created', 'invoice.updated', 'invoice.sent', 'invoice.cancelled'] });
    const invoice = (await client.post('/api/invoices', { title: 'Beans', currency: 'XLM', clientName: 'Bo', clientEmail: 'bo@example.com', lineItems: [{ description: 'Beans', quantity: 1, rate: 2 }] })).body;
    expect(invoice.id).toBeDefined();
    await client.patch(`/api/invoices/${invoice.id}`, { title: 'More beans' });
    await client.post(`/api/invoices/${invoice.id}/send`);
    await eventually(async () => receiver.received.length, (count) => count === 3);
    const seen = receiver.received.map(({ body }) => `${body.version} ${body.type}`).toSorted((a, b) => a.localeCompare(b));
    expect(seen).toEqual(['1 invoice.created', '2 invoice.updated', '3 invoice.sent']);
  });

  it('only the types asked for arrive, and only the merchant\'s own', async () => {
    const [ada, bob] = await Promise.all([app.merchant(), app.merchant()]);
    await register(ada.client, { events: ['link.created'] });
    await bob.client.post('/api/links', LINK);
    const { id } = (await ada.client.post('/api/links', LINK)).body;
    await eventually(async () => receiver.received.length, (count) => count > 0);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(receiver.received.map(({ body }) => [body.type, body.data.id])).toEqual([['link.created', id]]);
  });

  it('the list shows no secret, deleting ends it, and another merchant sees nothing of it', async () => {
    const [ada, bob] = await Promise.all([app.merchant(), app.merchant()]);
    const { id, secret } = await register(ada.client, { description: 'shop' });
    const listed = await ada.client.get('/api/webhooks');
    expect(listed.body.webhooks).toMatchObject([{ id, description: 'shop' }]);
    expect(listed.text).not.toContain(secret);
    expect((await bob.client.get('/api/webhooks')).body).toEqual({ webhooks: [] });
    expect((await bob.client.delete(`/api/webhooks/${id}`)).status).toBe(404);
    expect((await ada.client.delete(`/api/webhooks/${id}`)).status).toBe(200);
    expect((await ada.client.delete(`/api/webhooks/${id}`)).status).toBe(404);
    expect((await ada.client.delete('/api/webhooks/nonsense')).status).toBe(404);
    await ada.client.post('/api/links', LINK);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(receiver.received).toEqual([]);
  });

  it('what cannot be is told in one answer', async () => {
    const { client } = await app.merchant();
    expect(await client.post('/api/webhooks', { url: 'ftp://example.com/x' })).toMatchObject({ status: 422, body: { details: [{ path: 'url', message: 'must begin with https:// or http://' }] } });
    expect(await client.post('/api/webhooks', { url: `${app.url}/api/links` })).toMatchObject({ status: 422 });
    expect(await client.post('/api/webhooks', { url: receiver.url, events: ['invoice.paid', 'no.such'] })).toMatchObject({ status: 400, body: { details: [{ path: 'events.1' }] } });
    expect(await client.post('/api/webhooks', { url: receiver.url, events: [] })).toMatchObject({ status: 400 });
    expect(await client.post('/api/webhooks', {})).toMatchObject({ status: 400 });
  });

  it('a merchant has at most 20, however many ask at once', async () => {
    const { client } = await app.merchant();
    const answers = await Promise.all(Array.from({ length: 30 }, () => client.post('/api/webhooks', { url: receiver.url })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(10);
  });
});

describe('a deployment that does not allow private receivers', () => {
  it('refuses http, loopback and itself at the door (W17, F17)', async () => {
    const app = await TestApp.start({ reconcile: false });
    try {
      const { client } = await app.merchant();
      for (const url of ['http://example.com/x', 'https://127.0.0.1/x', `https://localhost:8443/x`]) expect(await client.post('/api/webhooks', { url })).toMatchObject({ status: 422 });
      expect(await client.post('/api/webhooks', { url: 'https://hooks.example.com/x' })).toMatchObject({ status: 201 });
    } finally {
      await app.stop();
    }
  });
});
