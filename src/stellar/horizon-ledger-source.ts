import type { Clock } from '../common/clock';
import type { Amount, Asset } from '../common/money';
import type { Network } from '../common/network';
import { isAccountAddress } from './address';
import { readAccount } from './horizon-account';
import type { HorizonClient } from './horizon-client';
import { instantField } from './horizon-fields';
import { orderBookPath, readOrderBook, readPaths, strictReceivePath } from './horizon-market';
import { creditedAddresses, readCreditPage, readOperations } from './horizon-page';
import { submitEnvelope } from './horizon-submit';
import { readTransaction, type VerifiedTransaction } from './horizon-transaction';
import { LedgerHint } from './ledger-hint';
import { countOf, JsonUnreadable, type JsonObject } from './json';
import {
  LedgerMismatch,
  LedgerSource,
  LedgerUnavailable,
  type CreditPage,
  type LedgerAccount,
  type LedgerStatus,
  type LedgerTransaction,
  type OrderBook,
  type PaymentPath,
  type SubmitOutcome,
  type WatchedAmong,
} from './ledger-source';

const HASH = /^[0-9a-f]{64}$/;
const MAX_PAGE = 200;
/** A ledger may not claim to have closed later than this from now; the sandbox's closes run ahead by minutes. */
const MAX_AHEAD_MS = 24 * 3600 * 1000;

export interface HorizonLedgerOptions {
  readonly network: Network;
  readonly passphrase: string;
  readonly client: HorizonClient;
  readonly clock: Clock;
}

/** The ledger through one Horizon instance. Answers that contradict themselves count as no answer. */
export class HorizonLedgerSource extends LedgerSource {
  readonly network: Network;
  readonly passphrase: string;
  private readonly client: HorizonClient;
  private readonly clock: Clock;

  constructor(options: HorizonLedgerOptions) {
    super();
    this.network = options.network;
    this.passphrase = options.passphrase;
    this.client = options.client;
    this.clock = options.clock;
  }

  async status(): Promise<LedgerStatus> {
    const root = await this.required('/');
    if (root['network_passphrase'] !== this.passphrase) {
      throw new LedgerMismatch(
        `Horizon for ${this.network} serves "${String(root['network_passphrase']).slice(0, 80)}" instead of "${this.passphrase}"`,
      );
    }
    return this.checked('/', () => ({
      latestLedger: countOf(root['history_latest_ledger'], 'history_latest_ledger'),
      latestClosedAt: this.notFuture(
        instantField(root['history_latest_ledger_closed_at'], 'history_latest_ledger_closed_at'),
      ),
      elderLedger: countOf(root['history_elder_ledger'], 'history_elder_ledger'),
    }));
  }

  async creditsAfter(cursor: bigint, limit: number, watchedAmong?: WatchedAmong): Promise<CreditPage> {
    if (limit < 1 || limit > MAX_PAGE) throw new RangeError('a page holds 1 to 200 records');
    const path = `/payments?cursor=${cursor}&order=asc&limit=${limit}&join=transactions`;
    const page = await this.client.page(path);
    if (page === null) throw new LedgerUnavailable('Horizon has no payments feed');
    const watched = await watchedAmong?.(creditedAddresses(page, limit));
    const isWatched = watched === undefined ? undefined : (address: string): boolean => watched.has(address);
    const credits = await readCreditPage(page, {
      cursor,
      limit,
      passphrase: this.passphrase,
      isWatched,
      effectsOf: (id) => this.effectsOf(id),
    });
    if (credits.lastClosedAt !== null) this.notFuture(credits.lastClosedAt);
    return credits;
  }

  async transaction(hash: string): Promise<LedgerTransaction | null> {
    const wanted = hash.toLowerCase();
    if (!HASH.test(wanted)) return null;
    const found = await this.findTransaction(wanted);
    if (found === null) return null;
    const page = await this.client.page(`/transactions/${wanted}/operations?limit=100&order=asc`);
    // The transaction is there and its operations are not: the instance is still writing them down.
    if (page === null) throw new LedgerUnavailable('Horizon has a transaction without its operations');
    const content = await readOperations(page, found, this.passphrase, (id) => this.effectsOf(id));
    const { memo, successful, ledger, closedAt, source } = found;
    return { hash: found.hash, successful, ledger, closedAt, source, memo, ...content };
  }

  async account(address: string): Promise<LedgerAccount | null> {
    if (!isAccountAddress(address)) return null;
    const path = `/accounts/${address}`;
    const record = await this.client.record(path);
    return record === null ? null : this.checked(path, () => readAccount(record, address));
  }

  async submit(envelopeXdr: string): Promise<SubmitOutcome> {
    return submitEnvelope(envelopeXdr, this.passphrase, {
      post: () => this.client.submit('/transactions', { tx: envelopeXdr }),
      find: (hash) => this.findTransaction(hash),
      sequenceOf: async (address) => (await this.account(address))?.sequence ?? null,
      latestClosedAt: async () => (await this.status()).latestClosedAt,
    });
  }

  announceLedgers(onLedger: () => void, signal: AbortSignal): Promise<void> {
    return new LedgerHint(this.client, this.clock).run(onLedger, signal);
  }

  async orderBook(base: Asset, counter: Asset): Promise<OrderBook> {
    const path = orderBookPath(base, counter);
    const record = await this.required(path);
    return this.checked(path, () => readOrderBook(record, base, counter));
  }

  async strictReceivePaths(
    source: string | readonly Asset[],
    destinationAsset: Asset,
    amount: Amount,
  ): Promise<PaymentPath[]> {
    const path = strictReceivePath(source, destinationAsset, amount);
    const page = await this.client.page(path);
    return page === null ? [] : this.checked(path, () => readPaths(page, destinationAsset, amount));
  }

  private async findTransaction(hash: string): Promise<VerifiedTransaction | null> {
    const path = `/transactions/${hash}`;
    const record = await this.client.record(path);
    if (record === null) return null;
    return this.checked(path, () => {
      const transaction = readTransaction(record, this.passphrase, hash);
      this.notFuture(transaction.closedAt);
      return transaction;
    });
  }

  private async effectsOf(operationId: bigint): Promise<JsonObject> {
    return this.required(`/operations/${operationId}/effects?limit=200&order=asc`);
  }

  private async required(path: string): Promise<JsonObject> {
    const record = await this.client.page(path);
    if (record === null) throw new LedgerUnavailable(`Horizon answered 404 to ${path.replace(/\?.*$/, '')}`);
    return record;
  }

  private notFuture(instant: Date): Date {
    if (instant.getTime() > this.clock.now().getTime() + MAX_AHEAD_MS)
      throw new LedgerUnavailable('Horizon reports a ledger of the far future');
    return instant;
  }

  /** A record that cannot be read is no answer: nothing may be concluded from it. */
  private checked<T>(path: string, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof JsonUnreadable)
        throw new LedgerUnavailable(
          `Horizon's answer to ${path.replace(/\?.*$/, '')} makes no sense: ${error.message}`,
        );
      throw error;
    }
  }
}
