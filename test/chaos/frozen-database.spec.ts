import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { DEFAULT_PASSPHRASES } from '../../src/common/network';
import { startEmbedded } from '../../src/database/embedded/start-embedded';
import { type Answer, ApiClient } from '../support/api-client';
import { type TestDatabase, testDatabase } from '../support/database';
import { COMMIT, DatabaseProxy } from '../support/database-proxy';
import { breaches, countOf, query } from './books';
import { buildService, ServiceProcess } from './service-process';
import { Shop, statusOrLost } from './shop';
import { until } from './until';

const PASSPHRASE = DEFAULT_PASSPHRASES.sandbox;
const TIMEOUT = { DATABASE_TIMEOUT_MS: '1000' };
/** Thirty times the limit of the service, and half of what it took before there was one. */
const LONG_MS = 30_000;

afterAll(() => ServiceProcess.killAll());

/** The answers to what a frozen database must not hold up; a request that is still waiting after a long time is an error. */
async function answersOf(service: ServiceProcess, shop: Shop, linkId: string): Promise<Record<string, unknown>> {
  const client = shop.client(service.url);
  const asked = {
    ready: client.get('/health/ready'),
    metrics: client.get('/metrics'),
    live: client.get('/health/live'),
    create: client.post('/api/links', Shop.request('1')),
    read: client.get(`/api/links/${linkId}`),
    status: client.get(`/api/links/${linkId}/status`),
    // More than the pool has connections, so that some wait for one.
    crowd: Promise.all(Array.from({ length: 40 }, () => client.post(`/api/payments/${linkId}/pay-intent`))),
  };
  const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), LONG_MS).unref());
  const told: Record<string, unknown> = {};
  for (const [name, answer] of Object.entries(asked)) {
    const found = await Promise.race([answer as Promise<Answer | Answer[]>, late]);
    told[name] =
      found === 'late' ? found : Array.isArray(found) ? [...new Set(found.map(({ status }) => status))] : found.status;
  }
  return told;
}

const REFUSED = { ready: 503, metrics: 200, live: 200, create: 503, read: 503, status: 503, crowd: [503] };

describe('a network that loses everything between the service and its database', () => {
  let database: TestDatabase;
  let proxy: DatabaseProxy;
  let service: ServiceProcess;
  let shop: Shop;
  let link: { readonly id: string };

  beforeAll(async () => {
    [database] = await Promise.all([testDatabase(), buildService()]);
    proxy = await DatabaseProxy.start(database.url);
    service = await ServiceProcess.start({ ...TIMEOUT, DATABASE_URL: proxy.urlOf(database.url) });
    shop = await Shop.open(service.url, `${service.url}/sandbox/horizon`, PASSPHRASE);
    link = await shop.link(service.url, '1');
  });

  afterEach(async () => {
    proxy.cut = undefined;
    proxy.thaw();
    expect(await breaches(database.url)).toEqual([]);
  });

  afterAll(async () => {
    await ServiceProcess.killAll();
    await proxy.stop();
    await database.drop();
  });

  it('everything that needs it is answered 503 in time, and works again when it is back', async () => {
    proxy.freeze();
    expect(await answersOf(service, shop, link.id)).toEqual(REFUSED);
    proxy.thaw();
    await until(() => shop.link(service.url, '2').catch(() => false as const), { what: 'links are made again' });
    await until(async () => (await new ApiClient(service.url).get('/health/ready')).status === 200, {
      what: 'the service is ready again',
    });
    expect(service.lastWords()).toBe('');
  });

  const INVOICE = {
    title: 'Work',
    currency: 'XLM',
    lineItems: [{ description: 'Hours', quantity: 1, rate: 10 }],
  };

  it.each([
    ['a commit', '/api/invoices', () => INVOICE, COMMIT],
    ['a statement', '/api/links', () => Shop.request('3'), /"checkoutUrl"/],
  ])(
    '%s whose answer is lost is told as that, never done twice, and repeating it with its key gives the first answer',
    async (_what, address, bodyOf, around) => {
      const client = shop.client(service.url);
      const key = { 'idempotency-key': `frozen-${address}` };
      const body = bodyOf();
      const before = await countOf(database.url, 'select count(*) from invoices');
      proxy.around = around;
      proxy.cut = 'silent';
      const cuts = proxy.cuts;
      const lost = await client.post(address, body, key);
      expect(proxy.cuts).toBeGreaterThan(cuts);
      proxy.cut = undefined;
      expect([lost.status, lost.headers.get('retry-after'), String(lost.body.error)]).toEqual([
        503,
        '1',
        expect.stringContaining('may have been made or not'),
      ]);
      expect(await countOf(database.url, 'select count(*) from invoices')).toBe(before + 1);
      const again = await until(
        () =>
          client.post(address, body, key).then(
            (answer) => answer.status === 201 && answer,
            () => false as const,
          ),
        { what: 'the first answer' },
      );
      const [newest] = await query<{ id: string }>(
        database.url,
        'select public_id as id from invoices order by created_at desc limit 1',
      );
      expect(again.body.id).toBe(newest?.id);
      expect(await countOf(database.url, 'select count(*) from invoices')).toBe(before + 1);
    },
  );

  it('SIGTERM ends the service in order all the same', async () => {
    proxy.freeze();
    const waiting = [
      statusOrLost(shop.client(service.url).get(`/api/links/${link.id}`)),
      statusOrLost(shop.client(service.url).post('/api/links', Shop.request('1'))),
    ];
    expect(await service.stop()).toEqual({ complaint: '' });
    expect((await Promise.all(waiting)).filter((status) => status !== 503 && status !== 'lost')).toEqual([]);
    expect(service.said('stopping took too long')).toEqual([]);
  });
});

describe('an embedded PostgreSQL that is frozen', () => {
  let service: ServiceProcess;
  let shop: Shop;
  let link: { readonly id: string };

  beforeAll(async () => {
    await buildService();
    service = await ServiceProcess.start(TIMEOUT);
    shop = await Shop.open(service.url, `${service.url}/sandbox/horizon`, PASSPHRASE);
    link = await shop.link(service.url, '1');
  });

  afterAll(async () => {
    await send('SIGCONT');
    await service.kill();
    // Joins the server that was left, and is the last to leave it.
    await (await startEmbedded({ dataDir: service.env['DATA_DIR'] as string })).stop();
    await ServiceProcess.killAll();
  });

  /** To every process of the server. */
  async function send(signal: NodeJS.Signals): Promise<void> {
    const postmaster = Number(
      (await readFile(path.join(service.env['DATA_DIR'] as string, 'postgres/data/postmaster.pid'), 'utf8')).split(
        '\n',
        1,
      )[0],
    );
    const children: number[] = [];
    for (const name of await readdir('/proc')) {
      const parent = /^\d+$/.test(name)
        ? /^PPid:\s+(\d+)/m.exec(await readFile(`/proc/${name}/status`, 'utf8').catch(() => ''))?.[1]
        : undefined;
      if (Number(parent) === postmaster) children.push(Number(name));
    }
    for (const pid of [postmaster, ...children]) process.kill(pid, signal);
  }

  it('everything that needs it is answered 503 in time, and works again when it is thawed', async () => {
    await send('SIGSTOP');
    expect(await answersOf(service, shop, link.id)).toEqual(REFUSED);
    await send('SIGCONT');
    await until(() => shop.link(service.url, '2').catch(() => false as const), { what: 'links are made again' });
    await until(async () => (await new ApiClient(service.url).get('/health/ready')).status === 200, {
      what: 'the service is ready again',
    });
    expect(service.lastWords()).toBe('');
  });

  it('SIGTERM ends the service all the same, and the server is left to whoever starts next', async () => {
    await send('SIGSTOP');
    expect(await service.stop()).toEqual({ complaint: '' });
    expect(service.said('stopping took too long')).toEqual([]);
  });
});
