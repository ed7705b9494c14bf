import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Asset, Memo, Operation, TransactionBuilder } from '@stellar/stellar-sdk';
import { Clock } from '../../src/common/clock';
import { Transactions } from '../../src/database/transactions';
import { readEnv } from '../../src/env';
import { CLOCK_LIMITS, type ClockLimits } from '../../src/sandbox/clock/clock-limits';
import { clockRequest } from '../../src/sandbox/clock/clock-request';
import { type Answer, ApiClient } from '../support/api-client';
import { TestApp } from '../support/app';
import { PartnerCaller } from '../support/partner-caller';
import type { TestWallet } from '../support/wallet';
import { WebhookReceiver } from '../support/webhook-receiver';

const HOUR = 3_600;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

interface Merchant {
  readonly wallet: TestWallet;
  readonly client: ApiClient;
  readonly token: string;
}

interface Bill {
  readonly id: string;
  readonly memo: string;
  readonly expiresAt: string;
}

const start = (env: Readonly<Record<string, string>> = {}, clockLimits: Partial<ClockLimits> = {}): Promise<TestApp> =>
  TestApp.start({ env: { SANDBOX_CLOCK: '1', WEBHOOKS_ALLOW_PRIVATE: '1', ...env }, ports: { clockLimits } });

const move = (app: TestApp, body: unknown): Promise<Answer> => app.client.post('/sandbox/clock', body);
const nowOf = async (app: TestApp): Promise<number> => Date.parse((await app.client.get('/sandbox/clock')).body.now);

async function forward(app: TestApp, body: unknown): Promise<Answer> {
  const moved = await move(app, body);
  expect([moved.status, moved.body.error]).toEqual([200, undefined]);
  return moved;
}

/** A link in lumens that can be paid for so long from now on, by the service's clock. */
async function bill(app: TestApp, { client }: Merchant, seconds: number): Promise<Bill> {
  const expiresAt = new Date((await nowOf(app)) + seconds * 1000).toISOString();
  const { status, body } = await client.post('/api/links', { amount: 5, asset: 'XLM', expiresAt });
  expect([status, body.error]).toEqual([201, undefined]);
  return { id: body.id, memo: body.legacyInvoiceNumber, expiresAt };
}

const statusOf = async (app: TestApp, { id }: Bill): Promise<string> =>
  (await app.client.get(`/api/links/${id}/status`)).body.status;

/** What was told, in its order, of one type. */
const told = async (app: TestApp, type: string): Promise<{ id: string; at: Date }[]> =>
  app.sql(
    `select i.public_id as id, e.created_at as at from events e join event_numbers n on n.merchant_id = e.merchant_id and n.event_id = e.id
     join invoices i on i.merchant_id = e.merchant_id and i.id = e.subject_id where e.type = $1 order by n.seq`,
    [type],
  );

describe('the clock of the sandbox over HTTP', () => {
  let app: TestApp;
  let merchant: Merchant;
  beforeAll(async () => {
    app = await start();
    merchant = await app.merchant();
  });
  afterAll(() => app.stop());

  it('tells the time, and goes forward by exactly what was asked for', async () => {
    const before = await app.client.get('/sandbox/clock');
    expect([before.status, before.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const moved = await forward(app, { advanceSeconds: HOUR });
    expect(moved.body.offsetSeconds).toBe(before.body.offsetSeconds + HOUR);
    expect(Date.parse(moved.body.now)).toBeGreaterThanOrEqual(Date.parse(before.body.now) + HOUR * 1000);
    const to = new Date(Date.parse(moved.body.now) + DAY * 1000).toISOString();
    expect(Date.parse((await forward(app, { to })).body.now)).toBeGreaterThanOrEqual(Date.parse(to));
    expect(Object.keys((await forward(app, { advanceSeconds: 0 })).body)).toEqual(['now', 'offsetSeconds']);
  });

  it('takes the ledger with it: wallets that ask the network for the time sign what it takes', async () => {
    await forward(app, { advanceSeconds: DAY });
    const { server, address, keypair, passphrase } = merchant.wallet;
    const [ledger] = (await server.ledgers().order('desc').limit(1).call()).records;
    expect(Date.parse(ledger?.closed_at as string)).toBeGreaterThan((await nowOf(app)) - 60_000);
    const transaction = new TransactionBuilder(await server.loadAccount(address), {
      fee: '1000',
      networkPassphrase: passphrase,
      timebounds: await server.fetchTimebounds(100),
    })
      .addOperation(Operation.bumpSequence({ bumpTo: '0' }))
      .build();
    transaction.sign(keypair);
    expect((await server.submitTransaction(transaction)).successful).toBe(true);
  });

  it('(S24) does not go back, nor far at once, and says so', async () => {
    const now = await nowOf(app);
    for (const body of [{ advanceSeconds: -1 }, { to: new Date(now - 1_000).toISOString() }]) {
      const back = await move(app, body);
      expect([back.status, back.body.error, typeof back.body.now]).toEqual([
        409,
        'The clock only goes forward: what has happened stays',
        'string',
      ]);
    }
    for (const body of [
      { advanceSeconds: 3 * YEAR },
      { advanceSeconds: Number.MAX_SAFE_INTEGER },
      { to: new Date(now + (2 * YEAR + 2 * DAY) * 1000).toISOString() },
    ])
      expect((await move(app, body)).body.error).toBe('A step can be at most two years long: take several');
    expect((await nowOf(app)) - now).toBeLessThan(DAY * 1000);
  });

  it.each([
    [{}, ''],
    [[], ''],
    [{ advanceSeconds: 1, to: '2050-01-01T00:00:00Z' }, ''],
    [{ advanceSeconds: 1.5 }, 'advanceSeconds'],
    [{ advanceSeconds: '60' }, 'advanceSeconds'],
    [{ advanceSeconds: null }, 'advanceSeconds'],
    [{ to: '2050-01-01' }, 'to'],
    [{ to: 1 }, 'to'],
    [{ seconds: 5 }, 'seconds'],
  ])('refuses %j', async (body, at) => {
    const before = (await app.client.get('/sandbox/clock')).body.offsetSeconds;
    const refused = await move(app, body);
    expect([refused.status, refused.body.error, refused.body.details[0].path]).toEqual([400, 'Validation failed', at]);
    expect((await app.client.get('/sandbox/clock')).body.offsetSeconds).toBe(before);
  });

  it('(S24) lets no credential lapse, no key be forgotten and no limit begin anew', async () => {
    const key = { 'idempotency-key': 'before the year' };
    const made = await merchant.client.post('/api/links', { amount: 1, asset: 'XLM' }, key);
    await forward(app, { advanceSeconds: YEAR });
    expect((await merchant.client.get('/api/auth/session')).status).not.toBe(401);
    expect((await merchant.client.get('/api/invoices')).status).toBe(200);
    const again = await merchant.client.post('/api/links', { amount: 1, asset: 'XLM' }, key);
    expect([again.status, again.body.id]).toEqual([made.status, made.body.id]);
    // A wallet that signs in a year later has its challenge judged by the clock that it has itself.
    expect(await merchant.wallet.signIn(app.url)).toMatch(/^ses_/);
  });

  it('plays a jump as a walk: each deadline has its turn, in order, at its time', async () => {
    const bills: Bill[] = [];
    for (const days of [30, 3, 11, 200]) bills.push(await bill(app, merchant, days * DAY));
    const before = (await told(app, 'invoice.expired')).length;
    await forward(app, { advanceSeconds: 100 * DAY });
    const order = (await told(app, 'invoice.expired')).slice(before);
    expect(order.map(({ id }) => id)).toEqual([1, 2, 0].map((at) => bills[at]?.id));
    for (const { id, at } of order) {
      const late = at.getTime() - Date.parse(bills.find((each) => each.id === id)?.expiresAt as string);
      expect([late > 0, late < 60_000]).toEqual([true, true]);
    }
    expect(await statusOf(app, bills[3] as Bill)).toBe('PENDING');
    await forward(app, { to: bills[3]?.expiresAt });
    expect(await statusOf(app, bills[3] as Bill)).toBe('EXPIRED');
  });

  it('stops for prepared payments and for links that nobody has opened, too', async () => {
    const partner = PartnerCaller.bearer(app.url, merchant.token);
    const prepared = await bill(app, merchant, 10 * DAY);
    const payer = await app.wallet();
    const intent = await app.client.post(`/api/payments/${prepared.id}/pay-intent`, { senderPublicKey: payer.address });
    expect(intent.status).toBe(200);
    const intents = (): Promise<{ status: string }[]> =>
      app.sql('select p.status from payment_intents p join invoices i on i.id = p.invoice_id where i.public_id = $1', [
        prepared.id,
      ]);
    expect(await intents()).toEqual([{ status: 'open' }]);
    await forward(app, { advanceSeconds: HOUR });
    expect(await intents()).toEqual([{ status: 'expired' }]);
    const expiresAt = new Date((await nowOf(app)) + 2 * DAY * 1000).toISOString();
    const link = await partner.create('paymentLinks', '/payment_links', {
      attributes: { amount: '20', currency: 'EUR', paymentType: 'Invoice', expiresAt },
    });
    expect(link.status).toBe(201);
    const { id } = link.body.data;
    await forward(app, { advanceSeconds: 5 * DAY });
    expect((await partner.get(`/payment_links/${id as string}`)).body.data.attributes.status).toBe('expired');
    const [told] = await app.sql<{ at: Date }>(
      `select created_at as at from events where type = 'link.expired' and subject_id = $1`,
      [id],
    );
    expect((told?.at.getTime() ?? 0) - Date.parse(expiresAt)).toBeLessThan(60_000);
  });

  it('brings webhooks with it, the later attempts at their times, signed at the time that receivers have', async () => {
    const receiver = await WebhookReceiver.start(500);
    const partner = PartnerCaller.bearer(app.url, merchant.token);
    const endpoint = await partner.create('webhookEndpoints', '/webhook_endpoints', {
      attributes: { url: receiver.url, eventTypes: ['invoice.expired'] },
    });
    expect(endpoint.status).toBe(201);
    const late = await bill(app, merchant, DAY);
    await forward(app, { to: late.expiresAt });
    const [row] = await app.sql<{ attempts: number }>(
      'select attempts from webhook_deliveries order by created_at desc limit 1',
    );
    expect(row?.attempts).toBe(1);
    receiver.behaviour = 204;
    await forward(app, { advanceSeconds: HOUR });
    expect(receiver.received).toHaveLength(2);
    const sent = receiver.received.map(({ headers }) => Number(headers['webhook-timestamp']) * 1000);
    expect(sent.every((at) => Math.abs(at - Date.now()) < 600_000)).toBe(true);
    await partner.delete(`/webhook_endpoints/${endpoint.body.data.id as string}`);
  });

  it('takes two moves at once one after the other', async () => {
    const before = (await app.client.get('/sandbox/clock')).body.offsetSeconds as number;
    const moves = await Promise.all([10, 20, 30].map((minutes) => move(app, { advanceSeconds: minutes * 60 })));
    expect(moves.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(moves.map(({ body }) => body.offsetSeconds - before)).toEqual([600, 1_800, 3_600]);
  });
});

describe('a walk', () => {
  it('makes nobody late: what closed or was handed in before it counts, though nobody has read it', async () => {
    const app = await TestApp.start({ env: { SANDBOX_CLOCK: '1' }, reconcile: false });
    const [merchant, payer, second] = [await app.merchant(), await app.wallet(), await app.wallet()];
    await forward(app, { advanceSeconds: 0 });
    const bills: [Bill, Bill, Bill] = [
      await bill(app, merchant, DAY),
      await bill(app, merchant, DAY),
      await bill(app, merchant, DAY),
    ];
    const [closed, handedIn, unpaid] = bills;
    await payer.pay(merchant.wallet.address, '5', { memo: Memo.text(closed.memo) });
    // What is handed in now is in no ledger for a minute, unless somebody closes one.
    app.network.faults.arm('slow_ledgers', { ms: 60_000 });
    const operation = Operation.payment({ destination: merchant.wallet.address, amount: '5', asset: Asset.native() });
    const envelope = await second.build([operation], Memo.text(handedIn.memo));
    await app.network.closeLedger();
    app.network.submitAsync(envelope);
    expect(app.network.engine.pendingCount()).toBe(1);
    expect([await statusOf(app, closed), await statusOf(app, handedIn)]).toEqual(['PENDING', 'PENDING']);
    await forward(app, { advanceSeconds: YEAR });
    expect([await statusOf(app, closed), await statusOf(app, handedIn), await statusOf(app, unpaid)]).toEqual([
      'CONFIRMED',
      'CONFIRMED',
      'EXPIRED',
    ]);
    await app.stop();
  });

  it('of too many steps stops and says where, and the next one goes on from there', async () => {
    const app = await start({}, { steps: 2 });
    const merchant = await app.merchant();
    const bills: Bill[] = [];
    for (const days of [1, 2, 3, 4]) bills.push(await bill(app, merchant, days * DAY));
    const to = new Date((await nowOf(app)) + 5 * DAY * 1000).toISOString();
    const stopped = await move(app, { to });
    expect([stopped.status, stopped.body.error]).toEqual([
      409,
      'The clock has stopped after 2 steps, and more is due on the way: move it again to go on from here',
    ]);
    // At the second deadline, with both that have passed done, and not beyond it.
    expect(Date.parse(stopped.body.now)).toBeGreaterThan(Date.parse(bills[1]?.expiresAt as string));
    expect(Date.parse(stopped.body.now)).toBeLessThan(Date.parse(bills[2]?.expiresAt as string));
    expect(await Promise.all(bills.map((each) => statusOf(app, each)))).toEqual([
      'EXPIRED',
      'EXPIRED',
      'PENDING',
      'PENDING',
    ]);
    expect((await move(app, { to })).status).toBe(409);
    await forward(app, { to });
    expect(await Promise.all(bills.map((each) => statusOf(app, each)))).toEqual(bills.map(() => 'EXPIRED'));
    await app.stop();
  });

  it('waits for what somebody holds, and says what when it cannot', async () => {
    const app = await start({}, { walkMs: 3_000 });
    const merchant = await app.merchant();
    const held = await bill(app, merchant, HOUR);
    const { promise, resolve } = Promise.withResolvers<void>();
    const holding = app.get(Transactions).run(async () => {
      await app.sql('select 1 from invoices where public_id = $1 for update', [held.id]);
      await promise;
    });
    const stopped = await move(app, { advanceSeconds: DAY });
    expect([stopped.status, stopped.body.error]).toEqual([
      409,
      `The way takes too long for one request: move the clock again to go on from here; not done yet: the expiry of an invoice, due ${held.expiresAt}`,
    ]);
    expect((await nowOf(app)) - Date.parse(held.expiresAt)).toBeLessThan(HOUR * 1000);
    resolve();
    await holding;
    await forward(app, { advanceSeconds: DAY });
    expect(await statusOf(app, held)).toBe('EXPIRED');
    await app.stop();
  });
});

it('walks ten thousand steps at most, and answers before its socket is given up', () => {
  expect([CLOCK_LIMITS.steps, CLOCK_LIMITS.walkMs < 110_000]).toEqual([10_000, true]);
});

it('docs/sandbox.md shows a request that the clock takes', async () => {
  const text = await readFile(path.join(__dirname, '../../docs/sandbox.md'), 'utf8');
  const bodies = [...text.matchAll(/`(\{"(?:advanceSeconds|to)".*?\})`/g)].map(([, body = '']) =>
    clockRequest(JSON.parse(body)),
  );
  expect(bodies).toEqual([{ advanceSeconds: 86_400 }, { to: new Date('2027-01-31T00:00:00.000Z') }]);
});

describe('without the flag', () => {
  it('(S24) there is no such address', async () => {
    const app = await TestApp.start({ env: { SANDBOX_FAULTS: '1' } });
    expect([(await app.client.get('/sandbox/clock')).status, (await move(app, { advanceSeconds: 1 })).status]).toEqual([
      404, 404,
    ]);
    await app.stop();
  });

  it('a database whose clock was moved is not opened: time would run backwards', async () => {
    const app = await start();
    await forward(app, { advanceSeconds: DAY });
    await expect(TestApp.start({ databaseUrl: app.databaseUrl })).rejects.toThrow(
      'SANDBOX_CLOCK must be 1 for this database: its clock was moved ahead by 86400 seconds',
    );
    const again = await TestApp.start({ databaseUrl: app.databaseUrl, env: { SANDBOX_CLOCK: '1' } });
    expect((await again.client.get('/health/ready')).status).toBeLessThan(504);
    const clock = again.get(Clock);
    const before = clock.real().getTime();
    const now = clock.now().getTime();
    // Two looks at two clocks: what lies between them is time that passed.
    expect([now >= before + DAY * 1000, now <= clock.real().getTime() + DAY * 1000]).toEqual([true, true]);
    await again.stop();
    await app.stop();
  });

  it.each([
    { NODE_ENV: 'production', SECRETS_KEY: Buffer.alloc(32, 1).toString('base64') },
    { NETWORKS: 'sandbox,testnet' },
    { NETWORKS: 'testnet' },
    { HORIZON_URL_SANDBOX: 'http://127.0.0.1:9/horizon' },
  ])('(S24) is refused where the deployment is more than a sandbox: %j', (env) => {
    expect(() => readEnv({ ...env, SANDBOX_CLOCK: '1' })).toThrow('SANDBOX_CLOCK is accepted only where');
  });
});
