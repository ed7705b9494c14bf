import { type Answer, ApiClient } from '../support/api-client';
import { testDatabase, type TestDatabase } from '../support/database';
import { TestWallet } from '../support/wallet';
import { breaches, countOf, query } from '../chaos/books';
import { FaultProxy } from '../chaos/fault-proxy';
import { HeldRows } from '../chaos/held-rows';
import { buildService, ServiceProcess } from '../chaos/service-process';
import { Shop, signedPayment, statusOrLost } from '../chaos/shop';
import { until } from '../chaos/until';
import { DatabaseProxy } from '../support/database-proxy';
import { PASSPHRASE, PREFIX, SandboxServer } from '../sandbox/sandbox-server';

/** The service is killed at each point of a request with a key, started again, and asked the same once more. */
describe('kill -9 under an Idempotency-Key', () => {
  let network: SandboxServer;
  let horizon: FaultProxy;
  let postgres: DatabaseProxy;
  let database: TestDatabase;
  let service: ServiceProcess;
  let shop: Shop;

  beforeAll(async () => {
    [network, database] = await Promise.all([
      SandboxServer.start({ idleLedgerMs: 1_000 }),
      testDatabase(),
      buildService(),
    ]);
    horizon = await FaultProxy.start(new URL(network.url).origin);
    postgres = await DatabaseProxy.start(database.url);
    service = await ServiceProcess.start({
      DATABASE_URL: postgres.urlOf(database.url),
      HORIZON_URL_SANDBOX: horizon.url + PREFIX,
      ROLE: 'api',
    });
    shop = await Shop.open(service.url, network.url, PASSPHRASE);
    await shop.link(service.url, '1');
  });
  afterEach(async () => {
    await HeldRows.releaseAll();
    expect(await breaches(database.url)).toEqual([]);
  });
  afterAll(async () => {
    await ServiceProcess.killAll();
    await Promise.all([postgres.stop(), horizon.stop(), network.stop()]);
    await database.drop();
  });

  const create = (key: string): Promise<Answer> =>
    shop
      .client(service.url)
      .post(
        '/api/links',
        { ...Shop.request('1'), metadata: { reference: key }, expiresAt: '2099-01-01T00:00:00.000Z' },
        { 'idempotency-key': key },
      );
  const invoice = (key: string): Promise<Answer> =>
    shop.client(service.url).post(
      '/api/invoices',
      {
        title: 'Work',
        currency: 'XLM',
        reference: key,
        lineItems: [{ description: 'Hours', quantity: 1, rate: 10 }],
      },
      { 'idempotency-key': key },
    );
  const madeOf = (key: string): Promise<number> =>
    countOf(database.url, 'select count(*) from invoices where reference = $1', [key]);

  async function killAndRestart(): Promise<void> {
    await service.kill();
    postgres.cut = undefined;
    horizon.open();
    service = await service.restart();
  }

  async function expectOne(make: typeof create, key: string, replayed: boolean): Promise<void> {
    const retry = await until(
      async () => {
        const answer = await make(key);
        // The server may still be ending the session of the dead process.
        return answer.status === 409 ? undefined : answer;
      },
      { what: 'the key is free' },
    );
    expect([retry.status, retry.headers.get('idempotent-replayed')]).toEqual([201, replayed ? 'true' : null]);
    expect(await madeOf(key)).toBe(1);
    const again = await make(key);
    expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([retry.text, 'true']);
  }

  /** Kills the service while the database holds the request where `held` makes it wait. */
  async function killAt(held: HeldRows, request: Promise<Answer>): Promise<void> {
    const lost = statusOrLost(request);
    await held.awaited();
    await service.kill();
    expect(await lost).toBe('lost');
    await held.release();
    await killAndRestart();
  }
  const holdCounter = (): Promise<HeldRows> => HeldRows.hold(database.url, 'select from invoice_counters for update');
  /** Somebody who has not committed yet has an answer under the key. */
  async function holdKey(key: string): Promise<HeldRows> {
    const [row] = await query<{ id: string }>(database.url, 'select merchant_id as id from invoices limit 1');
    return HeldRows.hold(
      database.url,
      `insert into idempotency_keys (merchant_id, scope, key, fingerprint, status, created_at, expires_at) values ($1, 'every network', $2, '\\x00', 200, now(), now() + interval '1 day')`,
      [row?.id, key],
    );
  }

  it('I17 B08 X2 in the middle of a transaction: there is nothing, and the retry does it', async () => {
    await killAt(await holdCounter(), invoice('effect'));
    await expectOne(invoice, 'effect', false);
  });

  it('I17 B08 X2 between the effect and its stored answer: the effect is taken back, and the retry does it once', async () => {
    await killAt(await holdKey('answer'), invoice('answer'));
    await expectOne(invoice, 'answer', false);
  });

  it('I18 B08 X2 after the commit, before the answer is sent: the retry replays it', async () => {
    postgres.cut = 'silent';
    const lost = statusOrLost(invoice('commit'));
    await until(async () => (await madeOf('commit')) === 1, { what: 'the invoice is committed' });
    await service.kill();
    expect(await lost).toBe('lost');
    await killAndRestart();
    await expectOne(invoice, 'commit', true);
  });

  it('I17 X2 in the middle of the one statement of a link: it ends without its asker, and the retry replays what it did', async () => {
    await killAt(await holdCounter(), create('link-effect'));
    await expectOne(create, 'link-effect', true);
  });

  it('I17 X2 before the answer of a link is kept, which somebody else then takes back: the retry replays what was done', async () => {
    await killAt(await holdKey('link-answer'), create('link-answer'));
    await expectOne(create, 'link-answer', true);
  });

  it('I18 X2 after the statement of a link, before its answer is sent: the retry replays it', async () => {
    postgres.cut = 'silent';
    postgres.around = /"checkoutUrl"/;
    const lost = statusOrLost(create('link-commit'));
    await until(async () => (await madeOf('link-commit')) === 1, { what: 'the link is committed' });
    await service.kill();
    expect(await lost).toBe('lost');
    await killAndRestart();
    await expectOne(create, 'link-commit', true);
  });

  it('I17 I21 while the network has the payment: 409 until the lease is over, then the retry finds the one payment', async () => {
    const payer = await TestWallet.funded(network.url, PASSPHRASE, []);
    const link = await shop.link(service.url, '2');
    const signed = await signedPayment(service.url, payer, link);
    const submit = (): Promise<Answer> =>
      new ApiClient(service.url).post(
        '/api/payments/submit',
        { invoiceId: link.id, signedTransactionXdr: signed },
        { 'idempotency-key': 'submit' },
      );
    horizon.hold(/^POST .*transactions/, 'lost_answer');
    const lost = statusOrLost(submit());
    await until(() => horizon.struck > 0, { what: 'the network has it' });
    await service.kill();
    expect(await lost).toBe('lost');
    await killAndRestart();
    const early = await submit();
    expect(early.status).toBe(409);
    expect(Number(early.headers.get('retry-after'))).toBeGreaterThan(30);
    await query(database.url, "update idempotency_keys set locked_until = now() where key = 'submit'");
    const done = await until(
      async () => {
        const answer = await submit();
        return answer.status === 200 ? answer : undefined;
      },
      { what: 'the retry is answered' },
    );
    expect((await submit()).text).toBe(done.text);
    expect(
      await countOf(
        database.url,
        'select count(*) from payments p join invoices i on i.id = p.invoice_id where i.public_id = $1',
        [link.id],
      ),
    ).toBe(1);
  });

  it('X1 again and again, at any moment: every key ends in exactly one link', async () => {
    const keys = Array.from({ length: 60 }, (_each, index) => `x1-${index}`);
    const ids: string[] = [];
    let done = false;
    const killer = (async () => {
      let kills = 0;
      // Whenever more keys are answered than are asked for at a time: none of them waits for ever on a slow machine.
      for (let answered = 0; !done; kills++) {
        await until(() => done || Object.keys(ids).length >= answered + 12, { what: 'some more keys are answered' });
        if (done) break;
        answered = Object.keys(ids).length;
        await service.kill();
        service = await service.restart();
      }
      return kills;
    })();
    const waiting = keys.map((key, index) => ({ key, index }));
    const asker = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { key, index } = next;
        let last = 'nothing';
        ids[index] = await until(
          async () => {
            const answer = await create(key).catch((error: unknown) => String(error));
            last = typeof answer === 'string' ? answer : `${answer.status} ${answer.text}`;
            return typeof answer === 'object' && answer.status === 201 ? String(answer.body.id) : undefined;
          },
          { what: () => `${key} is answered; at last with ${last}` },
        );
      }
    };
    await Promise.all(Array.from({ length: 8 }, asker));
    done = true;
    expect(await killer).toBeGreaterThan(2);
    expect(new Set(ids).size).toBe(keys.length);
    const rows = await query<{ reference: string; id: string }>(
      database.url,
      "select reference, public_id as id from invoices where reference like 'x1-%'",
    );
    expect(rows.map(({ reference, id }) => `${reference} ${id}`).toSorted()).toEqual(
      keys.map((key, index) => `${key} ${ids[index] as string}`).toSorted(),
    );
  });
});
