import { DEFAULT_PASSPHRASES } from '../../src/common/network';
import { ApiClient } from '../support/api-client';
import { type TestDatabase, testDatabase } from '../support/database';
import { TestWallet } from '../support/wallet';
import { appliedTo, breaches, countOf, query } from './books';
import { buildService, ServiceProcess } from './service-process';
import { Shop, type ShopLink, signedPayment } from './shop';
import { until } from './until';

const PASSPHRASE = DEFAULT_PASSPHRASES.sandbox;
const PER_HOUR = 60;

/** Two processes that serve and two that work, on one database; whoever holds the lease is the sandbox for all. */
describe('two API processes and two workers', () => {
  let database: TestDatabase;
  let apis: [ServiceProcess, ServiceProcess];
  let workers: [ServiceProcess, ServiceProcess];
  let payers: TestWallet[];

  beforeAll(async () => {
    [database] = await Promise.all([testDatabase(), buildService()]);
    const env = { DATABASE_URL: database.url, LIMIT_LINKS_PER_HOUR: String(PER_HOUR) };
    // The first to come becomes the sandbox's host and the reader of its ledger.
    const first = await ServiceProcess.start({ ...env, ROLE: 'worker' });
    await until(
      async () => (await countOf(database.url, 'select count(*) from ledger_cursors where lease_until > now()')) === 1,
      { what: 'the first worker reads' },
    );
    const rest = await Promise.all(['api', 'api', 'worker'].map((ROLE) => ServiceProcess.start({ ...env, ROLE })));
    apis = [rest[0], rest[1]] as typeof apis;
    workers = [first, rest[2]] as typeof workers;
    payers = await Promise.all(apis.map((api) => TestWallet.funded(horizonOf(api), PASSPHRASE, [])));
  });

  afterEach(async () => {
    for (const service of all()) service.send('SIGCONT');
    expect(await breaches(database.url)).toEqual([]);
    const gaps = await query(
      database.url,
      'select sequence from (select sequence, lag(sequence) over (order by sequence) as before from sandbox_ledgers) l where sequence <> before + 1',
    );
    expect(gaps).toEqual([]);
  });

  afterAll(async () => {
    await ServiceProcess.killAll();
    await database.drop();
  });

  function all(): ServiceProcess[] {
    return [...apis, ...workers];
  }

  function openShop(): Promise<Shop> {
    return Shop.open(apis[0].url, horizonOf(apis[0]), PASSPHRASE);
  }

  async function linksOf(shop: Shop, amounts: readonly string[]): Promise<ShopLink[]> {
    return Promise.all(amounts.map((amount, at) => shop.link((apis[at % 2] as ServiceProcess).url, amount)));
  }

  async function paid(links: readonly ShopLink[]): Promise<boolean> {
    return (
      (await countOf(database.url, `select count(*) from invoices where status = 'PAID' and public_id = any($1)`, [
        links.map(({ id }) => id),
      ])) === links.length
    );
  }

  it('are one sandbox: every process answers for the same network', async () => {
    const wallet = await TestWallet.funded(horizonOf(apis[0]), PASSPHRASE, []);
    for (const service of all()) {
      const account = await TestWallet.unfunded(horizonOf(service), PASSPHRASE, wallet.keypair).server.loadAccount(
        wallet.address,
      );
      expect(account.balances[0]).toMatchObject({ asset_type: 'native' });
    }
    expect(await countOf(database.url, 'select count(*) from sandbox_host')).toBe(1);
  });

  it('are one limit: of 200 links asked for at once over both, exactly 60 are made', async () => {
    const { shop, answers } = await withinOneHour(database.url, async () => {
      const asking = await openShop();
      return {
        shop: asking,
        answers: await Promise.all(
          Array.from({ length: 200 }, (_, at) =>
            asking.client((apis[at % 2] as ServiceProcess).url).post('/api/links', Shop.request('1')),
          ),
        ),
      };
    });
    const statuses = answers.map(({ status }) => status);
    expect([
      statuses.filter((status) => status === 201).length,
      statuses.filter((status) => status === 429).length,
    ]).toEqual([PER_HOUR, 200 - PER_HOUR]);
    const numbers = answers.filter(({ status }) => status === 201).map(({ body }) => String(body.legacyInvoiceNumber));
    expect(numbers.toSorted()).toEqual(
      Array.from({ length: PER_HOUR }, (_, at) => `INV-${String(at + 1).padStart(4, '0')}`),
    );
    expect(
      await countOf(database.url, 'select count(*) from invoices where destination = $1', [shop.wallet.address]),
    ).toBe(PER_HOUR);
  });

  it('credit once what is submitted and confirmed to both at the same time', async () => {
    const shop = await openShop();
    const links = await linksOf(
      shop,
      Array.from({ length: 12 }, (_, at) => String(at + 1)),
    );
    const hashes = new Map<string, string>();
    // Each payer is one account with one sequence: its payments follow each other, the two payers do not wait.
    await Promise.all(
      payers.map(async (payer, which) => {
        for (const link of links.filter((_, at) => at % 2 === which)) hashes.set(await payTwice(payer, link), link.id);
      }),
    );
    expect(await paid(links)).toBe(true);
    expect(await appliedTo(database.url, [...hashes.keys()])).toEqual(
      new Map([...hashes].map(([hash, id]) => [hash, [id]])),
    );
  });

  async function payTwice(payer: TestWallet, link: ShopLink): Promise<string> {
    const signed = await signedPayment(apis[0].url, payer, link);
    const submits = await Promise.all(
      [...apis, ...apis].map((api) =>
        new ApiClient(api.url).post('/api/payments/submit', { invoiceId: link.id, signedTransactionXdr: signed }),
      ),
    );
    expect(submits.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const hash = String(submits.find(({ body }) => body.transactionHash !== undefined)?.body.transactionHash);
    const confirms = await Promise.all(
      [...apis, ...apis].map((api) =>
        new ApiClient(api.url).post('/api/payments/confirm', { invoiceId: link.id, transactionHash: hash }),
      ),
    );
    expect(confirms.map(({ body }) => body.status)).toEqual(Array.from({ length: 4 }, () => 'already_paid'));
    return hash;
  }

  it('survive a kill -9 of the worker that is the sandbox and reads its ledger', async () => {
    const shop = await openShop();
    const links = await linksOf(shop, ['1', '2', '3', '4']);
    const [host] = await query<{ url: string }>(database.url, 'select url from sandbox_host');
    expect(host?.url).toBe(workers[0].url);
    const hashes = [await shop.paidBy(payers[0] as TestWallet, links[0] as ShopLink)];
    const before = await countOf(database.url, 'select max(sequence) as count from sandbox_ledgers');
    await workers[0].kill();
    // Wallets cannot reach the network for a while, and try again.
    for (const link of links.slice(1)) hashes.push(await insist(() => shop.paidBy(payers[0] as TestWallet, link)));
    expect(await countOf(database.url, 'select max(sequence) as count from sandbox_ledgers')).toBeGreaterThan(before);
    await until(() => paid(links), { what: 'the other worker reads on' });
    expect(await appliedTo(database.url, hashes)).toEqual(new Map(hashes.map((hash, at) => [hash, [links[at]?.id]])));
    workers[0] = await workers[0].restart();
  });

  it('keep one history when the sandbox freezes past its lease and wakes up', async () => {
    const [host] = await query<{ url: string }>(database.url, 'select url from sandbox_host');
    const frozen = all().find(({ url }) => url === host?.url) as ServiceProcess;
    const awake = apis.find((api) => api !== frozen) as ServiceProcess;
    const shop = await Shop.open(awake.url, horizonOf(awake), PASSPHRASE);
    const link = await shop.link(awake.url, '1');
    const payer = TestWallet.unfunded(horizonOf(awake), PASSPHRASE, payers[0]?.keypair);
    frozen.send('SIGSTOP');
    await until(
      async () => (await query<{ url: string }>(database.url, 'select url from sandbox_host'))[0]?.url !== frozen.url,
      { what: 'another process becomes the sandbox' },
    );
    await until(() => answers(awake), { what: 'the others have heard of it' });
    const hash = await insist(() => shop.paidBy(payer, link));
    frozen.send('SIGCONT');
    // It may still believe for a moment that it speaks for the network; what it says must not last.
    await until(async () => (await newestLedgers(all())).size === 1, { what: 'all tell the same newest ledger' });
    const second = await shop.link(awake.url, '2');
    const again = await insist(() =>
      shop.paidBy(TestWallet.unfunded(horizonOf(frozen), PASSPHRASE, payers[1]?.keypair), second),
    );
    await until(() => paid([link, second]), { what: 'both are found' });
    expect(await appliedTo(database.url, [hash, again])).toEqual(
      new Map([
        [hash, [link.id]],
        [again, [second.id]],
      ]),
    );
    expect(frozen.running).toBe(true);
  });

  it('the audit finds nothing', async () => {
    await apis[0].audit();
  });

  it('all end well when they are told to at the same time, although a wallet listens to each', async () => {
    const listening = await Promise.all(
      all().map((service) =>
        fetch(`${horizonOf(service)}/ledgers?cursor=now`, { headers: { accept: 'text/event-stream' } }),
      ),
    );
    expect(listening.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const ends = await Promise.all(all().map((service) => service.stop()));
    expect(ends.map(({ complaint }) => complaint)).toEqual(['', '', '', '']);
    expect(await countOf(database.url, 'select count(*) from sandbox_host')).toBe(0);
    expect(await countOf(database.url, 'select count(*) from ledger_cursors where lease_owner is not null')).toBe(0);
  });
});

function horizonOf(service: ServiceProcess): string {
  return `${service.url}/sandbox/horizon`;
}

/** Begins again where a window of the limit has ended meanwhile. */
async function withinOneHour<T>(databaseUrl: string, work: () => Promise<T>): Promise<T> {
  const hour = (): Promise<number> =>
    countOf(databaseUrl, 'select floor(extract(epoch from clock_timestamp()) / 3600) as count');
  for (;;) {
    const before = await hour();
    const done = await work();
    if ((await hour()) === before) return done;
  }
}

/** What a person with a wallet does while the network does not answer. */
async function insist<T>(attempt: () => Promise<T>): Promise<T> {
  return until(() => attempt().catch(() => undefined), { what: 'the network takes it' }) as Promise<T>;
}

/** Requests that were passed on to a frozen process wait as long as it is frozen. */
async function answers(service: ServiceProcess): Promise<boolean> {
  try {
    return (await fetch(`${horizonOf(service)}/`, { signal: AbortSignal.timeout(1_000) })).ok;
  } catch {
    return false;
  }
}

async function newestLedgers(services: readonly ServiceProcess[]): Promise<Set<unknown>> {
  const roots = await Promise.all(services.map((service) => new ApiClient(service.url).get('/sandbox/horizon/')));
  return new Set(roots.map(({ body }) => body.history_latest_ledger));
}
