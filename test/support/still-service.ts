import { Account, Asset, Operation, TransactionBuilder } from '@stellar/stellar-sdk';
import { MailDispatchService } from '../../src/mail/mail-dispatch.service';
import { ExpiryService } from '../../src/payments/expiry.service';
import { ReconciliationService } from '../../src/payments/reconciliation.service';
import { SubscriptionTimeService } from '../../src/subscriptions/subscription-time.service';
import { muxedAddress } from '../../src/stellar/address';
import { EventNumberingService } from '../../src/webhooks/event-numbering.service';
import { TestApp } from './app';
import { ManualClock } from './manual-clock';
import type { TestShop } from './shop';
import { Subscriber } from './subscriber';
import type { TestWallet } from './wallet';

/** Longer than any test takes: the network closes no ledger of its own. */
const NEVER_MS = 3_600_000;
const MOST_OPERATIONS = 100;

/** What is paid: the period of a subscription, by the muxed address of its invoice. */
export interface Bill {
  readonly subscription: string;
  readonly publicId: string;
  readonly destination: string;
  readonly reference: bigint;
  readonly total: bigint;
}

/** A service in which time, the ledger and the jobs go on only when a test says so. */
export class StillService {
  private constructor(
    readonly app: TestApp,
    readonly clock: ManualClock,
    readonly shop: TestShop,
    /** Pays everything; holds both coins. */
    readonly wallet: TestWallet,
  ) {}

  static async open(env: Readonly<Record<string, string>> = {}, log?: (line: string) => void): Promise<StillService> {
    const clock = new ManualClock();
    const app = await TestApp.start({
      reconcile: false,
      env: { ROLE: 'api', LIMIT_UNPAID_CHECKOUTS: '1000000', ...env },
      ports: { clock },
      ...(log === undefined ? {} : { log }),
    });
    const [shop, wallet] = await Promise.all([app.shop(), app.wallet(['USDC', 'EURC'])]);
    app.network.faults.arm('slow_ledgers', { ms: NEVER_MS });
    const still = new StillService(app, clock, shop, wallet);
    // A whole second that no ledger has reached.
    await still.at(new Date((Math.floor(clock.now().getTime() / 1000) + 60) * 1000));
    return still;
  }

  /** A second service on the same rows and the same time, as another process is. */
  async beside(): Promise<TestApp> {
    return TestApp.start({
      reconcile: false,
      databaseUrl: this.app.databaseUrl,
      env: { ROLE: 'api' },
      ports: { clock: this.clock },
    });
  }

  /**
   * At an instant a ledger closes, with the payments of these bills, and nobody reads it yet; where they are more than a transaction holds, the others have
   * closed in the seconds before. Throws when a ledger closed at another time. Returns the transactions.
   */
  async close(instant: Date, bills: readonly Bill[] = [], asset: Asset = Asset.native()): Promise<string[]> {
    const ledgers = Math.max(1, Math.ceil(bills.length / MOST_OPERATIONS));
    const hashes: string[] = [];
    for (let ledger = 1; ledger <= ledgers; ledger += 1) {
      const paid = bills.slice((ledger - 1) * MOST_OPERATIONS, ledger * MOST_OPERATIONS);
      hashes.push(...(await this.closeOne(after(instant, ledger - ledgers), paid, asset)));
    }
    return hashes;
  }

  private async closeOne(instant: Date, bills: readonly Bill[], asset: Asset): Promise<string[]> {
    const { network } = this.app;
    this.clock.set(instant);
    if (bills.length > 0) {
      const answer = network.submitAsync(this.envelope(bills, asset));
      if (answer.status !== 'PENDING') throw new Error(`the network refused a payment: ${JSON.stringify(answer)}`);
    }
    const { header, transactions } = await network.closeLedger();
    if (header.closeTime * 1000 !== instant.getTime())
      throw new Error(`the ledger of ${instant.toISOString()} closed at ${header.closeTime}`);
    const failed = transactions.find(({ successful }) => !successful);
    if (failed !== undefined) throw new Error(`a payment failed: ${JSON.stringify(failed.resultCodes)}`);
    return transactions.map(({ hash }) => hash);
  }

  /** The reader catches up. */
  async read(): Promise<void> {
    while ((await this.app.get(ReconciliationService).ingestPage('sandbox')).more);
  }

  /** One round of what time does. */
  async work(app: TestApp = this.app): Promise<void> {
    await this.subscriptions(app);
    await app.get(ExpiryService).runDue();
  }

  /** What is due at subscriptions by what was read of the ledger, as their job does it. */
  async subscriptions(app: TestApp = this.app): Promise<void> {
    const through = await app.get(ExpiryService).readThrough('sandbox');
    if (through !== null) await app.get(SubscriptionTimeService).run('sandbox', through);
  }

  /** A ledger closes at an instant, is read, and what is due is done. */
  async at(instant: Date, bills: readonly Bill[] = [], asset?: Asset): Promise<void> {
    await this.close(instant, bills, asset);
    await this.read();
    await this.work();
    await this.tell();
  }

  /** What happened gets its numbers, and mail is sent. */
  async tell(): Promise<void> {
    await this.app.get(EventNumberingService).settle();
    await this.app.get(MailDispatchService).run();
  }

  /** Somebody who has subscribed and paid for the first period, at an instant. */
  async member(at: Date, recurrence: object, more: object = {}, enrolment: object = {}): Promise<Subscriber> {
    const link = await Subscriber.link(this.app, this.shop, recurrence, more);
    const member = await Subscriber.join(this.app, this.shop, link, this.wallet, enrolment);
    await this.at(at, await this.bills([member.id]));
    return member;
  }

  /** The invoices that wait for money, of these subscriptions. */
  bills(ids: readonly string[], index?: number): Promise<Bill[]> {
    return this.app.sql(
      `select subscription_id as subscription, public_id as "publicId", destination, reference_number as reference, total from invoices
       where subscription_id = any($1) and case when $2::integer is null then status in ('PENDING', 'PROCESSING') else period_index = $2 end order by id`,
      [ids, index ?? null],
    );
  }

  stop(): Promise<void> {
    return this.app.stop();
  }

  private envelope(bills: readonly Bill[], asset: Asset): string {
    const sequence = this.app.network.engine.account(this.wallet.address)?.sequence ?? 0n;
    const builder = new TransactionBuilder(new Account(this.wallet.address, sequence.toString()), {
      fee: '1000',
      networkPassphrase: this.wallet.passphrase,
    }).setTimeout(0);
    for (const { destination, reference, total } of bills)
      builder.addOperation(
        Operation.payment({
          destination: muxedAddress(destination, reference),
          amount: `${total / 10_000_000n}.${(total % 10_000_000n).toString().padStart(7, '0')}`,
          asset,
        }),
      );
    const transaction = builder.build();
    transaction.sign(this.wallet.keypair);
    return transaction.toXdr();
  }
}

/** So much after an instant. */
export function after(instant: Date, seconds: number): Date {
  return new Date(instant.getTime() + seconds * 1000);
}
