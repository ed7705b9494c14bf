import { Memo } from '@stellar/stellar-sdk';
import { HeldRows } from '../chaos/held-rows';
import { ApiClient } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import type { TestMerchant } from '../support/shop';
import type { TestWallet } from '../support/wallet';

let app: TestApp;
let merchant: TestMerchant;
let payer: TestWallet;

beforeAll(async () => {
  app = await TestApp.start();
  merchant = await app.merchant();
  payer = await app.wallet();
});
afterAll(() => app.stop());

let keys = 0;
const newKey = (): { 'idempotency-key': string } => ({ 'idempotency-key': `key-${(keys += 1)}` });
const replayed = (answer: { headers: Headers }): boolean => answer.headers.get('idempotent-replayed') === 'true';

async function rows(
  table: 'invoices' | 'payment_links' | 'events' | 'idempotency_keys' | 'payment_intents',
): Promise<number> {
  const [row] = await app.sql<{ n: number }>(`select count(*)::int as n from ${table}`);
  return row?.n ?? -1;
}

describe('POST /api/links', () => {
  const body = { amount: '10.00', asset: 'XLM', metadata: { reference: 'ORDER-1' } };

  it('without a key creates a link each time and stores no key', async () => {
    const before = await rows('idempotency_keys');
    const [a, b] = [await merchant.client.post('/api/links', body), await merchant.client.post('/api/links', body)];
    expect(a.body.id).not.toBe(b.body.id);
    expect(await rows('idempotency_keys')).toBe(before);
  });

  it('I4 I5 with a key creates one link, invoice and pair of events, and repeats its answer byte by byte', async () => {
    const before = [await rows('invoices'), await rows('payment_links'), await rows('events')];
    const key = newKey();
    const first = await merchant.client.post('/api/links', body, key);
    const again = await merchant.client.post('/api/links', body, key);
    expect([first.status, again.status, replayed(first), replayed(again)]).toEqual([201, 201, false, true]);
    expect(again.text).toBe(first.text);
    expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect([await rows('invoices'), await rows('payment_links'), await rows('events')]).toEqual(
      before.map((count, index) => count + [1, 1, 2][index]!),
    );
  });

  it('has the same shape and headers with a key as without', async () => {
    const plain = await merchant.client.post('/api/links', body);
    const keyed = await merchant.client.post('/api/links', body, newKey());
    expect(Object.keys(keyed.body as object)).toEqual(Object.keys(plain.body as object));
    const names = (answer: { headers: Headers }): string[] => [...answer.headers.keys()].toSorted();
    expect(names(keyed)).toEqual(names(plain));
  });

  it('I6 I8 tells another amount from another spelling of the body', async () => {
    const key = newKey();
    await merchant.client.post('/api/links', '{"amount":10.50,"asset":"XLM"}', key);
    expect(replayed(await merchant.client.post('/api/links', '{ "asset":"XLM", "amount":10.50 }', key))).toBe(true);
    const other = await merchant.client.post('/api/links', '{"amount":10.5,"asset":"XLM"}', key);
    expect(other.status).toBe(422);
    expect(Object.keys(other.body as object)).toEqual(['error']);
  });

  it('I14 a refused body does not use the key up, nor the hourly limit', async () => {
    const key = newKey();
    const count = await rows('invoices');
    expect((await merchant.client.post('/api/links', { ...body, amount: '-1' }, key)).status).toBe(400);
    expect((await merchant.client.post('/api/links', { ...body, expiresAt: '2001-01-01T00:00:00Z' }, key)).status).toBe(
      400,
    );
    expect((await merchant.client.post('/api/links', body, key)).status).toBe(201);
    expect(await rows('invoices')).toBe(count + 1);
  });

  it('I9 B06 keys of two merchants have nothing to do with each other', async () => {
    const other = await app.merchant();
    const key = newKey();
    const [mine, theirs] = [
      await merchant.client.post('/api/links', body, key),
      await other.client.post('/api/links', body, key),
    ];
    expect(replayed(theirs)).toBe(false);
    expect(mine.body.id).not.toBe(theirs.body.id);
  });

  it('I10 twenty at once create one link', async () => {
    const key = newKey();
    const ask = () => merchant.client.post('/api/links', body, key);
    await merchant.client.post('/api/links', body, newKey());
    const count = await rows('invoices');
    // Whoever makes a link waits for the merchant's counter: so the others meet the first one at work.
    const counter = await HeldRows.hold(app.databaseUrl, 'select from invoice_counters for update');
    const first = ask();
    try {
      await counter.awaited();
      const others = await Promise.all(Array.from({ length: 19 }, ask));
      expect(others.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual(
        Array(19).fill([409, '1']),
      );
    } finally {
      await counter.release();
    }
    const made = await first;
    expect([made.status, replayed(made), await rows('invoices')]).toEqual([201, false, count + 1]);
    const later = await Promise.all(Array.from({ length: 20 }, ask));
    expect(later.map((answer) => [answer.status, replayed(answer), answer.body.id])).toEqual(
      Array(20).fill([201, true, made.body.id]),
    );
    expect(await rows('invoices')).toBe(count + 1);
  });

  it('I25 a session that has ended cannot replay', async () => {
    const token = await merchant.wallet.signIn(app.url);
    const client = new ApiClient(app.url, { authorization: `Bearer ${token}` });
    const key = newKey();
    expect((await client.post('/api/links', body, key)).status).toBe(201);
    await app.sql('update sessions set revoked_at = now() where digest = sha256($1::text::bytea)', [token]);
    const again = await client.post('/api/links', body, key);
    expect([again.status, replayed(again)]).toEqual([401, false]);
    // The key is the merchant's: another session of it hears the answer.
    expect(replayed(await merchant.client.post('/api/links', body, key))).toBe(true);
  });

  it("I2 B09 a key that is none is 400 in this family's words", async () => {
    const { status, body: refusal } = await merchant.client.post('/api/links', body, { 'idempotency-key': 'a b' });
    expect([status, refusal]).toEqual([
      400,
      { error: 'The Idempotency-Key header must be sent once, with 1 to 255 visible ASCII characters' },
    ]);
  });
});

describe('POST /api/invoices', () => {
  it('I4 I5 honours the key as well', async () => {
    const body = { title: 'Two bags', currency: 'XLM', lineItems: [{ description: 'Bag', quantity: 2, rate: 5 }] };
    const count = await rows('invoices');
    const key = newKey();
    const first = await merchant.client.post('/api/invoices', body, key);
    const again = await merchant.client.post('/api/invoices', body, key);
    expect(first.status).toBe(201);
    expect([again.text, replayed(again)]).toEqual([first.text, true]);
    expect(await rows('invoices')).toBe(count + 1);
  });
});

describe('paying', () => {
  async function newLink(): Promise<string> {
    return String((await merchant.client.post('/api/links', { amount: '3', asset: 'XLM' })).body.id);
  }

  it('I28 a repeated pay intent is the same unsigned transaction, not a second intent', async () => {
    const id = await newLink();
    const key = newKey();
    const count = await rows('payment_intents');
    const ask = () => app.client.post(`/api/payments/${id}/pay-intent`, { senderPublicKey: payer.address }, key);
    const [first, again] = [await ask(), await ask()];
    expect([first.status, again.text, replayed(again)]).toEqual([200, first.text, true]);
    expect(await rows('payment_intents')).toBe(count + 1);
  });

  it('a repeated submit hears of the first payment instead of "already paid"', async () => {
    const id = await newLink();
    const intent = await app.client.post(`/api/payments/${id}/pay-intent`, { senderPublicKey: payer.address });
    const body = { invoiceId: id, signedTransactionXdr: payer.sign(String(intent.body.transactionXdr)) };
    const key = newKey();
    const first = await app.client.post('/api/payments/submit', body, key);
    const again = await app.client.post('/api/payments/submit', body, key);
    expect([first.status, again.text, replayed(again)]).toEqual([200, first.text, true]);
    expect((await app.client.post('/api/payments/submit', body)).body).toMatchObject({ alreadyPaid: true });
    const [paid] = await app.sql<{ n: number }>(
      'select count(*)::int as n from payments p join invoices i on i.id = p.invoice_id where i.public_id = $1',
      [id],
    );
    expect(paid?.n).toBe(1);
  });

  it('a refused submit leaves the key for the right transaction', async () => {
    const id = await newLink();
    const key = newKey();
    expect(
      (await app.client.post('/api/payments/submit', { invoiceId: id, signedTransactionXdr: 'nonsense' }, key)).status,
    ).toBe(400);
    const intent = await app.client.post(`/api/payments/${id}/pay-intent`, { senderPublicKey: payer.address });
    expect(
      (
        await app.client.post(
          '/api/payments/submit',
          { invoiceId: id, signedTransactionXdr: payer.sign(String(intent.body.transactionXdr)) },
          key,
        )
      ).status,
    ).toBe(200);
  });

  it('a confirmation is repeated, and one that came too early is not', async () => {
    const created = await merchant.client.post('/api/links', { amount: '4', asset: 'XLM' });
    const id = String(created.body.id);
    const key = newKey();
    const early = await app.client.post(
      '/api/payments/confirm',
      { invoiceId: id, transactionHash: 'ab'.repeat(32) },
      key,
    );
    expect(early.status).toBe(404);
    const { hash } = await payer.pay(merchant.wallet.address, '4', {
      memo: Memo.text(String(created.body.legacyInvoiceNumber)),
    });
    const confirm = () => app.client.post('/api/payments/confirm', { invoiceId: id, transactionHash: hash }, key);
    const first = await eventually(confirm, ({ status }) => status === 200);
    const again = await confirm();
    expect([again.text, replayed(again)]).toEqual([first.text, true]);
  });
});
