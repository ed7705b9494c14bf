import { DEFAULT_PASSPHRASES } from '../../src/common/network';
import { ApiClient } from '../support/api-client';
import { type TestDatabase, testDatabase } from '../support/database';
import { TestWallet } from '../support/wallet';
import { breaches, query } from './books';
import { buildService, ServiceProcess } from './service-process';
import { Shop, type ShopLink } from './shop';
import { until } from './until';

const PASSPHRASE = DEFAULT_PASSPHRASES.sandbox;
const DAY_MS = 24 * 3600 * 1000;
/** What a request costs between two looks at two clocks, on a slow machine. */
const NEAR_MS = 30_000;

/** One process serves and closes the sandbox's ledgers, the other reads them and does the jobs: neither can move time alone. */
describe('a clock that is moved for two processes', () => {
  let database: TestDatabase;
  let api: ServiceProcess;
  let worker: ServiceProcess;
  let shop: Shop;
  let payer: TestWallet;

  beforeAll(async () => {
    [database] = await Promise.all([testDatabase(), buildService()]);
    const env = { DATABASE_URL: database.url, SANDBOX_CLOCK: '1' };
    api = await ServiceProcess.start({ ...env, ROLE: 'api' });
    worker = await ServiceProcess.start({ ...env, ROLE: 'worker' });
    shop = await Shop.open(api.url, horizonOf(api), PASSPHRASE);
    payer = await TestWallet.funded(horizonOf(api), PASSPHRASE, []);
  });

  afterEach(async () => expect(await breaches(database.url)).toEqual([]));

  afterAll(async () => {
    await ServiceProcess.killAll();
    await database.drop();
  });

  const move = (by: ServiceProcess, body: unknown): ReturnType<ApiClient['post']> =>
    new ApiClient(by.url).post('/sandbox/clock', body);

  /** What a process itself takes for now. */
  const timeOf = async ({ url }: ServiceProcess): Promise<number> =>
    Date.parse((await new ApiClient(url).get('/api/health')).body.timestamp);

  async function linkFor(days: number): Promise<ShopLink & { readonly expiresAt: string }> {
    const expiresAt = new Date((await timeOf(api)) + days * DAY_MS).toISOString();
    const { status, body } = await shop.client(api.url).post('/api/links', { ...Shop.request('2'), expiresAt });
    expect(status).toBe(201);
    return { id: body.id, number: body.legacyInvoiceNumber, amount: '2', expiresAt };
  }

  const expired = async (): Promise<string[]> =>
    (
      await query<{ id: string }>(
        database.url,
        `select i.public_id as id from events e join event_numbers n on n.merchant_id = e.merchant_id and n.event_id = e.id
         join invoices i on i.merchant_id = e.merchant_id and i.id = e.subject_id where e.type = 'invoice.expired' order by n.seq`,
      )
    ).map(({ id }) => id);

  it('(S24) is the same in both, whichever is asked, and all is done when the answer comes', async () => {
    const [second, first, paid] = [await linkFor(20), await linkFor(10), await linkFor(10)];
    await shop.paidBy(payer, paid);
    const moved = await move(worker, { advanceSeconds: (30 * DAY_MS) / 1000 });
    expect([moved.status, moved.body.error]).toEqual([200, undefined]);
    const [ours, theirs] = [await timeOf(api), await timeOf(worker)];
    for (const time of [ours, theirs]) {
      expect(time).toBeGreaterThanOrEqual(Date.parse(moved.body.now));
      expect(time - Date.parse(moved.body.now)).toBeLessThan(NEAR_MS);
    }
    expect(await expired()).toEqual([first.id, second.id]);
    expect((await new ApiClient(worker.url).get(`/api/links/${paid.id}/status`)).body.status).toBe('CONFIRMED');
  });

  it('stands at a step of its walk when the process that moves it is killed, and goes on from there', async () => {
    const before = (await expired()).length;
    const links: ShopLink[] = [];
    for (let days = 1; days <= 40; days += 1) links.push(await linkFor(days));
    const to = new Date((await timeOf(api)) + 60 * DAY_MS).toISOString();
    const lost = move(api, { to }).then(
      ({ status }) => status,
      () => 'lost' as const,
    );
    await until(async () => (await expired()).length > before + 5, { what: 'the walk has begun' });
    await api.kill();
    expect(await lost).toBe('lost');
    const stands = await timeOf(worker);
    expect(stands).toBeLessThan(Date.parse(to));
    api = await api.restart();
    // Whoever holds the sandbox now; until somebody does, it says so.
    await until(async () => (await move(api, { to })).status === 200, { what: 'the next move has come to the end' });
    expect((await expired()).slice(before)).toEqual(links.map(({ id }) => id));
    expect(Math.abs((await timeOf(worker)) - (await timeOf(api)))).toBeLessThan(NEAR_MS);
  });

  it('(S24) is not opened without the flag: the start ends with the status of a wrong configuration', async () => {
    const wrong: Readonly<Record<string, string>>[] = [{}, { SANDBOX_CLOCK: '1', NETWORKS: 'testnet' }];
    for (const env of wrong) {
      const refused = await ServiceProcess.launch({ DATABASE_URL: database.url, ...env });
      expect((await refused.ended()).code).toBe(78);
      expect(refused.stderr).toContain('SANDBOX_CLOCK');
    }
  });
});

function horizonOf({ url }: ServiceProcess): string {
  return `${url}/sandbox/horizon`;
}
