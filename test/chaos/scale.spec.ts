import { Asset, Memo, Operation } from '@stellar/stellar-sdk';
import { ExpiryService } from '../../src/payments/expiry.service';
import { ReconciliationService } from '../../src/payments/reconciliation.service';
import { TestApp } from '../support/app';
import type { TestMerchant } from '../support/shop';
import type { TestWallet } from '../support/wallet';
import { breaches, countOf } from './books';
import { insertBulk } from './bulk';
import { until } from './until';

const OPEN = 100_000;
const DUST = 5_000;
const DUE = 20_000;
const DAY_SECONDS = 24 * 3600;

/** The test drives reading and expiry itself, so that "one cycle" is exactly one. */
describe('many at once', () => {
  let app: TestApp;
  let merchantId: string;
  let destination: string;
  let merchant: TestMerchant;

  beforeAll(async () => {
    app = await TestApp.start({ reconcile: false });
    merchant = await app.merchant();
    destination = merchant.wallet.address;
    ({ merchantId } = merchant);
    await readAll();
  });

  afterAll(() => app.stop());

  /** One cycle: pages until the end of the ledger. */
  async function readAll(): Promise<{ pages: number; recorded: number; ms: number }> {
    const start = performance.now();
    const reconciliation = app.get(ReconciliationService);
    const total = { pages: 0, recorded: 0 };
    for (let more = true; more;) {
      const report = await reconciliation.ingestPage('sandbox');
      total.pages += 1;
      total.recorded += report.recorded;
      more = report.more;
    }
    return { ...total, ms: performance.now() - start };
  }

  it(`a payment among ${DUST} pieces of dust for ${OPEN} open invoices is credited within one cycle`, async () => {
    const ids = await insertBulk(app.databaseUrl, {
      merchantId,
      destination,
      prefix: 'OPEN-',
      count: OPEN,
      expireInSeconds: 5 * DAY_SECONDS,
    });
    const payers = await Promise.all(Array.from({ length: 5 }, () => app.wallet()));
    const payer = payers[0] as TestWallet;
    await Promise.all(payers.map((each) => dust(each, DUST / payers.length / 2)));
    const { hash } = await payer.pay(destination, '1', { memo: Memo.text('OPEN-77777') });
    await Promise.all(payers.map((each) => dust(each, DUST / payers.length / 2)));
    const before = process.memoryUsage.rss();
    const cycle = await readAll();
    const grown = (process.memoryUsage.rss() - before) / 2 ** 20;
    console.log(
      `${cycle.recorded} credits in ${cycle.pages} pages: ${cycle.ms.toFixed(0)} ms, ${Math.round((cycle.recorded / cycle.ms) * 1000)} a second, ${grown.toFixed(0)} MB more memory`,
    );
    expect(cycle.recorded).toBe(DUST + 1);
    const link = await app.client.get(`/api/links/${ids[77_776]}`);
    expect(link.body).toMatchObject({ status: 'CONFIRMED', transactionHash: hash });
    expect(await countOf(app.databaseUrl, `select count(*) from payments where disposition = 'applied'`)).toBe(1);
    expect(
      await countOf(app.databaseUrl, `select count(*) from payments where disposition = 'suspense'`),
    ).toBeGreaterThanOrEqual(DUST);
    expect(await breaches(app.databaseUrl)).toEqual([]);
  });

  /** The smallest amount there is, a hundred times a transaction, half with a memo that is nobody's. */
  async function dust(wallet: TestWallet, pieces: number): Promise<void> {
    for (let sent = 0; sent < pieces; sent += 100) {
      const payments = Array.from({ length: 100 }, () =>
        Operation.payment({ destination, amount: '0.0000001', asset: Asset.native() }),
      );
      await wallet.submit(payments, sent % 200 === 0 ? Memo.text('OPEN-0') : undefined);
    }
  }

  it(`${DUE} invoices that are due at the same moment expire once each, while pages go on polling`, async () => {
    const ids = await insertBulk(app.databaseUrl, {
      merchantId,
      destination,
      prefix: 'DUE-',
      count: DUE,
      expireInSeconds: -1,
    });
    const quiet = await poll(ids, () => false, 500);
    // The ledger must have closed after the deadline, and have been read, before anything may expire.
    await (await app.wallet()).pay(destination, '1');
    await readAll();
    let expiring = true;
    const polls = poll(ids, () => expiring, 0);
    const start = performance.now();
    const expiry = app.get(ExpiryService);
    // Two replicas at once.
    const totals = await Promise.all([expiry.runDue(), expiry.runDue()]);
    await until(
      async () =>
        (await countOf(
          app.databaseUrl,
          `select count(*) from invoices where number like 'DUE-%' and status <> 'EXPIRED'`,
        )) === 0,
      { what: 'all have expired' },
    );
    const drained = performance.now() - start;
    expiring = false;
    const busy = await polls;
    console.log(
      `${DUE} expired in ${drained.toFixed(0)} ms; ${busy.length} polls meanwhile, p99 ${p99(busy).toFixed(0)} ms (before: ${p99(quiet).toFixed(0)} ms)`,
    );
    expect(totals.reduce((sum, { expired }) => sum + expired, 0)).toBeLessThanOrEqual(DUE);
    // Four pages were each answered again and again: nothing that expires keeps them waiting to the end.
    expect(busy.length).toBeGreaterThan(16);
    const status = await app.client.get(`/api/links/${ids[DUE - 1]}/status`);
    expect(status.body.status).toBe('EXPIRED');
    expect(await countOf(app.databaseUrl, `select count(*) from events where type = 'link.expired'`)).toBe(DUE);
    expect(await breaches(app.databaseUrl)).toEqual([]);
  });

  /** Milliseconds of each status poll by four pages, while `goOn` or at least `least` times. */
  async function poll(ids: readonly string[], goOn: () => boolean, least: number): Promise<number[]> {
    const times: number[] = [];
    const page = async (): Promise<void> => {
      while (goOn() || times.length < least) {
        const start = performance.now();
        const { status } = await app.client.get(`/api/links/${ids[(times.length * 7919) % ids.length]}/status`);
        if (status !== 200) throw new Error(`a poll was answered ${status}`);
        times.push(performance.now() - start);
      }
    };
    await Promise.all([page(), page(), page(), page()]);
    return times;
  }
});

function p99(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] as number;
}
