import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { begin } from './hooks';

/** What a source says of a pair, as decimal text; undefined: it knows no such pair; null: it is down. */
export type Prices = (asset: string, fiat: string) => string | undefined | null;

/** A server that tells exchange rates, of which the test decides what it says. */
export class RateSource {
  /** Idempotent. */
  readonly stop = begin(async () => {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  });

  private constructor(
    private readonly server: http.Server,
    private readonly port: number,
  ) {}

  /** `now` dates its answers, in milliseconds. */
  static async start(prices: Prices = () => '0.25', now: () => number = Date.now): Promise<RateSource> {
    const server = http.createServer(({ url }, response) => {
      const [, asset = '', fiat = ''] = /^\/(\w+)-(\w+)$/.exec(url ?? '') ?? [];
      const price = prices(asset, fiat);
      response
        .writeHead(price === null ? 500 : price === undefined ? 404 : 200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ price, at: now() }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new RateSource(server, (server.address() as AddressInfo).port);
  }

  /** Settings of a service that asks this source, and is content with one. */
  get env(): Record<string, string> {
    const url = `http://127.0.0.1:${this.port}/{asset}-{fiat}`;
    return {
      RATES_HTTP: JSON.stringify([{ name: 'spot', url, price: 'price', time: 'at' }]),
      RATES_MIN_SOURCES: '1',
    };
  }

  /** The same of a service that asks nobody else, not even the order books. */
  get onlyEnv(): Record<string, string> {
    return { ...this.env, RATES_ORDER_BOOKS: '0' };
  }
}
