import { TestWallet } from '../support/wallet';
import { type TestDatabase, testDatabase } from '../support/database';
import { PASSPHRASE, PREFIX, SandboxServer } from '../sandbox/sandbox-server';
import { appliedTo, breaches, countOf, query } from './books';
import { FaultProxy } from './fault-proxy';
import { HeldRows } from './held-rows';
import { buildService, ServiceProcess } from './service-process';
import { Shop, signedPayment, statusOrLost } from './shop';
import { until } from './until';
import { REMIND } from '../support/deadlines';

/**
 * The network lives in the test, so that it survives the service; between them is a proxy that can lose requests
 * and answers. Every test kills the service at one named point, starts it again and looks at the books.
 */
describe('kill -9', () => {
  let network: SandboxServer;
  let proxy: FaultProxy;
  let database: TestDatabase;
  let service: ServiceProcess;
  let shop: Shop;
  let payer: TestWallet;

  beforeAll(async () => {
    [network, database] = await Promise.all([
      SandboxServer.start({ idleLedgerMs: 1_000 }),
      testDatabase(),
      buildService(),
    ]);
    proxy = await FaultProxy.start(new URL(network.url).origin);
    service = await ServiceProcess.start({ DATABASE_URL: database.url, HORIZON_URL_SANDBOX: proxy.url + PREFIX });
    shop = await Shop.open(service.url, network.url, PASSPHRASE);
    payer = await TestWallet.funded(network.url, PASSPHRASE, []);
  });

  afterEach(async () => {
    await HeldRows.releaseAll();
    expect(await breaches(database.url)).toEqual([]);
    expect(service.said('unhandled rejection')).toEqual([]);
  });

  afterAll(async () => {
    await ServiceProcess.killAll();
    await proxy.stop();
    await network.stop();
    await database.drop();
  });

  async function killAndRestart(): Promise<void> {
    await service.kill();
    proxy.open();
    await endLease();
    service = await service.restart();
  }

  /** A dead or frozen reader keeps its right to read for a while; here that while is over at once. */
  async function endLease(): Promise<void> {
    await query(database.url, 'update ledger_cursors set lease_until = now()');
  }

  async function statusOf(id: string): Promise<string> {
    const [row] = await query<{ status: string }>(database.url, 'select status from invoices where public_id = $1', [
      id,
    ]);
    return row?.status ?? 'none';
  }

  /** The money is found again by reading the ledger, and handing the same envelope over again changes nothing. */
  async function expectPaidOnce(id: string, signedXdr: string): Promise<void> {
    await until(async () => (await statusOf(id)) === 'PAID', { what: `${id} is paid` });
    const again = await shop
      .client(service.url)
      .post('/api/payments/submit', { invoiceId: id, signedTransactionXdr: signedXdr });
    expect(again.body).toEqual({ success: true, alreadyPaid: true });
    const applied = await countOf(
      database.url,
      `select count(*) from payments p join invoices i on i.id = p.invoice_id where i.public_id = $1`,
      [id],
    );
    expect(applied).toBe(1);
  }

  it('while a link is being created leaves a whole link or none, and the next number is the next', async () => {
    const first = await shop.link(service.url, '1');
    const held = await HeldRows.hold(database.url, 'select from invoice_counters for update');
    const { url } = service;
    const lost = Array.from({ length: 10 }, () => statusOrLost(shop.client(url).post('/api/links', Shop.request('1'))));
    await held.awaited(10);
    await service.kill();
    expect(new Set(await Promise.all(lost))).toEqual(new Set(['lost']));
    await held.release();
    await killAndRestart();
    await until(
      async () =>
        (await countOf(
          database.url,
          `select count(*) from pg_stat_activity where datname = current_database() and state = 'active'`,
        )) === 1,
      { what: 'the dead sessions are over' },
    );
    expect(await breaches(database.url)).toEqual([]);
    const invoices = await countOf(database.url, 'select count(*) from invoices');
    const next = await shop.link(service.url, '1');
    expect(first.number).toBe('INV-0001');
    expect(next.number).toBe(`INV-${String(invoices + 1).padStart(4, '0')}`);
  });

  it('before the network heard of a payment: nothing moved, and the same envelope pays after the restart', async () => {
    const link = await shop.link(service.url, '2');
    const signed = await signedPayment(service.url, payer, link);
    proxy.hold(/^POST .*\/transactions/, 'lost_request');
    const lost = statusOrLost(
      shop.client(service.url).post('/api/payments/submit', { invoiceId: link.id, signedTransactionXdr: signed }),
    );
    await until(() => proxy.struck > 0, { what: 'the envelope is on its way' });
    await killAndRestart();
    expect(await lost).toBe('lost');
    expect(await statusOf(link.id)).toBe('PROCESSING');
    const again = await shop
      .client(service.url)
      .post('/api/payments/submit', { invoiceId: link.id, signedTransactionXdr: signed });
    expect([again.status, again.body]).toEqual([200, expect.objectContaining({ success: true })]);
    await expectPaidOnce(link.id, signed);
  });

  it('after the network took a payment, before we heard of it: found by reading, and not paid again', async () => {
    const link = await shop.link(service.url, '3');
    const signed = await signedPayment(service.url, payer, link);
    proxy.hold(/^GET .*\/payments/, 'lost_request');
    proxy.hold(/^POST .*\/transactions/, 'lost_answer');
    const answer = statusOrLost(
      shop.client(service.url).post('/api/payments/submit', { invoiceId: link.id, signedTransactionXdr: signed }),
    );
    await until(async () => (await paymentsOnLedger(link.number)) === 1, { what: 'the network has the payment' });
    await killAndRestart();
    expect(await answer).toBe('lost');
    await expectPaidOnce(link.id, signed);
    expect(await paymentsOnLedger(link.number)).toBe(1);
  });

  it('while a submitted payment is being recorded: all of it or nothing, and then once', async () => {
    const link = await shop.link(service.url, '4');
    const signed = await signedPayment(service.url, payer, link);
    proxy.hold(/^GET .*\/payments\?/, 'lost_request');
    await until(() => proxy.struck > 0, { what: 'the reader hangs' });
    const held = await HeldRows.hold(database.url, 'select from invoices where public_id = $1 for update', [link.id]);
    const answer = statusOrLost(
      shop.client(service.url).post('/api/payments/submit', { invoiceId: link.id, signedTransactionXdr: signed }),
    );
    await held.awaited();
    await service.kill();
    await held.release();
    expect(await answer).toBe('lost');
    expect(await statusOf(link.id)).toBe('PROCESSING');
    await killAndRestart();
    await expectPaidOnce(link.id, signed);
  });

  it('in the middle of a page of the ledger: the page is read again, nothing is missing or doubled', async () => {
    const links = await Promise.all(['5', '6', '7'].map((amount) => shop.link(service.url, amount)));
    const last = links.at(-1) as (typeof links)[number];
    proxy.hold(/^GET .*\/payments\?/, 'lost_request');
    await until(() => proxy.struck > 0, { what: 'the reader hangs' });
    const hashes: string[] = [];
    for (const link of links) hashes.push(await shop.paidBy(payer, link));
    const held = await HeldRows.hold(database.url, 'select from invoices where public_id = $1 for update', [last.id]);
    proxy.open();
    await held.awaited();
    await service.kill();
    await held.release();
    expect(
      await countOf(database.url, 'select count(*) from payments where transaction_hash = any($1)', [hashes]),
    ).toBe(0);
    await killAndRestart();
    await until(async () => (await statusOf(last.id)) === 'PAID', { what: 'the page is read' });
    expect(await appliedTo(database.url, hashes)).toEqual(new Map(hashes.map((hash, at) => [hash, [links[at]?.id]])));
  });

  it('in the middle of a batch of expiries: the batch is taken back and done again, each told once', async () => {
    const links = await Promise.all(Array.from({ length: 20 }, () => shop.link(service.url, '1')));
    const ids = links.map(({ id }) => id);
    // It waits for nobody's row, but what it did has to be told.
    const held = await HeldRows.hold(database.url, 'lock table events in exclusive mode');
    await query(
      database.url,
      `update invoices set expires_at = now() - interval '1 minute' where public_id = any($1)`,
      [ids],
    );
    await query(database.url, REMIND);
    await held.awaited();
    await service.kill();
    await held.release();
    expect(new Set(await Promise.all(ids.map(statusOf)))).toEqual(new Set(['PENDING']));
    await killAndRestart();
    await until(
      async () =>
        (await countOf(database.url, `select count(*) from invoices where status = 'EXPIRED' and public_id = any($1)`, [
          ids,
        ])) === 20,
      { what: 'all expire' },
    );
  });

  it('spares nobody at other moments either: payments come and go while the service is shot again and again', async () => {
    const links = await Promise.all(Array.from({ length: 12 }, (_, at) => shop.link(service.url, String(10 + at))));
    const hashes: string[] = [];
    let paying = true;
    const pays = (async () => {
      for (const link of links) hashes.push(await shop.paidBy(payer, link));
      paying = false;
    })();
    const paidLinks = (): Promise<number> =>
      countOf(database.url, `select count(*) from invoices where status = 'PAID' and public_id = any($1)`, [
        links.map(({ id }) => id),
      ]);
    for (let shots = 0; paying || shots < 3; shots++) {
      const [sent, found] = [hashes.length, await paidLinks()];
      // Now right after a payment was made, now right after one was found.
      await until(async () => !paying || (shots % 2 === 0 ? hashes.length > sent : (await paidLinks()) > found), {
        what: 'payments come and go',
      });
      await killAndRestart();
    }
    await pays;
    await until(async () => (await paidLinks()) === links.length, { what: 'all are paid' });
    expect(await appliedTo(database.url, hashes)).toEqual(new Map(hashes.map((hash, at) => [hash, [links[at]?.id]])));
  });

  it('a frozen reader that wakes up after another has read the same page changes nothing', async () => {
    const link = await shop.link(service.url, '8');
    proxy.hold(/^GET .*\/payments\?/, 'lost_answer');
    const hash = await shop.paidBy(payer, link);
    await until(() => proxy.struck > 0, { what: 'the reader waits for its page' });
    const held = await HeldRows.hold(database.url, 'select from invoices where public_id = $1 for update', [link.id]);
    // The next page gets through, and its transaction waits for the invoice: frozen there, it holds what it has locked.
    proxy.open();
    const [session] = await held.awaited();
    service.send('SIGSTOP');
    await held.release();
    // Time passes: the lease of the frozen reader ends, and the server ends its idle transaction.
    await until(
      async () =>
        (await countOf(
          database.url,
          `select count(*) from pg_stat_activity where pid = $1 and state = 'idle in transaction'`,
          [session],
        )) === 1,
      { what: 'the frozen transaction holds the lock' },
    );
    await endLease();
    await query(database.url, 'select pg_terminate_backend($1)', [session]);
    const second = await ServiceProcess.start({
      DATABASE_URL: database.url,
      HORIZON_URL_SANDBOX: network.url,
      ROLE: 'worker',
    });
    await until(async () => (await statusOf(link.id)) === 'PAID', { what: 'the second reader takes over' });
    const lines = service.lines.length;
    service.send('SIGCONT');
    await until(() => service.lines.length > lines || !service.running, { what: 'the woken reader notices' });
    expect(service.lastWords()).toBe('');
    expect(await appliedTo(database.url, [hash])).toEqual(new Map([[hash, [link.id]]]));
    // The woken one is of use again: it carries on alone.
    expect(await second.stop()).toMatchObject({ complaint: '' });
    const next = await shop.link(service.url, '9');
    await shop.paidBy(payer, next);
    await until(async () => (await statusOf(next.id)) === 'PAID', { what: 'the woken reader reads on' });
  });

  it('of every database session, again and again, costs retries and nothing else', async () => {
    const answers: (number | 'lost')[] = [];
    const intents: (number | 'lost')[] = [];
    let shooting = true;
    const done = (): number => [...answers, ...intents].filter((answer) => answer === 201 || answer === 200).length;
    const shots = async (): Promise<void> => {
      for (let shot = 0; shot < 15; shot++) {
        const before = done();
        await until(() => done() > before, { what: 'something is done between two shots' });
        await query(
          database.url,
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'lumentill%'`,
        );
      }
      shooting = false;
    };
    const client = shop.client(service.url);
    const caller = async (): Promise<void> => {
      while (shooting) answers.push(await statusOrLost(client.post('/api/links', Shop.request('1'))));
    };
    // Several statements in one transaction, each of which may be the one that finds its session gone.
    const payable = await shop.link(service.url, '1');
    const before = await countOf(database.url, 'select count(*) from payment_links');
    const chooser = async (): Promise<void> => {
      while (shooting) intents.push(await statusOrLost(client.post(`/api/payments/${payable.id}/pay-intent`)));
    };
    await Promise.all([caller(), caller(), chooser(), chooser(), shots()]);
    const made = (await countOf(database.url, 'select count(*) from payment_links')) - before;
    expect(service.lastWords()).toBe('');
    expect(answers.filter((answer) => answer !== 201 && answer !== 503)).toEqual([]);
    expect(intents.filter((answer) => answer !== 200 && answer !== 503)).toEqual([]);
    // A session that ends between its commit and its answer leaves a link nobody was told of.
    expect(made).toBeGreaterThanOrEqual(answers.filter((answer) => answer === 201).length);
    const link = await shop.link(service.url, '1');
    const hash = await shop.paidBy(payer, link);
    await until(async () => (await statusOf(link.id)) === 'PAID', { what: 'reading goes on' });
    expect((await appliedTo(database.url, [hash])).get(hash)).toEqual([link.id]);
  });

  it('leaves books in which the audit finds nothing', async () => {
    await service.audit();
  });

  it('is not needed: SIGTERM ends it although Horizon never answers', async () => {
    proxy.hold(/^GET/, 'lost_request');
    await until(() => proxy.struck > 0, { what: 'the reader hangs' });
    const { complaint } = await service.stop();
    proxy.open();
    expect(complaint).toBe('');
    service = await service.restart();
  });

  /** Payments on the ledger that carry this memo. */
  async function paymentsOnLedger(memo: string): Promise<number> {
    const { body } = await network.get(`/accounts/${shop.wallet.address}/transactions?limit=200&order=desc`);
    return body._embedded.records.filter((record) => record['memo'] === memo).length;
  }
});
