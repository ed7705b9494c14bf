import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { type Amount, type Asset, assetKey } from '../common/money';
import type { Network } from '../common/network';
import { LedgerMismatch, LedgerUnavailable } from '../stellar/ledger-source';
import { LedgerSources } from '../stellar/ledger-sources';
import { marketPrice } from './market-price';

export interface Price {
  /** Counter per base, in 10^-7. */
  readonly price: Amount;
  /** True when no question was asked of the market for this answer. */
  readonly cached: boolean;
  /** True when the market gave no price and this is its last known one. */
  readonly stale: boolean;
}

const FRESH_MS = 60_000;
/** After this a last known price is not used any more. */
const STALE_MS = 3_600_000;
/** A market that gave no price is left alone this long, so that a broken provider is not asked by every visitor. */
const RETRY_MS = 10_000;
const MAX_PAIRS = 100;

interface Known {
  price?: Amount;
  pricedAt: number;
  failedAt: number;
  asking?: Promise<void>;
}

/** Prices of the network's own order book, remembered for a minute. They inform people; no amount is computed from them. */
@Injectable()
export class PricesService {
  private readonly logger = new Logger(PricesService.name);
  private readonly pairs = new Map<string, Known>();

  constructor(
    private readonly sources: LedgerSources,
    private readonly clock: Clock,
  ) {}

  /** Throws `price_unavailable` when there is neither a price nor one of the last hour. */
  async price(network: Network, base: Asset, counter: Asset): Promise<Price> {
    const known = this.known(`${network} ${assetKey(base)} ${assetKey(counter)}`);
    const cached = this.isFresh(known) || this.hasJustFailed(known);
    if (!cached) await (known.asking ??= this.ask(known, network, base, counter).finally(() => delete known.asking));
    const { price } = known;
    if (price === undefined || this.age(known.pricedAt) > STALE_MS)
      throw new DomainError('price_unavailable', { retryAfterSeconds: RETRY_MS / 1000 });
    return { price, cached, stale: !this.isFresh(known) };
  }

  private async ask(known: Known, network: Network, base: Asset, counter: Asset): Promise<void> {
    try {
      const price = marketPrice(await this.sources.of(network).orderBook(base, counter));
      if (price === undefined) return this.failed(known, 'the order book has no sound price');
      Object.assign(known, { price, pricedAt: this.clock.monotonicMs(), failedAt: -Infinity });
    } catch (error) {
      if (!(error instanceof LedgerUnavailable) && !(error instanceof LedgerMismatch)) throw error;
      this.failed(known, error.message);
    }
  }

  private failed(known: Known, reason: string): void {
    known.failedAt = this.clock.monotonicMs();
    this.logger.warn({ msg: 'no price', reason });
  }

  private isFresh(known: Known): boolean {
    return known.price !== undefined && this.age(known.pricedAt) < FRESH_MS;
  }

  private hasJustFailed(known: Known): boolean {
    return this.age(known.failedAt) < RETRY_MS;
  }

  private age(at: number): number {
    return this.clock.monotonicMs() - at;
  }

  private known(pair: string): Known {
    const found = this.pairs.get(pair);
    if (found !== undefined) return found;
    if (this.pairs.size >= MAX_PAIRS) this.pairs.delete(this.pairs.keys().next().value as string);
    const created: Known = { pricedAt: -Infinity, failedAt: -Infinity };
    this.pairs.set(pair, created);
    return created;
  }
}
