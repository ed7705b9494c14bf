import { TestWallet } from '../support/wallet';
import { PASSPHRASE, SandboxServer } from '../sandbox/sandbox-server';
import { query } from './books';
import { EventReader } from './event-reader';
import { type Dump, dumpOf, MovingAddress, PostgresServer, restore, restoreInPlace } from './restores';
import { buildService, ServiceProcess } from './service-process';
import { Shop, type ShopLink } from './shop';
import { until } from './until';

jest.setTimeout(300_000);

interface Paid {
  readonly number: string;
  readonly status: string;
}

/** The ledger is elsewhere, as in life: it remembers what the database has lost. */
describe('H31 what was given out in a stretch that was lost, and what its readers are told', () => {
  let network: SandboxServer;
  let payer: TestWallet;
  /** Reads the shop's events the whole time, and keeps its cursor through whatever happens. */
  let reader: EventReader | undefined;
  let answering: string;

  beforeAll(async () => {
    [network] = await Promise.all([SandboxServer.start({ ledgerMs: 20, idleLedgerMs: 1_000 }), buildService()]);
    payer = await TestWallet.funded(network.url, PASSPHRASE, []);
  });
  afterEach(async () => {
    await reader?.stop();
    reader = undefined;
    await ServiceProcess.killAll();
    await PostgresServer.endAll();
  });
  afterAll(async () => {
    await ServiceProcess.killAll();
    await network.stop();
  });

  async function serve(databaseUrl: string): Promise<ServiceProcess> {
    const service = await ServiceProcess.start({ DATABASE_URL: databaseUrl, HORIZON_URL_SANDBOX: network.url });
    answering = service.url;
    return service;
  }
  async function open(service: ServiceProcess): Promise<Shop> {
    const shop = await Shop.open(service.url, network.url, PASSPHRASE);
    reader = new EventReader(shop, () => answering);
    return shop;
  }
  async function expectAllTold(databaseUrl: string): Promise<void> {
    await reader?.hasEverythingOf(databaseUrl);
    expect(reader?.toldTwice()).toEqual([]);
  }

  /** As a merchant's program does it: it repeats what was refused for a while, and nothing else. */
  async function link(shop: Shop, service: ServiceProcess, amount = '1'): Promise<ShopLink> {
    const made = await until(
      async () => {
        const { status, body, text, headers } = await shop
          .client(service.url)
          .post('/api/links', Shop.request(amount))
          .catch(() => NOBODY);
        if (status === 503 && (headers.get('retry-after') !== null || text === '')) return undefined;
        if (status !== 201) throw new Error(`no link: ${status} ${text}`);
        return { id: String(body.id), number: String(body.legacyInvoiceNumber), amount };
      },
      { ms: 120_000, what: 'links are made again' },
    );
    return made;
  }
  async function links(shop: Shop, service: ServiceProcess, count: number): Promise<ShopLink[]> {
    const made: ShopLink[] = [];
    while (made.length < count) made.push(await link(shop, service));
    return made;
  }
  const statuses = (databaseUrl: string, shop: Shop): Promise<Paid[]> =>
    query(databaseUrl, 'select number, status from invoices where destination = $1 order by created_at, id', [
      shop.wallet.address,
    ]);
  async function credited(databaseUrl: string, shop: Shop, paid: readonly ShopLink[]): Promise<void> {
    const wanted = paid.map(({ number }) => number);
    await until(
      async () =>
        (await statuses(databaseUrl, shop)).filter(({ number, status }) => wanted.includes(number) && status === 'PAID')
          .length === wanted.length,
      { ms: 120_000, what: 'what was paid is credited' },
    );
  }
  const payAll = async (shop: Shop, all: readonly ShopLink[]): Promise<void> => {
    for (const each of all) await shop.paidBy(payer, each);
  };

  /** What was paid before and what was not, then a stretch that will be lost: two that are paid and two that are not. */
  async function before(service: ServiceProcess, shop: Shop, databaseUrl: string): Promise<{ kept: ShopLink[] }> {
    const kept = await links(shop, service, 3);
    await payAll(shop, kept.slice(0, 1));
    await credited(databaseUrl, shop, kept.slice(0, 1));
    return { kept };
  }
  async function lostStretch(service: ServiceProcess, shop: Shop, databaseUrl: string): Promise<ShopLink[]> {
    const lost = await links(shop, service, 4);
    await payAll(shop, lost.slice(0, 2));
    await credited(databaseUrl, shop, lost.slice(0, 2));
    return lost;
  }

  /** After the stretch was lost: new invoices under numbers nobody has, that nobody's old or late money pays. */
  async function expectSound(
    service: ServiceProcess,
    shop: Shop,
    databaseUrl: string,
    kept: readonly ShopLink[],
    lost: readonly ShopLink[],
  ): Promise<ShopLink[]> {
    const fresh = await links(shop, service, 6);
    const taken = new Set([...kept, ...lost].map(({ number }) => number));
    expect(fresh.filter(({ number }) => taken.has(number))).toEqual([]);
    // Somebody pays late what he was asked to pay in the lost stretch.
    await payAll(shop, lost.slice(2, 3));
    await payAll(shop, [...fresh.slice(0, 2), ...kept.slice(1, 2)]);
    await credited(databaseUrl, shop, [...fresh.slice(0, 2), ...kept.slice(0, 2)]);
    const pending = (await statuses(databaseUrl, shop))
      .filter(({ status }) => status !== 'PAID')
      .map(({ number }) => number);
    expect(pending.toSorted()).toEqual([...fresh.slice(2), ...kept.slice(2)].map(({ number }) => number).toSorted());
    // The coins that opened the account may have come when it was watched already.
    const held = await query<{ memo: string; outcome: string }>(
      databaseUrl,
      `select encode(memo, 'escape') as memo, outcome from payments where account = $1 and disposition = 'suspense' and kind <> 'create_account' order by operation_id`,
      [shop.wallet.address],
    );
    expect(held).toEqual(lost.slice(0, 3).map(({ number }) => ({ memo: number, outcome: 'unknown_reference' })));
    await expectAllTold(databaseUrl);
    await service.audit();
    return fresh;
  }

  async function beginning(): Promise<{
    postgres: PostgresServer;
    service: ServiceProcess;
    shop: Shop;
    kept: ShopLink[];
  }> {
    const postgres = await PostgresServer.start();
    const service = await serve(postgres.url);
    const shop = await open(service);
    return { postgres, service, shop, ...(await before(service, shop, postgres.url)) };
  }

  it('is not given out again after a restore elsewhere, nor when the same dump is restored a second time', async () => {
    const { postgres, service, shop, kept } = await beginning();
    const dump: Dump = await dumpOf(postgres.url);
    const lost = await lostStretch(service, shop, postgres.url);
    await service.kill();
    const [second, third] = [await PostgresServer.start(), await PostgresServer.start()];
    await restore(second.url, dump);
    const elsewhere = await serve(second.url);
    const fresh = await expectSound(elsewhere, shop, second.url, kept, lost);
    await elsewhere.kill();
    await restore(third.url, dump);
    const again = await serve(third.url);
    const newest = await links(shop, again, 6);
    const taken = new Set([...kept, ...lost, ...fresh].map(({ number }) => number));
    expect(newest.filter(({ number }) => taken.has(number))).toEqual([]);
    expect(
      (await statuses(third.url, shop)).filter(
        ({ number, status }) => status === 'PAID' && newest.some((each) => each.number === number),
      ),
    ).toEqual([]);
    await expectAllTold(third.url);
    await again.audit();
  });

  it('is not given out again after a restore into the same server, although the service runs on through it', async () => {
    const { postgres, service, shop, kept } = await beginning();
    const dump = await dumpOf(postgres.url);
    const lost = await lostStretch(service, shop, postgres.url);
    await restoreInPlace(postgres.url, dump);
    await expectSound(service, shop, postgres.url, kept, lost);
    expect(service.said('a new life of this database began: it was restored or promoted')).toMatchObject([
      { cause: 'server' },
    ]);
  });

  it('is not given out again after a data folder was put back, when the operator says so', async () => {
    const { postgres, service, shop, kept } = await beginning();
    await service.stop();
    await postgres.stop();
    const copy = await postgres.copyFiles();
    await postgres.startAgain();
    const later = await serve(postgres.url);
    // Nobody pays: there is no trace of it on the ledger.
    const lost = await links(shop, later, 4);
    await later.kill();
    await postgres.stop();
    await postgres.putBack(copy);
    await postgres.startAgain();
    expect(await later.cli('recover', 'begin', '--json')).toContain('"operator"');
    const restored = await serve(postgres.url);
    const fresh = await links(shop, restored, 6);
    const taken = new Set([...kept, ...lost].map(({ number }) => number));
    expect(fresh.filter(({ number }) => taken.has(number))).toEqual([]);
    await payAll(shop, [lost[0] as ShopLink, fresh[0] as ShopLink]);
    await credited(postgres.url, shop, [fresh[0] as ShopLink]);
    expect(
      (await statuses(postgres.url, shop)).filter(({ status }) => status === 'PAID').map(({ number }) => number),
    ).toEqual([kept[0]?.number, fresh[0]?.number]);
    await expectAllTold(postgres.url);
    await restored.audit();
  });

  it('is not given out again after a data folder was put back without a word, when some of it was paid', async () => {
    const { postgres, service, shop, kept } = await beginning();
    await service.stop();
    await postgres.stop();
    const copy = await postgres.copyFiles();
    await postgres.startAgain();
    const later = await serve(postgres.url);
    const lost = await lostStretch(later, shop, postgres.url);
    await later.kill();
    await postgres.stop();
    await postgres.putBack(copy);
    await postgres.startAgain();
    const restored = await serve(postgres.url);
    await expectSound(restored, shop, postgres.url, kept, lost);
    expect(restored.said('a new life of this database began: it was restored or promoted')).toMatchObject([
      { cause: 'traces' },
    ]);
  });

  it('is not given out again when a replica is promoted that has not got it, although the service runs on through the failover', async () => {
    const postgres = await PostgresServer.start();
    const address = await MovingAddress.start(postgres.url);
    try {
      const service = await serve(address.url);
      const shop = await open(service);
      const replica = await postgres.replica();
      const { kept } = await before(service, shop, postgres.url);
      await until(
        async () => (await statuses(replica.url, shop)).filter(({ status }) => status === 'PAID').length === 1,
        { ms: 60_000, what: 'the replica has all of it' },
      );
      await replica.holdBack();
      const lost = await lostStretch(service, shop, postgres.url);
      expect(await statuses(replica.url, shop)).toHaveLength(kept.length);
      await replica.promote();
      address.moveTo(replica.url);
      await expectSound(service, shop, replica.url, kept, lost);
      expect(service.said('a new life of this database began: it was restored or promoted')).toMatchObject([
        { cause: 'server' },
      ]);
    } finally {
      await ServiceProcess.killAll();
      await address.stop();
    }
  });
});

/** No answer: the database or the service is away for a moment. */
const NOBODY = { status: 503, body: {} as Record<string, unknown>, text: '', headers: new Headers() };
