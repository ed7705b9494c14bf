import type { Clock } from '../common/clock';
import { ANCHOR_OF } from '../common/currency';
import { dividedBy, type Fraction, ONE } from '../common/fraction';
import type { Amount } from '../common/money';
import { NATIVE } from '../common/money';
import type { Network } from '../common/network';
import { LedgerMismatch, type LedgerSource, LedgerUnavailable } from '../stellar/ledger-source';
import type { LedgerSources } from '../stellar/ledger-sources';
import type { Networks } from '../stellar/networks';
import { bookMiddle } from './book-price';
import { type CurrencyPair, NoReading, type Reading, RateSource } from './rate-source';
import { Remembered } from './remembered';

export interface OrderBookRules {
  /** Worth of USDC that both sides of a book must be able to trade. */
  readonly depth: Amount;
  readonly maxSpreadBp: number;
}

/** What the ledger's books said when its newest ledger closed: USDC per asset, by code. */
interface Books {
  readonly worth: ReadonlyMap<string, Fraction>;
  readonly closedAt: Date;
}

const REMEMBERED_MS = 5_000;
const DOLLAR = 'USDC';

/**
 * Rates from the network's own order books XLM/USDC and EURC/USDC, where USDC stands for the dollar and EURC for
 * the euro, one to one. Their time is the close time of the newest ledger, so a provider that stands still shows it.
 */
export class OrderBookRates extends RateSource {
  readonly name = 'order-books';
  private readonly books = new Map<Network, Remembered<Books>>();

  constructor(
    private readonly sources: LedgerSources,
    private readonly networks: Networks,
    private readonly rules: OrderBookRules,
    private readonly clock: Clock,
  ) {
    super();
  }

  async read({ network, asset, fiat }: CurrencyPair): Promise<Reading> {
    const anchor = Object.hasOwn(ANCHOR_OF, fiat) ? ANCHOR_OF[fiat] : undefined;
    if (anchor === undefined) throw new NoReading(`no asset stands for ${fiat}`);
    const { worth, closedAt } = await this.booksOf(network).get();
    const [ofAsset, ofAnchor] = [worth.get(asset), worth.get(anchor)];
    if (asset === anchor) return { price: ONE, observedAt: closedAt };
    if (ofAsset === undefined || ofAnchor === undefined)
      throw new NoReading(`no sound order book between ${asset} and ${anchor}`);
    return { price: dividedBy(ofAsset, ofAnchor), observedAt: closedAt };
  }

  private booksOf(network: Network): Remembered<Books> {
    const known = this.books.get(network) ?? new Remembered(() => this.ask(network), REMEMBERED_MS, this.clock);
    this.books.set(network, known);
    return known;
  }

  private async ask(network: Network): Promise<Books> {
    const source = this.sources.of(network);
    try {
      // The status first: the books are then at least as new as the time they are given.
      const { latestClosedAt } = await source.status();
      const now = this.clock.now();
      const codes = ['XLM', 'EURC'];
      const prices = await Promise.all(codes.map((code) => this.bookPrice(source, code)));
      const worth = new Map<string, Fraction>([[DOLLAR, ONE]]);
      for (const [index, price] of prices.entries()) if (price !== undefined) worth.set(codes[index] as string, price);
      // Each ledger closes at least a second after the one before it, so a network in a hurry is ahead of our clock.
      return { worth, closedAt: latestClosedAt > now ? now : latestClosedAt };
    } catch (error) {
      if (error instanceof LedgerUnavailable || error instanceof LedgerMismatch) throw new NoReading(error.message);
      throw error;
    }
  }

  /** USDC per asset; undefined where an issuer is not configured or the book is not sound. */
  private async bookPrice(source: LedgerSource, code: string): Promise<Fraction | undefined> {
    const { issuers } = this.networks.of(source.network);
    const [dollar, issuer] = [issuers[DOLLAR], code === NATIVE.code ? null : issuers[code]];
    if (dollar === undefined || issuer === undefined) return undefined;
    return bookMiddle(await source.orderBook({ code, issuer }, { code: DOLLAR, issuer: dollar }), this.rules);
  }
}
