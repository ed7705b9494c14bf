import { Asset, Memo, Operation, type Transaction, TransactionBuilder } from '@stellar/stellar-sdk';
import { ExpiryJob } from '../../src/jobs/expiry.job';
import { MemoryStore } from '../../src/sandbox/sandbox-store';
import { TestApp } from '../support/app';
import type { TestWallet } from '../support/wallet';
import { appliedTo, breaches, query } from './books';
import { type LogLine } from './service-process';
import { Shop, type ShopLink } from './shop';
import { SkippingClock } from './skipping-clock';
import { until } from './until';
import { REMIND } from '../support/deadlines';

/** Reading that stands still for this long is told, whoever is to blame. */
const MAX_AGE_MS = 60_000;

/** A service whose ledger lies, hangs or is another one. Time skips, so that a minute of silence costs none. */
describe('health and the ledger behind us', () => {
  const lines: LogLine[] = [];
  let app: TestApp;
  let clock: SkippingClock;
  let shop: Shop;
  let payer: TestWallet;

  beforeAll(async () => {
    clock = new SkippingClock();
    app = await TestApp.start({ ports: { clock }, log: (line) => lines.push(JSON.parse(line) as LogLine) });
    shop = await Shop.open(app.url, app.horizonUrl, app.network.passphrase);
    payer = await app.wallet();
    await until(isReady, { what: 'the service is ready' });
  });

  afterEach(async () => {
    app.network.faults.clear();
    // However the test ended, a reader that pauses goes on.
    await aMinuteLater();
    expect(await breaches(app.databaseUrl)).toEqual([]);
  });

  afterAll(() => app.stop());

  /** Valid for ever: the ledger's time is minutes ahead of what the stock client takes for now. */
  async function prepare(link: ShopLink): Promise<Transaction> {
    const { address: destination } = shop.wallet;
    const operation = Operation.payment({ destination, asset: Asset.native(), amount: link.amount });
    const envelope = await payer.build([operation], Memo.text(link.number), undefined, 0);
    return TransactionBuilder.fromXdr(envelope, payer.passphrase) as Transaction;
  }

  async function pay(link: ShopLink): Promise<string> {
    return (await payer.server.submitTransaction(await prepare(link))).hash;
  }

  async function readiness(): Promise<number> {
    return (await app.client.get('/health/ready')).status;
  }

  async function isReady(): Promise<boolean> {
    return (await readiness()) === 200;
  }

  async function statusOf(link: ShopLink): Promise<string> {
    return String((await app.client.get(`/api/links/${link.id}/status`)).body.status);
  }

  /** A minute and an interval of polling later: whoever slept goes on, and the ledger closes at its new time. */
  async function aMinuteLater(): Promise<void> {
    clock.skip(MAX_AGE_MS + 1_000);
    const seconds = Math.floor(clock.now().getTime() / 1000);
    await until(() => app.network.engine.header.closeTime >= seconds, { what: 'a ledger closes at the new time' });
  }

  /** The same, and the reader has looked once more and stopped once more. */
  async function aMinuteOfErrorsLater(): Promise<void> {
    const from = lines.length;
    await aMinuteLater();
    await until(() => errorsSince(from).length > 0, { what: 'reading stops again' });
  }

  /** Answers that the reader has had from Horizon. */
  async function horizonAnswers(): Promise<number> {
    const { text } = await app.client.get('/metrics');
    return [...text.matchAll(/^lumentill_horizon_requests_total\{.*\} (\d+)$/gm)].reduce(
      (sum, [, count]) => sum + Number(count),
      0,
    );
  }

  function errorsSince(from: number): string[] {
    return lines
      .slice(from)
      .filter(({ msg }) => msg === 'reading the ledger stopped')
      .map((line) => String(line['error']));
  }

  it('a reader that stalls is told within a minute, and what was paid meanwhile is found when it goes on', async () => {
    const link = await shop.link(app.url, '1');
    app.network.faults.arm('hang', { match: /^\/payments/ });
    await until(() => app.network.faults.struck('hang') > 0, { what: 'the reader hangs' });
    const hash = await pay(link);
    expect(await readiness()).toBe(200);
    await aMinuteLater();
    expect([await readiness(), (await app.client.get('/health/live')).status]).toEqual([503, 200]);
    expect(await statusOf(link)).toBe('PENDING');
    app.network.faults.clear();
    await aMinuteLater();
    await until(async () => (await statusOf(link)) === 'CONFIRMED', { what: 'the payment is found' });
    await until(isReady, { what: 'the service is ready again' });
    expect(await appliedTo(app.databaseUrl, [hash])).toEqual(new Map([[hash, [link.id]]]));
  });

  it('nothing expires unread: money sent in time is seen first, however late it is read', async () => {
    const [paid, unpaid] = [await shop.link(app.url, '2'), await shop.link(app.url, '2')];
    app.network.faults.arm('hang', { match: /^\/payments/ });
    const struck = app.network.faults.struck('hang');
    await until(() => app.network.faults.struck('hang') > struck, { what: 'the reader hangs' });
    await pay(paid);
    // The ledger's clock runs ahead of ours by a second for every ledger, hence the margin.
    await query(app.databaseUrl, `update invoices set expires_at = $2 where public_id = any($1)`, [
      [paid.id, unpaid.id],
      new Date(clock.now().getTime() + 30_000),
    ]);
    await query(app.databaseUrl, REMIND);
    await aMinuteLater();
    await app.get(ExpiryJob).tick();
    expect([await statusOf(paid), await statusOf(unpaid)]).toEqual(['PENDING', 'PENDING']);
    app.network.faults.clear();
    await aMinuteLater();
    await until(async () => (await statusOf(paid)) === 'CONFIRMED', { what: 'the payment is found' });
    await until(async () => (await statusOf(unpaid)) === 'EXPIRED', { what: 'the other expires' });
  });

  it('a provider that is a few ledgers behind its last answer is waited for, not taken for another network', async () => {
    const [first, second] = [await shop.link(app.url, '3'), await shop.link(app.url, '3')];
    const hashes = [await pay(first)];
    await until(async () => (await statusOf(first)) === 'CONFIRMED', { what: 'the first payment is found' });
    const prepared = await prepare(second);
    const from = lines.length;
    app.network.faults.arm('ingestion_lag', { ledgers: 3 });
    hashes.push((await payer.server.submitTransaction(prepared)).hash);
    const confirmed = await app.client.post('/api/payments/confirm', {
      invoiceId: second.id,
      transactionHash: hashes[1],
    });
    expect(confirmed.status).toBe(404);
    const answers = await horizonAnswers();
    await until(async () => (await horizonAnswers()) >= answers + 6, { what: 'the reader has looked some more times' });
    const stopped = errorsSince(from);
    app.network.faults.clear();
    await aMinuteLater();
    await until(async () => (await statusOf(second)) === 'CONFIRMED', { what: 'the second payment is found' });
    expect(await appliedTo(app.databaseUrl, hashes)).toEqual(
      new Map([
        [hashes[0], [first.id]],
        [hashes[1], [second.id]],
      ]),
    );
    expect(stopped).toEqual([]);
  });

  it('a Horizon of another network is not believed: nothing is credited, and it is told', async () => {
    const link = await shop.link(app.url, '4');
    const from = lines.length;
    app.network.faults.arm('other_passphrase', { passphrase: 'Public Global Stellar Network ; September 2015' });
    await until(() => errorsSince(from).length > 0, { what: 'reading stops' });
    const hash = await pay(link);
    await aMinuteOfErrorsLater();
    expect(errorsSince(from)[0]).toContain('serves "Public Global Stellar Network ; September 2015"');
    expect([await statusOf(link), await readiness()]).toEqual(['PENDING', 503]);
    app.network.faults.clear();
    await aMinuteLater();
    await until(async () => (await statusOf(link)) === 'CONFIRMED', { what: 'the payment is found' });
    expect(await appliedTo(app.databaseUrl, [hash])).toEqual(new Map([[hash, [link.id]]]));
  });

  it('a hole in the history is not jumped over: reading stops until the missing ledgers are there', async () => {
    const link = await shop.link(app.url, '5');
    app.network.faults.arm('hang', { match: /^\/payments/ });
    const struck = app.network.faults.struck('hang');
    await until(() => app.network.faults.struck('hang') > struck, { what: 'the reader hangs' });
    const hash = await pay(link);
    // The first payment's ledger would be the oldest one served; this one hides it.
    await app.wallet();
    const { sequence } = app.network.engine.header;
    const from = lines.length;
    app.network.faults.clear();
    app.network.faults.arm('elder_ledger', { ledger: sequence });
    await aMinuteLater();
    await until(() => errorsSince(from).length > 0, { what: 'reading stops' });
    expect(errorsSince(from)[0]).toContain('are no longer served by the provider');
    expect([await statusOf(link), await readiness()]).toEqual(['PENDING', 503]);
    app.network.faults.clear();
    await aMinuteLater();
    await until(async () => (await statusOf(link)) === 'CONFIRMED', { what: 'the payment is found' });
    expect(await appliedTo(app.databaseUrl, [hash])).toEqual(new Map([[hash, [link.id]]]));
  });

  it('a network that was reset stops reading loudly; the new one pays nothing of the old', async () => {
    const link = await shop.link(app.url, '6');
    const from = lines.length;
    await app.network.reset(new MemoryStore());
    await until(() => errorsSince(from).length > 0, { what: 'reading stops' });
    expect(errorsSince(from)[0]).toContain('the network was reset or the provider replaced');
    // The same accounts and the same memo on the new network.
    for (const wallet of [shop.wallet, payer]) await wallet.friendbot();
    await pay(link);
    await aMinuteOfErrorsLater();
    expect([await statusOf(link), await readiness()]).toEqual(['PENDING', 503]);
  });
});
