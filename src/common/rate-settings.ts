import { ASSETS, type CurrencyLimits, FIATS } from './currency';
import { type Amount, amountOf, parseAmount } from './money';

/** One source of rates that is asked over HTTP and answers JSON. `{...}` marks are filled in per pair. */
export interface HttpRateSettings {
  readonly name: string;
  readonly url: string;
  /** Dotted way to the price of one asset in the fiat currency; numbers index arrays. */
  readonly price: string;
  /** Dotted way to the price's time; null takes the time of the answer. */
  readonly time: string | null;
  /** What this source calls a currency (`XLM`) or a pair (`XLM/EUR`). */
  readonly symbols: Readonly<Record<string, string>>;
  readonly header: { readonly name: string; readonly value: string } | null;
}

/** The currencies that may be priced in, how rates are found, and when a rate is refused. */
export interface RateSettings {
  /** Fiat currencies that may be priced in; the first is the one that routes are compared in. */
  readonly fiats: readonly string[];
  /** Where they differ from the catalogue's. */
  readonly limits: Readonly<Record<string, CurrencyLimits>>;
  readonly quoteSeconds: number;
  readonly maxAgeSeconds: number;
  /** Between the lowest and the highest rate, in basis points of the median; also between the sides of a book. */
  readonly maxSpreadBp: number;
  readonly minSources: number;
  readonly orderBooks: boolean;
  /** In the anchor of the dollar: a book that cannot trade this much says nothing. */
  readonly bookDepth: Amount;
  readonly slippageBp: number;
  /** How far a route may cost from what the rates say, in basis points. */
  readonly routeDeviationBp: number;
  readonly http: readonly HttpRateSettings[];
}

/** The part of the configuration's reader that is used here. */
export interface VariableReader {
  text(name: string, fallback: string): string;
  text(name: string, fallback: null): string | null;
  integer(name: string, fallback: number, min: number, max: number): number;
  flag(name: string, fallback: boolean): boolean;
  fault<T>(message: string, fallback: T): T;
}

const MAX_HTTP_SOURCES = 4;

export function readRateSettings(read: VariableReader): RateSettings {
  const http = readHttpSources(read);
  const orderBooks = read.flag('RATES_ORDER_BOOKS', true);
  const sources = http.length + (orderBooks ? 1 : 0);
  const minSources = read.integer('RATES_MIN_SOURCES', Math.max(1, Math.min(2, sources)), 1, 10);
  if (minSources > Math.max(1, sources))
    read.fault(
      `RATES_MIN_SOURCES is ${minSources}, but there are only ${sources} sources: no rate could ever be told`,
      null,
    );
  const limits = readLimits(read);
  return {
    fiats: readFiats(read, limits),
    limits,
    quoteSeconds: read.integer('QUOTE_SECONDS', 900, 30, 86_400),
    maxAgeSeconds: read.integer('RATES_MAX_AGE_SECONDS', 120, 5, 86_400),
    maxSpreadBp: read.integer('RATES_MAX_SPREAD_BP', 200, 1, 2_000),
    minSources,
    orderBooks,
    bookDepth: BigInt(read.integer('RATES_BOOK_DEPTH', 100, 0, 1_000_000)) * amountOf('1'),
    slippageBp: read.integer('ROUTES_SLIPPAGE_BP', 100, 0, 1_000),
    routeDeviationBp: read.integer('ROUTES_DEVIATION_BP', 300, 1, 2_000),
    http,
  };
}

function readFiats(read: VariableReader, limits: RateSettings['limits']): string[] {
  const codes = listed(read.text('FIATS', 'USD,EUR'), ',');
  const unknown = codes.find((code) => !Object.hasOwn(FIATS, code));
  if (unknown !== undefined) read.fault(`FIATS names ${unknown.slice(0, 20)}, which is no currency of ISO 4217`, null);
  const boundless = codes.find((code) => FIATS[code]?.limits === null && !Object.hasOwn(limits, code));
  if (boundless !== undefined)
    read.fault(
      `FIATS names ${boundless}: say in CURRENCY_LIMITS what one payment in it may be worth, such as ${boundless}=10..100000`,
      null,
    );
  return [...new Set(codes)];
}

/** `EUR=10..100000,XLM=5..1000000` */
function readLimits(read: VariableReader): Record<string, CurrencyLimits> {
  const limits: Record<string, CurrencyLimits> = {};
  for (const entry of listed(read.text('CURRENCY_LIMITS', ''), ',')) {
    const [, code = '', minimum = '', maximum = ''] = /^([A-Z]{3,12})=([\d.]+?)\.\.([\d.]+)$/.exec(entry) ?? [];
    const [low, high] = [parseAmount(minimum)?.amount, parseAmount(maximum)?.amount];
    const known = Object.hasOwn(FIATS, code) || Object.hasOwn(ASSETS, code);
    if (!known || low === undefined || high === undefined || low <= 0n || high < low)
      read.fault(`CURRENCY_LIMITS holds "${entry.slice(0, 60)}", which is not like EUR=10..100000`, null);
    else limits[code] = { minimum: low, maximum: high };
  }
  return limits;
}

/** A JSON array; each fault names the source by its place, and never what it holds: a header may be a key. */
function readHttpSources(read: VariableReader): HttpRateSettings[] {
  const text = read.text('RATES_HTTP', null);
  if (text === null) return [];
  const entries = parseArray(text);
  if (entries === undefined || entries.length > MAX_HTTP_SOURCES)
    return read.fault(`RATES_HTTP must be a JSON array of at most ${MAX_HTTP_SOURCES} sources`, []);
  const sources = entries.flatMap((entry, index) => {
    const source = readHttpSource(entry, index + 1);
    return typeof source === 'string' ? read.fault(`RATES_HTTP: source ${index + 1} ${source}`, []) : [source];
  });
  if (new Set(sources.map(({ name }) => name)).size < sources.length)
    read.fault('RATES_HTTP: two sources have the same name', null);
  return sources;
}

const MEMBERS = ['name', 'url', 'price', 'time', 'symbols', 'header'];

/** A returned text says what is wrong with the entry. */
function readHttpSource(entry: unknown, number: number): HttpRateSettings | string {
  if (!isRecord(entry) || Object.keys(entry).some((name) => !MEMBERS.includes(name)))
    return `must be an object with members of ${MEMBERS.join(', ')} only`;
  const { name = `http-${number}`, url, price, time = null, symbols = {}, header = null } = entry;
  if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9-]{0,29}$/.test(name))
    return 'must have a name of small letters, digits and hyphens';
  if (typeof url !== 'string' || !isSafeUrl(url))
    return 'must have an https url without credentials (http only for this machine itself)';
  if (typeof price !== 'string' || !isWay(price))
    return 'must say in price where in the answer the price is, such as data.amount';
  if (time !== null && (typeof time !== 'string' || !isWay(time)))
    return 'must say in time where in the answer the time is, or leave it out';
  if (
    !isRecord(symbols) ||
    !Object.entries(symbols).every(
      ([code, symbol]) =>
        /^[A-Z]{3,12}(\/[A-Z]{3})?$/.test(code) && typeof symbol === 'string' && /^[\w.:-]{1,60}$/.test(symbol),
    )
  )
    return 'must have symbols like {"XLM":"stellar","XLM/EUR":"XXLMZEUR"}';
  const parts = typeof header === 'string' ? /^([A-Za-z][\w-]{0,60}):\s*([\x20-\x7e]{1,500})$/.exec(header) : null;
  if (header !== null && parts === null) return 'must have a header like "x-api-key: secret"';
  const pair = parts === null ? null : { name: (parts[1] as string).toLowerCase(), value: parts[2] as string };
  return { name, url, price, time, symbols: symbols as Record<string, string>, header: pair };
}

function parseArray(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWay(text: string): boolean {
  return /^[^.\s]+(\.[^.\s]+)*$/.test(text) && text.length <= 200;
}

/** Whoever can change the answer decides a price, so it must not travel in the clear. */
function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return (
    (url.protocol === 'https:' || (local && url.protocol === 'http:')) && url.username === '' && url.password === ''
  );
}

function listed(text: string, separator: string): string[] {
  return text
    .split(separator)
    .map((each) => each.trim())
    .filter((each) => each !== '');
}
