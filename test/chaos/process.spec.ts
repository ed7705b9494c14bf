import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { DEFAULT_PASSPHRASES } from '../../src/common/network';
import { type EmbeddedPostgres, startEmbedded } from '../../src/database/embedded/start-embedded';
import { ApiClient } from '../support/api-client';
import { TestWallet } from '../support/wallet';
import { breaches, countOf, query } from './books';
import { buildService, ServiceProcess } from './service-process';
import { Shop, type ShopLink, signedPayment, statusOrLost } from './shop';
import { until } from './until';

const PASSPHRASE = DEFAULT_PASSPHRASES.sandbox;

/** One process with its own PostgreSQL, as `npm start` gives it to whoever tries the service out. */
describe('one process with everything inside', () => {
  let service: ServiceProcess;
  let database: EmbeddedPostgres;
  let shop: Shop;
  let payer: TestWallet;

  beforeAll(async () => {
    await buildService();
    service = await ServiceProcess.start({ SANDBOX_LEDGER_MS: '1000' });
    // Joins the running server, which tells us its address and stays while we do.
    database = await startEmbedded({ dataDir: service.env['DATA_DIR'] as string });
    shop = await Shop.open(service.url, horizon(), PASSPHRASE);
    payer = await TestWallet.funded(horizon(), PASSPHRASE, []);
  });

  beforeEach(async () => {
    if (!service.running) service = await service.restart();
  });

  afterAll(async () => {
    await service.stop();
    await database.stop();
    await ServiceProcess.killAll();
  });

  function horizon(): string {
    return `${service.url}/sandbox/horizon`;
  }

  function linkCount(): Promise<number> {
    return countOf(database.url, 'select count(*) from payment_links');
  }

  it('ends with 78 and names every fault of its configuration', async () => {
    const misconfigured = await ServiceProcess.launch({
      NETWORKS: 'sandbox,moon',
      PUBLIC_URL: 'https://a/b',
      ROLE: 'chief',
      LEDGER_POLL_MS: '1',
      DATABASE_URL: 'mysql://x',
    });
    expect(await misconfigured.ended()).toEqual({ code: 78, signal: null });
    for (const name of ['NETWORKS', 'PUBLIC_URL', 'ROLE', 'LEDGER_POLL_MS', 'DATABASE_URL'])
      expect(misconfigured.stderr).toContain(`- ${name} `);
    expect(misconfigured.lines).toEqual([]);
  });

  it('serves others while 500 sockets send their requests a byte at a time', async () => {
    const { port } = new URL(service.url);
    const sockets = await Promise.all(Array.from({ length: 500 }, () => slowSocket(Number(port))));
    const drip = setInterval(() => sockets.forEach((socket) => socket.write('a')), 500);
    try {
      const link = await shop.link(service.url, '1');
      const client = new ApiClient(service.url);
      for (let asked = 0; asked < 300; asked++)
        expect((await client.get(`/api/links/${link.id}/status`)).status).toBe(200);
      await until(() => sockets.every((socket) => socket.destroyed), { what: 'the slow ones are sent away' });
    } finally {
      clearInterval(drip);
      for (const socket of sockets) socket.destroy();
    }
  });

  it('answers 503 while its database is dead, never 500, and carries on when it has brought it back', async () => {
    const links = [await shop.link(service.url, '1'), await shop.link(service.url, '2')];
    process.kill(await postmaster(), 'SIGKILL');
    const client = shop.client(service.url);
    const answers = new Set<number | 'lost'>();
    // A connection's own server process outlives the postmaster for a moment, and what it answers by then is done.
    await until(
      async () => {
        for (const asked of [
          client.post('/api/links', Shop.request('1')),
          client.get(`/api/links/${links[0]?.id}`),
          client.get(`/api/links/${links[0]?.id}/status`),
        ])
          answers.add(await statusOrLost(asked));
        return answers.has(503);
      },
      { what: 'the database is gone' },
    );
    expect((await client.get('/health/live')).status).toBe(200);
    const link = await until(() => shop.link(service.url, '3').catch(() => undefined), {
      what: 'links are made again',
    });
    await payAndFind([...links, link]);
    expect([...answers].filter((status) => ![200, 201, 503].includes(Number(status)))).toEqual([]);
    await until(async () => (await client.get('/health/ready')).status === 200, { what: 'the service is ready again' });
    expect(await breaches(database.url)).toEqual([]);
  });

  it('loses nothing that it said was done when it dies together with its database', async () => {
    const promised: ShopLink[] = [];
    const client = shop.client(service.url);
    let serving = true;
    const caller = async (): Promise<void> => {
      while (serving) {
        const answer = await client.post('/api/links', Shop.request('1')).catch(() => undefined);
        if (answer?.status === 201)
          promised.push({ id: String(answer.body.id), number: String(answer.body.legacyInvoiceNumber), amount: '1' });
      }
    };
    const callers = [caller(), caller(), caller(), caller()];
    await until(() => promised.length > 40, { what: 'links are being made' });
    process.kill(await postmaster(), 'SIGKILL');
    await service.kill();
    serving = false;
    await Promise.all(callers);
    service = await service.restart();
    database = await startEmbedded({ dataDir: service.env['DATA_DIR'] as string });
    const known = await query<{ id: string }>(
      database.url,
      'select public_id as id from payment_links where public_id = any($1)',
      [promised.map(({ id }) => id)],
    );
    expect(known.length).toBe(promised.length);
    expect(await breaches(database.url)).toEqual([]);
    await query(database.url, 'update ledger_cursors set lease_until = now()');
    await payAndFind(promised.slice(-2));
  });

  it('its sandbox gives an answer right after a kill, although the dead one still holds the lease', async () => {
    await service.kill();
    service = await service.restart();
    database = await startEmbedded({ dataDir: service.env['DATA_DIR'] as string });
    const first = await new ApiClient(service.url).get('/sandbox/horizon/');
    expect([200, 503]).toContain(first.status);
    await until(async () => (await new ApiClient(service.url).get('/sandbox/horizon/')).status === 200, {
      what: 'the sandbox is open',
    });
  });

  it('stops on SIGTERM under load without dropping a request that it has accepted', async () => {
    const before = await linkCount();
    const answers: (number | 'lost')[] = [];
    let serving = true;
    // A connection for each request: one that is closed while idle would look like a request that was dropped.
    const client = shop.client(service.url);
    const caller = async (): Promise<void> => {
      while (serving)
        answers.push(await statusOrLost(client.post('/api/links', Shop.request('1'), { connection: 'close' })));
    };
    const callers = Array.from({ length: 8 }, caller);
    await until(() => answers.length > 50, { what: 'the service is under load' });
    const { complaint } = await service.stop();
    serving = false;
    await Promise.all(callers);
    database = await startEmbedded({ dataDir: service.env['DATA_DIR'] as string });
    expect((await linkCount()) - before).toBe(answers.filter((answer) => answer === 201).length);
    expect(complaint).toBe('');
  });

  it('stops on SIGTERM while a payment is on its way to the ledger: its payer gets an answer, and pays once', async () => {
    const link = await shop.link(service.url, '1');
    const signed = await signedPayment(service.url, payer, link);
    const submit = (): Promise<{ status: number; text: string }> =>
      shop.client(service.url).post('/api/payments/submit', { invoiceId: link.id, signedTransactionXdr: signed });
    const answer = statusOrLost(submit());
    await until(
      async () =>
        (await countOf(
          database.url,
          `select count(*) from payment_intents t join invoices i on i.id = t.invoice_id where i.public_id = $1 and t.status = 'submitted'`,
          [link.id],
        )) === 1,
      { what: 'the payment is on its way' },
    );
    const { complaint } = await service.stop();
    expect([200, 503]).toContain(await answer);
    expect(complaint).toBe('');
    service = await service.restart();
    database = await startEmbedded({ dataDir: service.env['DATA_DIR'] as string });
    expect((await submit()).status).toBe(200);
    expect(await breaches(database.url)).toEqual([]);
  });

  it('stops on SIGTERM although a browser holds a connection on which it has not asked anything yet', async () => {
    const silent = net.connect(Number(new URL(service.url).port), '127.0.0.1');
    await once(silent, 'connect');
    const { complaint } = await service.stop();
    silent.destroy();
    expect(complaint).toBe('');
  });

  it('stops on SIGTERM although somebody never finishes what he asks', async () => {
    const half = await slowSocket(Number(new URL(service.url).port));
    const { complaint } = await service.stop();
    half.destroy();
    expect(complaint).toBe('');
  });

  it('and the audit finds nothing', async () => {
    await service.audit();
  });

  async function postmaster(): Promise<number> {
    const file = path.join(service.env['DATA_DIR'] as string, 'postgres/data/postmaster.pid');
    return Number((await readFile(file, 'utf8')).split('\n', 1)[0]);
  }

  async function payAndFind(links: readonly ShopLink[]): Promise<void> {
    for (const link of links)
      await until(() => shop.paidBy(payer, link).catch(() => undefined), { what: 'the sandbox takes a payment' });
    const paid = (): Promise<number> =>
      countOf(database.url, `select count(*) from invoices where status = 'PAID' and public_id = any($1)`, [
        links.map(({ id }) => id),
      ]);
    await until(async () => (await paid()) === links.length, { what: 'the payments are found' });
  }
});

/** Half a request, on a socket that stays open. */
function slowSocket(port: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
      socket.off('error', reject);
      // Being sent away is what shall happen to it.
      socket.on('error', () => socket.destroy());
      socket.on('end', () => socket.destroy());
      resolve(socket);
    });
    socket.once('error', reject);
    socket.resume();
  });
}
