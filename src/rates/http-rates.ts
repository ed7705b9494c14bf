import { type Clock, parseInstant } from '../common/clock';
import { parseDecimal } from '../common/fraction';
import { decimalText } from '../common/number-text';
import type { HttpRateSettings } from '../common/rate-settings';
import { fetchJson } from './json-answer';
import { type CurrencyPair, NoReading, type Reading, RateSource } from './rate-source';
import { Remembered } from './remembered';

const REMEMBERED_MS = 10_000;
const DEADLINE_MS = 4_000;
const MAX_BYTES = 256 * 1024;

/** Rates from any address that answers JSON with the price of one asset in it as a decimal. */
export class HttpRates extends RateSource {
  readonly name: string;
  private readonly pairs = new Map<string, Remembered<Reading>>();

  constructor(
    private readonly settings: HttpRateSettings,
    private readonly clock: Clock,
  ) {
    super();
    this.name = settings.name;
  }

  /** The network does not matter: a lumen of a test network is asked for as if it were one. */
  read(pair: CurrencyPair): Promise<Reading> {
    const key = `${pair.asset}/${pair.fiat}`;
    const known = this.pairs.get(key) ?? new Remembered(() => this.ask(pair), REMEMBERED_MS, this.clock);
    this.pairs.set(key, known);
    return known.get();
  }

  private async ask(pair: CurrencyPair): Promise<Reading> {
    const fill = (text: string, encode: (symbol: string) => string): string =>
      text.replaceAll(/\{(asset|fiat|pair)\}/g, (_mark, name: 'asset' | 'fiat' | 'pair') =>
        encode(this.symbol(pair, name)),
      );
    const url = fill(this.settings.url, encodeURIComponent);
    const document = await fetchJson(
      url,
      { header: this.settings.header, deadlineMs: DEADLINE_MS, maxBytes: MAX_BYTES },
      this.clock,
    );
    const value = memberAt(
      document,
      wayOf(this.settings.price, (segment) => fill(segment, String)),
    );
    const price = parseDecimal(decimalText(value) ?? '');
    if (price === undefined) throw new NoReading('no decimal above zero where the price should be');
    if (this.settings.time === null) return { price, observedAt: this.clock.now() };
    const observedAt = instantOf(
      memberAt(
        document,
        wayOf(this.settings.time, (segment) => fill(segment, String)),
      ),
    );
    if (observedAt === undefined) throw new NoReading('no time where the time of the price should be');
    // The provider's clock gives the age of a price.
    const aheadMs = this.clock.now().getTime() - this.clock.real().getTime();
    return { price, observedAt: new Date(observedAt.getTime() + aheadMs) };
  }

  private symbol({ asset, fiat }: CurrencyPair, name: 'asset' | 'fiat' | 'pair'): string {
    const { symbols } = this.settings;
    if (name === 'pair') return symbols[`${asset}/${fiat}`] ?? `${asset}${fiat}`;
    const code = name === 'asset' ? asset : fiat;
    return symbols[code] ?? code;
  }
}

/** Marks are filled in after the dots are read: a symbol may hold dots. */
function wayOf(way: string, fill: (segment: string) => string): string[] {
  return way.split('.').map(fill);
}

function memberAt(document: unknown, way: readonly string[]): unknown {
  let at = document;
  for (const segment of way) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, segment)) return undefined;
    at = (at as Record<string, unknown>)[segment];
  }
  return at;
}

/** RFC 3339, or seconds or milliseconds since 1970: a count above 10^11 is of milliseconds. */
function instantOf(value: unknown): Date | undefined {
  const text = decimalText(value) ?? '';
  if (!/^\d{9,13}(\.\d{1,9})?$/.test(text)) return parseInstant(text);
  const count = Number(text);
  return new Date(count > 1e11 ? count : count * 1000);
}
