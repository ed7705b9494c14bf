import { SystemClock } from '../common/clock';
import { fraction, type Fraction } from '../common/fraction';
import { amountOf, NATIVE } from '../common/money';
import { readEnv, type Settings } from '../env';
import type { LedgerSource, OrderBook } from '../stellar/ledger-source';
import { LedgerSources } from '../stellar/ledger-sources';
import { Networks } from '../stellar/networks';
import { type CurrencyPair, type Reading, RateSource } from './rate-source';

export const USDC = { code: 'USDC', issuer: 'GBBD47IF6LWK7P7MDEVSCWR7DPUWV3NY3DTQEVFL4NAT4AQH3ZLLFLA5' };
export const EURC = { code: 'EURC', issuer: 'GB3Q6QDZYTHWT7E5PVS3W7FUT5GVAFC5KSZFFLPU25GO7VTC3NM2ZTVO' };

/** The wall clock stands at `instant`; with `impatient` pauses pass at once, else never by themselves. */
export class HandClock extends SystemClock {
  instant = new Date('2026-11-21T12:00:00.000Z');
  impatient = false;

  override now(): Date {
    return new Date(this.instant);
  }

  override monotonicMs(): number {
    return this.instant.getTime();
  }

  override sleep(_ms: number, signal?: AbortSignal): Promise<void> {
    if (this.impatient) return new Promise((resolve) => setImmediate(resolve));
    return new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
  }

  advance(ms: number): void {
    this.instant = new Date(this.instant.getTime() + ms);
  }
}

export const networks = new Networks([
  {
    network: 'testnet',
    passphrase: 'Test SDF Network ; September 2015',
    issuers: { USDC: USDC.issuer, EURC: EURC.issuer },
  },
]);

export function settings(env: Readonly<Record<string, string>> = {}): Settings {
  return readEnv({ NETWORKS: 'testnet', ...env });
}

/** Says what the test says. */
export class ToldRates extends RateSource {
  asked = 0;

  constructor(
    readonly name: string,
    private readonly answer: (pair: CurrencyPair) => Promise<Reading>,
  ) {
    super();
  }

  read(pair: CurrencyPair): Promise<Reading> {
    this.asked += 1;
    return this.answer(pair);
  }
}

/** A book that trades a million around this price on both sides. */
export function deepBook(price: string): OrderBook {
  const at = (percent: bigint): Fraction => fraction(amountOf(price) * percent, amountOf('1') * 1000n);
  return {
    bids: [{ price: at(999n), amount: amountOf('1000000') }],
    asks: [{ price: at(1001n), amount: amountOf('100000000') }],
  };
}

/** A ledger that has order books, by the code of the base, and a close time. */
export function ledgerWith(
  books: Readonly<Record<string, () => OrderBook>>,
  closedAt: () => Date,
  more: Partial<LedgerSource> = {},
): LedgerSources {
  const source = {
    network: 'testnet',
    status: () => Promise.resolve({ latestLedger: 100, latestClosedAt: closedAt(), elderLedger: 1 }),
    orderBook: (base: typeof NATIVE) => Promise.resolve().then(() => (books[base.code] as () => OrderBook)()),
    ...more,
  };
  return new LedgerSources([source as unknown as LedgerSource]);
}
