import { randomUUID } from 'node:crypto';
import { DomainError } from '../../src/common/errors';
import { Transactions } from '../../src/database/transactions';
import { IdempotencyHousekeepingService } from '../../src/idempotency/idempotency-housekeeping.service';
import { IdempotencyKeysRepository } from '../../src/idempotency/idempotency-keys.repository';
import { type Answer, ApiClient } from '../support/api-client';
import { testDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { createEffects, M1, M2, MiniApp, onClient } from './idempotency-app';
import { rawPost } from './idempotency-wire';

const DAY_MS = 24 * 3600 * 1000;
const PAYMENTS = '/api/public/v1/payments';
const DOCUMENT = { 'content-type': 'application/vnd.api+json' };
const payment = (amount: unknown, meta = {}): object => ({ data: { type: 'payments', attributes: { amount } }, meta });

let database: TestDatabase;
let app: MiniApp;
let shop: ApiClient;

beforeAll(async () => {
  database = await testDatabase();
  await createEffects(database.url);
  app = await MiniApp.start(database.url);
  shop = app.as(M1);
});
beforeEach(async () => {
  await onClient(database.url, 'truncate effects, effect_events, idempotency_keys');
  app.world.balance = 1_000_000;
  app.world.executions = 0;
  app.world.providerCalls = 0;
});
afterAll(async () => {
  await app.stop();
  await database.drop();
});

async function counts(): Promise<{ effects: number; events: number; keys: number }> {
  const [row] = await onClient<{ effects: number; events: number; keys: number }>(
    database.url,
    'select (select count(*)::int from effects) as effects, (select count(*)::int from effect_events) as events, (select count(*)::int from idempotency_keys) as keys',
  );
  return row as { effects: number; events: number; keys: number };
}

const pay = (key: string | undefined, amount: unknown, client = shop, meta = {}): Promise<Answer> =>
  client.post(PAYMENTS, payment(amount, meta), {
    ...DOCUMENT,
    ...(key === undefined ? {} : { 'idempotency-key': key }),
  });
const link = (key: string, body: unknown, client = shop, path = '/api/links'): Promise<Answer> =>
  client.post(path, body, { 'idempotency-key': key });

describe('the header', () => {
  it('I1 is required where the route says so: 400 with its source and where to read more', async () => {
    const { status, body } = await pay(undefined, '1');
    expect(status).toBe(400);
    expect(body.errors).toEqual([
      expect.objectContaining({
        status: '400',
        code: 'idempotency_key_required',
        source: { header: 'Idempotency-Key' },
        links: { type: expect.stringMatching(/^https:/) },
      }),
    ]);
    expect(app.world.executions).toBe(0);
  });

  it.each([
    ['empty', ''],
    ['too long', 'k'.repeat(256)],
    ['with a space', 'a b'],
    ['not ASCII', 'k\xfc'],
  ])('I2 B09 %s is 400 with the same source, and costs nothing', async (_name, key) => {
    const { status, body } = await pay(key, '1');
    expect(status).toBe(400);
    expect(body.errors[0]).toMatchObject({ code: 'idempotency_key_malformed', source: { header: 'Idempotency-Key' } });
    expect(await counts()).toEqual({ effects: 0, events: 0, keys: 0 });
  });

  it('I2 B09 sent twice is 400, in the envelope of every family', async () => {
    for (const [path, member] of [
      [PAYMENTS, 'errors'],
      ['/api/v0/links', 'statusCode'],
      ['/api/links', 'error'],
    ] as const) {
      const type = path === PAYMENTS ? DOCUMENT['content-type'] : 'application/json';
      const { status, body } = await rawPost(app.url, path, JSON.stringify(payment('1')), [
        'Authorization',
        `Bearer ${M1}/sandbox`,
        'Content-Type',
        type,
        'Idempotency-Key',
        'a',
        'Idempotency-Key',
        'a',
      ]);
      expect(status).toBe(400);
      expect(Object.keys(JSON.parse(body) as object)).toContain(member);
    }
  });

  it('I2 quoted and bare are the same key', async () => {
    const first = await pay('"one-key"', '1');
    const second = await pay('one-key', '1');
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.text).toBe(first.text);
  });

  it('I24 is ignored on GET, even a malformed one', async () => {
    expect((await shop.get(PAYMENTS, { 'idempotency-key': 'a b' })).status).toBe(200);
    expect(await counts()).toMatchObject({ keys: 0 });
  });

  it('I24 is honoured on PATCH, and absent nothing is stored', async () => {
    const once = await shop.patch('/api/v0/links', { amount: '1' }, { 'idempotency-key': 'p' });
    const again = await shop.patch('/api/v0/links', { amount: '1' }, { 'idempotency-key': 'p' });
    expect(again.text).toBe(once.text);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    await shop.patch('/api/v0/links', { amount: '1' });
    expect(await counts()).toEqual({ effects: 2, events: 2, keys: 1 });
  });
});

describe('a repetition', () => {
  it('I3 I4 I5 has the same status, bytes, Location, ETag and content type, and no second effect', async () => {
    const first = await pay('k', '10.00');
    expect(first.status).toBe(201);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(first.headers.get('x-other')).toBe('first only');
    const again = await pay('k', '10.00');
    expect(again.status).toBe(201);
    expect(again.text).toBe(first.text);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    for (const name of ['location', 'etag', 'content-type'])
      expect(again.headers.get(name)).toBe(first.headers.get(name));
    expect(first.headers.get('content-type')).toBe('application/vnd.api+json');
    expect(await counts()).toEqual({ effects: 1, events: 1, keys: 1 });
  });

  it('is answered in every family as the first was, without a key as with one', async () => {
    for (const path of ['/api/links', '/api/v0/links', '/api/v0/links/nothing']) {
      const plain = await shop.post(path, { amount: '5' });
      const first = await link(`k${path}`, { amount: '5' }, shop, path);
      const again = await link(`k${path}`, { amount: '5' }, shop, path);
      expect(again.text).toBe(first.text);
      expect([again.status, again.headers.get('content-type'), again.headers.get('location')]).toEqual([
        first.status,
        first.headers.get('content-type'),
        first.headers.get('location'),
      ]);
      expect([plain.status, plain.headers.get('content-type'), plain.headers.get('location')]).toEqual([
        first.status,
        first.headers.get('content-type'),
        first.headers.get('location'),
      ]);
    }
  });

  it('I3 keys that are asked about together are each told their own answer', async () => {
    const amounts = Array.from({ length: 40 }, (_, index) => String(index + 1));
    const originals = await Promise.all(
      amounts.slice(0, 30).map((amount) => pay(`key ${amount}`.replace(' ', '"'), amount)),
    );
    const again = await Promise.all(amounts.map((amount) => pay(`key ${amount}`.replace(' ', '"'), amount)));
    expect(again.slice(0, 30).map(({ body }) => body)).toEqual(originals.map(({ body }) => body));
    expect(again.map(({ headers }) => headers.has('idempotent-replayed'))).toEqual(
      amounts.map((_, index) => index < 30),
    );
    expect(app.world.executions).toBe(40);
  });

  it('I6 B05 with another body is refused, and the original still replays', async () => {
    const first = await pay('k', '10.00');
    const other = await pay('k', '10.01');
    expect(other.status).toBe(422);
    expect(other.body.errors[0]).toMatchObject({
      code: 'idempotency_key_reused',
      source: { header: 'Idempotency-Key' },
    });
    expect((await pay('k', '10.00')).text).toBe(first.text);
    expect(await counts()).toMatchObject({ effects: 1 });
  });

  it('I6 is told by each family in its own way: 409 for merchants, 422 for wallets', async () => {
    await link('k', { amount: '1' }, shop, '/api/v0/links');
    const merchant = await link('k', { amount: '2' }, shop, '/api/v0/links');
    expect([merchant.status, merchant.body.statusCode]).toEqual([409, 409]);
    const wallet = await link('k', { amount: '2' }, shop, '/api/links');
    expect(wallet.status).toBe(422);
    expect(wallet.body).toEqual({ error: expect.stringContaining('another method, address or body') });
  });

  it('I7 B07 with another path, query or method is refused', async () => {
    await link('k', { amount: '1' });
    expect((await link('k', { amount: '1' }, shop, '/api/keys')).status).toBe(422);
    expect((await link('k', { amount: '1' }, shop, '/api/links?x=1')).status).toBe(422);
    expect((await shop.patch('/api/v0/links', { amount: '1' }, { 'idempotency-key': 'k' })).status).toBe(409);
  });

  it('I8 may order and space its members otherwise, but not write the amount otherwise', async () => {
    const first = await link('k', '{"amount":"10.00","asset":{"code":"XLM","issuer":null}}');
    const again = await link('k', '{ "asset" : {"issuer":null,"code":"XLM"},\n "amount":"10.00" }');
    expect(again.text).toBe(first.text);
    expect((await link('k', '{"amount":"10.0","asset":{"code":"XLM","issuer":null}}')).status).toBe(422);
    const document = await pay('d', '1', shop, { attempt: 1 });
    expect((await pay('d', '1', shop, { attempt: 2 })).text).toBe(document.text);
  });

  it('I9 B06 of another merchant, network or address is a request of its own, and nothing leaks', async () => {
    const answers = await Promise.all([
      pay('k', '1', app.as(M1)),
      pay('k', '1', app.as(M2)),
      pay('k', '2', app.as(M1, 'public')),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map(({ body }) => String(body.data.id))).size).toBe(3);
    expect(answers.some(({ headers }) => headers.has('idempotent-replayed'))).toBe(false);
  });

  it('I26 tells the original answer, whatever became of it since', async () => {
    const first = await link('k', { amount: '1' });
    await onClient(database.url, "update effects set amount = '99'");
    expect((await link('k', { amount: '1' })).text).toBe(first.text);
  });
});

describe('what leaves the key unused', () => {
  it('I14 a body that is not valid: corrected, it is accepted under the same key', async () => {
    expect((await pay('k', 1)).status).toBe(422);
    expect((await pay('k', '1')).status).toBe(201);
    expect((await link('w', {})).status).toBe(400);
    expect((await link('w', { amount: '1' })).status).toBe(201);
    expect((await link('l', {}, shop, '/api/payments/submit')).status).toBe(400);
    expect((await link('l', { amount: '1' }, shop, '/api/payments/submit')).status).toBe(201);
  });

  it('I15 401, 403, 406, 415 and 429', async () => {
    const key = { 'idempotency-key': 'k' };
    const refusals = [
      await new ApiClient(app.url).post(PAYMENTS, payment('1'), { ...DOCUMENT, ...key }),
      await new ApiClient(app.url, { authorization: 'Bearer viewer/sandbox' }).post(PAYMENTS, payment('1'), {
        ...DOCUMENT,
        ...key,
      }),
      await shop.post(PAYMENTS, payment('1'), { ...DOCUMENT, ...key, accept: 'text/html' }),
      await shop.post(PAYMENTS, payment('1'), { ...key, 'content-type': 'application/json' }),
    ];
    app.world.limited = true;
    refusals.push(await pay('k', '1'));
    app.world.limited = false;
    expect(refusals.map(({ status }) => status)).toEqual([401, 403, 406, 415, 429]);
    expect(await counts()).toMatchObject({ keys: 0 });
    expect((await pay('k', '2')).status).toBe(201);
  });

  it('a defect of ours: the effect is taken back and the same request may be tried again', async () => {
    expect((await pay('k', '500')).status).toBe(500);
    expect(await counts()).toEqual({ effects: 0, events: 0, keys: 0 });
  });
});

describe('a decision against the caller', () => {
  it('I16 is kept though its effect is taken back, and stays when the balance has changed', async () => {
    app.world.balance = 5;
    const first = await pay('k', '10');
    expect(first.status).toBe(422);
    expect(first.body.errors[0]).toMatchObject({ code: 'payer_cannot_pay', detail: 'There is not enough money' });
    expect(await counts()).toEqual({ effects: 0, events: 0, keys: 1 });
    app.world.balance = 100;
    const again = await pay('k', '10');
    expect([again.status, again.text, again.headers.get('idempotent-replayed')]).toEqual([422, first.text, 'true']);
    expect(await counts()).toMatchObject({ effects: 0 });
    expect((await pay('k2', '10')).status).toBe(201);
  });
});

describe('while the first is being answered', () => {
  it('I12 the others hear 409 with Retry-After at once, and the answer when it is there', async () => {
    const open = app.world.hold();
    const first = pay('k', '1');
    await settled(async () => app.world.executions === 1);
    const second = await pay('k', '1');
    expect(second.status).toBe(409);
    expect(second.body.errors[0]).toMatchObject({ code: 'idempotency_key_in_use' });
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    open();
    const { text } = await first;
    expect((await pay('k', '1')).text).toBe(text);
    expect(await counts()).toMatchObject({ effects: 1 });
  });

  it('I19 a client that hangs up leaves a whole answer behind', async () => {
    const open = app.world.hold();
    const hungUp = new AbortController();
    const lost = fetch(`${app.url}/api/links`, {
      method: 'POST',
      body: '{"amount":"1"}',
      headers: { authorization: `Bearer ${M1}/sandbox`, 'content-type': 'application/json', 'idempotency-key': 'k' },
      signal: hungUp.signal,
    }).catch(() => 'lost');
    await settled(async () => app.world.executions === 1);
    hungUp.abort();
    expect(await lost).toBe('lost');
    open();
    await settled(async () => (await counts()).keys === 1);
    const again = await link('k', { amount: '1' });
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect(await counts()).toEqual({ effects: 1, events: 1, keys: 1 });
  });
});

describe('work that calls the network', () => {
  const submit = (key: string, client = shop): Promise<Answer> =>
    link(key, { amount: '1' }, client, '/api/payments/submit');

  it('I21 an unknown end is never the answer: the same request may take over at once, another may not', async () => {
    app.world.provider = () => Promise.reject(new DomainError('ledger_unavailable'));
    expect((await submit('k')).status).toBe(503);
    expect((await link('k', { amount: '2' }, shop, '/api/payments/submit')).status).toBe(422);
    app.world.provider = () => Promise.resolve();
    const done = await submit('k');
    expect([done.status, done.headers.get('idempotent-replayed')]).toEqual([201, null]);
    const again = await submit('k');
    expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([done.text, 'true']);
    expect(app.world.providerCalls).toBe(2);
  });

  it('I28 a replay costs no call of the provider', async () => {
    await submit('k');
    for (let n = 0; n < 5; n++) await submit('k');
    expect(app.world.providerCalls).toBe(1);
  });

  it('I12 in flight is 409 with the rest of the lease', async () => {
    const open = app.world.hold();
    const first = submit('k');
    await settled(async () => app.world.executions === 1);
    const second = await submit('k');
    expect(second.status).toBe(409);
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(60);
    open();
    const { text } = await first;
    expect((await submit('k')).text).toBe(text);
  });

  it('I17 I22 a dead worker is followed after its lease, and what it still writes is fenced off', async () => {
    const open = app.world.hold();
    const stale = submit('k');
    await settled(async () => app.world.executions === 1);
    await onClient(database.url, "update idempotency_keys set locked_until = now() - interval '1 second'");
    app.world.gate = undefined;
    const successor = await submit('k');
    expect(successor.status).toBe(201);
    open();
    // It comes back to find the key answered: it tells that answer, not its own.
    const late = await stale;
    expect([late.status, late.text, late.headers.get('idempotent-replayed')]).toEqual([201, successor.text, 'true']);
    expect((await submit('k')).text).toBe(successor.text);
  });

  it('I22 the fenced writes of a worker that lost its lease change no row', async () => {
    const keys = app.app.get(IdempotencyKeysRepository, { strict: false });
    const identity = { merchantId: M1, scope: 'sandbox', key: 'k' };
    const claim = {
      ...identity,
      fingerprint: Buffer.alloc(32),
      createdAt: app.clock.now(),
      expiresAt: new Date(app.clock.now().getTime() + DAY_MS),
    };
    const [mine, theirs] = [randomUUID(), randomUUID()];
    expect(await keys.claimLease(claim, mine, -1)).toBe(true);
    expect(await keys.claimLease({ ...claim, fingerprint: Buffer.alloc(32, 1) }, theirs, 90)).toBe(false);
    expect(await keys.claimLease(claim, theirs, 90)).toBe(true);
    expect(await keys.claimLease(claim, mine, 90)).toBe(false);
    expect(await keys.complete(identity, mine, { status: 200, headers: {}, body: null, scopes: [] })).toBe(false);
    await keys.endLease(identity, mine);
    await keys.forget(identity, mine);
    expect((await keys.find(identity, app.clock.now()))?.leaseSeconds).toBeGreaterThan(80);
    expect(await keys.complete(identity, theirs, { status: 201, headers: {}, body: null, scopes: [] })).toBe(true);
    expect(await keys.complete(identity, theirs, { status: 202, headers: {}, body: null, scopes: [] })).toBe(false);
  });

  it('I9 callers without credentials share nothing with merchants, nor with other addresses', async () => {
    const anonymous = new ApiClient(app.url);
    const first = await submit('k', anonymous);
    const again = await submit('k', anonymous);
    expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([first.text, 'true']);
    expect((await submit('k')).headers.get('idempotent-replayed')).toBeNull();
    const rows = await onClient<{ scope: string }>(
      database.url,
      "select scope from idempotency_keys where merchant_id = '00000000-0000-0000-0000-000000000000'",
    );
    expect(rows).toEqual([{ scope: 'from 127.0.0.1' }]);
  });
});

describe('secrets', () => {
  it('I25 a replay asks again who is asking', async () => {
    await pay('k', '1');
    app.world.revoked.add(`${M1}/sandbox`);
    const answer = await pay('k', '1');
    app.world.revoked.clear();
    expect(answer.status).toBe(401);
    expect(answer.headers.get('idempotent-replayed')).toBeNull();
  });

  it('I27 B11 a secret shown once is neither stored nor replayed', async () => {
    const first = await link('k', {}, shop, '/api/keys');
    const again = await link('k', {}, shop, '/api/keys');
    expect(first.body.secret).toBe('sk_test_abcdefghijklmnopqrstuvwxyz');
    expect(again.body).toEqual({ ...first.body, secret: 'sk_test_[redacted]' });
    const [row] = await onClient<{ body: Buffer }>(database.url, 'select body from idempotency_keys');
    expect(row?.body.toString()).not.toContain('abcdefghijkl');
  });

  it('I27 an answer whose secret is not recognised is a defect, and nothing of it stays', async () => {
    expect((await link('k', {}, shop, '/api/careless-keys')).status).toBe(500);
    expect(await counts()).toEqual({ effects: 0, events: 0, keys: 0 });
  });
});

describe('time', () => {
  it('I23 B10 a key holds until 24 h; from then on it is new', async () => {
    const first = await link('k', { amount: '1' });
    app.clock.advance(DAY_MS - 1_000);
    expect((await link('k', { amount: '1' })).text).toBe(first.text);
    app.clock.advance(2_000);
    const later = await link('k', { amount: '2' });
    expect([later.status, later.headers.get('idempotent-replayed')]).toEqual([201, null]);
    expect((await link('k', { amount: '2' })).text).toBe(later.text);
    expect(await counts()).toMatchObject({ effects: 2, keys: 1 });
  });

  it('I23 housekeeping deletes answered keys after 72 h, in batches, and never one that is not answered', async () => {
    const housekeeping = app.app.get(IdempotencyHousekeepingService, { strict: false });
    const now = app.clock.now();
    const insert = `insert into idempotency_keys (merchant_id, scope, key, fingerprint, created_at, expires_at, status, lock_token, locked_until)
      select $1, $2, 'k' || n, '\\x00', $3, $4, $5::smallint, $6::uuid, $7::timestamptz from generate_series(1, $8::int) as n`;
    const old = new Date(now.getTime() - 73 * 3600 * 1000);
    const young = new Date(now.getTime() - 71 * 3600 * 1000);
    const ended = (created: Date): Date => new Date(created.getTime() + DAY_MS);
    await onClient(database.url, insert, [M1, 'old', old, ended(old), 201, null, null, 2_345]);
    await onClient(database.url, insert, [M1, 'young', young, ended(young), 201, null, null, 3]);
    await onClient(database.url, insert, [M1, 'unanswered', old, ended(old), null, randomUUID(), old, 4]);
    expect(await housekeeping.sweep()).toBe(2_345);
    expect(await housekeeping.sweep()).toBe(0);
    const left = await onClient(
      database.url,
      'select scope, count(*)::int from idempotency_keys group by scope order by scope',
    );
    expect(left).toEqual([
      { scope: 'unanswered', count: 4 },
      { scope: 'young', count: 3 },
    ]);
  });

  it('I29 looks a key up by the primary key, however many there are', async () => {
    await onClient(
      database.url,
      `insert into idempotency_keys (merchant_id, scope, key, fingerprint, status, created_at, expires_at) select '${M1}', 'sandbox', 'k' || n, '\\x00', 201, now(), now() + interval '1 day' from generate_series(1, 10000) as n; analyze idempotency_keys`,
    );
    // The statements that are carried out, each explained with the values it had: the look at each key, and the one that locks a new key.
    const rows = jest.spyOn(Transactions.prototype, 'rows');
    await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        shop.post('/api/v0/links', { amount: '1' }, { 'idempotency-key': `k${at}` }),
      ),
    );
    await shop.post('/api/v0/links', { amount: '1' }, { 'idempotency-key': 'new' });
    const asked = new Map(
      rows.mock.calls
        .filter(([text]) => /from idempotency_keys|join idempotency_keys/.test(text))
        .map(([text, values = []]) => [text, values] as const),
    );
    rows.mockRestore();
    expect(asked.size).toBe(2);
    for (const [text, values] of asked) {
      const plan = (await onClient<{ 'QUERY PLAN': string }>(database.url, `explain ${text}`, values))
        .map((row) => row['QUERY PLAN'])
        .join('\n');
      expect(plan).toMatch(/Index (Only )?Scan using idempotency_keys_pkey on idempotency_keys/);
      expect(plan).toMatch(/Index Cond: \(.*merchant_id.*scope.*key/);
      expect(plan).not.toContain('Seq Scan on idempotency_keys');
    }
  });
});

async function settled(ask: () => Promise<boolean>): Promise<void> {
  await eventually(ask, (answer) => answer);
}
