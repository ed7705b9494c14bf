import fc from 'fast-check';
import { HeldRows } from '../chaos/held-rows';
import { ApiClient } from '../support/api-client';
import { TestApp } from '../support/app';

/** Links keep their answer in the statement that makes them: no transaction stands around the two. */
describe('POST /api/links under a key', () => {
  let app: TestApp;
  /** A second process on the same database. */
  let other: TestApp;
  let client: ApiClient;
  let elsewhere: ApiClient;
  let keys = 0;
  const newKey = (): { 'idempotency-key': string } => ({ 'idempotency-key': `composed-${(keys += 1)}` });
  const replayed = (answer: { headers: Headers }): boolean => answer.headers.get('idempotent-replayed') === 'true';
  const body = { amount: '10.00', asset: 'XLM' };

  beforeAll(async () => {
    app = await TestApp.start({ env: { ROLE: 'api', LIMIT_LINKS_PER_HOUR: '1000' } });
    other = await TestApp.start({
      env: { ROLE: 'api', LIMIT_LINKS_PER_HOUR: '1000' },
      databaseUrl: app.databaseUrl,
    });
    const merchant = await app.merchant();
    ({ client } = merchant);
    elsewhere = new ApiClient(other.url, { authorization: `Bearer ${await merchant.wallet.signIn(app.url)}` });
    await client.post('/api/links', body);
  });
  afterAll(async () => {
    await other.stop();
    await app.stop();
  });

  const links = async (): Promise<number> =>
    (await app.sql<{ n: number }>('select count(*)::int as n from payment_links'))[0]?.n ?? -1;

  it('I4 keeps byte by byte what it answers, whatever a caller writes, with the number in its places', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
      fc.constantFrom('INV-0001', '$1', '\\', '"', '%s', 'a\\u0000b', '</script>', '#number#'),
    );
    await fc.assert(
      fc.asyncProperty(text, fc.bigInt({ min: 1n, max: 10n ** 9n }), fc.boolean(), async (title, cents, decimals) => {
        const amount = decimals ? `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}` : `${cents}`;
        const key = newKey();
        const request = { amount, asset: 'XLM', metadata: { title, reference: title, payerName: title } };
        const first = await client.post('/api/links', request, key);
        const again = await elsewhere.post('/api/links', request, key);
        if (first.status !== 201) return expect([again.status, again.text]).toEqual([first.status, first.text]);
        expect(first.body.legacyInvoiceNumber).toMatch(/^INV-\d{4,}$/);
        expect(first.body.memo).toBe(first.body.legacyInvoiceNumber);
        expect([again.status, again.text, replayed(again)]).toEqual([201, first.text, true]);
        return expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
      }),
      { numRuns: 60 },
    );
  });

  it('keeps the number that another merchant on the same account left to it', async () => {
    const [mine] = await app.sql<{ account: string; id: string }>(
      `select r.address as account, r.merchant_id as id from receiving_accounts r join invoices i on i.merchant_id = r.merchant_id limit 1`,
    );
    const next = `INV-${String((await lastNumber(mine?.id as string)) + 1).padStart(4, '0')}`;
    await app.sql(
      `insert into payment_references (network, account, kind, value, merchant_id, invoice_id)
       select 'sandbox', $1, 'text', $2, merchant_id, id from invoices limit 1`,
      [mine?.account, next],
    );
    const key = newKey();
    const first = await client.post('/api/links', body, key);
    expect(first.body.legacyInvoiceNumber).toMatch(new RegExp(`^${next}-[A-Z0-9]{6}$`));
    expect((await client.post('/api/links', body, key)).text).toBe(first.text);
  });

  it('I13 I12 at two processes at once: one link, and the other waits for its answer and hears the same', async () => {
    const key = newKey();
    const before = await links();
    const counter = await HeldRows.hold(app.databaseUrl, 'select from invoice_counters for update');
    const [first, second] = [client.post('/api/links', body, key), elsewhere.post('/api/links', body, key)];
    try {
      await counter.awaited();
      // In one process nobody waits: the others would take its connections.
      const third = await Promise.race([client.post('/api/links', body, key), first]);
      expect([third.status, third.headers.get('retry-after')]).toEqual([409, '1']);
    } finally {
      await counter.release();
    }
    const [a, b] = await Promise.all([first, second]);
    expect([a.status, b.status, a.text]).toEqual([201, 201, b.text]);
    expect(replayed(a)).not.toBe(replayed(b));
    expect(await links()).toBe(before + 1);
  });

  it('I11 with two bodies at two processes at once: one link, and the other is refused', async () => {
    const key = newKey();
    const before = await links();
    const counter = await HeldRows.hold(app.databaseUrl, 'select from invoice_counters for update');
    const both = [
      client.post('/api/links', body, key),
      elsewhere.post('/api/links', { ...body, amount: '11.00' }, key),
    ];
    await counter.awaited();
    await counter.release();
    const answers = await Promise.all(both);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 422]));
    expect(await links()).toBe(before + 1);
  });

  it('I23 a key that has expired makes another link, whose answer takes its place', async () => {
    const key = newKey();
    const first = await client.post('/api/links', body, key);
    await app.sql("update idempotency_keys set expires_at = now() - interval '1 second' where key = $1", [
      key['idempotency-key'],
    ]);
    const later = await client.post('/api/links', body, key);
    expect([later.status, replayed(later), later.body.id === first.body.id]).toEqual([201, false, false]);
    const again = await client.post('/api/links', body, key);
    expect([again.text, replayed(again)]).toEqual([later.text, true]);
  });

  it('I14 a full hour leaves the key free, and keeps nothing', async () => {
    const strict = await TestApp.start({
      env: { ROLE: 'api', LIMIT_LINKS_PER_HOUR: '1' },
      databaseUrl: app.databaseUrl,
    });
    const key = newKey();
    const merchant = await strict.merchant();
    expect((await merchant.client.post('/api/links', body, newKey())).status).toBe(201);
    expect((await merchant.client.post('/api/links', body, key)).status).toBe(429);
    const kept = await app.sql('select from idempotency_keys where key = $1', [key['idempotency-key']]);
    expect(kept).toEqual([]);
    await strict.stop();
  });

  async function lastNumber(merchantId: string): Promise<number> {
    const [row] = await app.sql<{ n: number }>(
      'select last_number::int as n from invoice_counters where merchant_id = $1',
      [merchantId],
    );
    return row?.n ?? 0;
  }
});
