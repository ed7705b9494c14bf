import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpRateSettings } from '../common/rate-settings';
import { HttpRates } from './http-rates';
import { rateText } from './rate';
import { HandClock } from './rates.fixture';
import { NoReading } from './rate-source';

const PAIR = { network: 'testnet', asset: 'XLM', fiat: 'EUR' } as const;

let server: http.Server;
let origin: string;
let answer: (request: http.IncomingMessage, response: http.ServerResponse) => void;
let asked: string[];

beforeAll(async () => {
  server = http.createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
});

const says =
  (body: string, status = 200, headers: Record<string, string> = {}) =>
  (_request: http.IncomingMessage, response: http.ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  };

function source(settings: Partial<HttpRateSettings> = {}, clock = new HandClock()): HttpRates {
  return new HttpRates(
    {
      name: 'spot',
      url: `${origin}/spot/{asset}-{fiat}`,
      price: 'data.amount',
      time: null,
      symbols: {},
      header: null,
      ...settings,
    },
    clock,
  );
}

async function priceOf(rates: HttpRates): Promise<string> {
  return rateText((await rates.read(PAIR)).price);
}

describe('a source of rates over HTTP', () => {
  it.each([
    ['a text', '{"data":{"amount":"0.0925"}}', {}, '0.0925'],
    ['a number, by its own text', '{"data":{"amount":0.10000000000000000555}}', {}, '0.1'],
    ['a small number', '{"data":{"amount":9.25e-2}}', {}, '0.0925'],
    [
      'an element of a list',
      '{"result":{"XXLMZEUR":{"c":["0.0925","7"]}}}',
      { price: 'result.{pair}.c.0', symbols: { 'XLM/EUR': 'XXLMZEUR' } },
      '0.0925',
    ],
    [
      'a member by the names of the source',
      '{"stellar":{"eur":0.0925}}',
      { price: '{asset}.{fiat}', symbols: { XLM: 'stellar', EUR: 'eur' } },
      '0.0925',
    ],
  ])('reads %s', async (_what, body, settings, expected) => {
    answer = says(body);
    expect(await priceOf(source(settings))).toBe(expected);
  });

  it('fills in the address and sends its one header', async () => {
    let key: string | string[] | undefined;
    answer = (request, response) => {
      key = request.headers['x-api-key'];
      says('{"data":{"amount":"1"}}')(request, response);
    };
    await source({ symbols: { XLM: 'a/b?c' }, header: { name: 'x-api-key', value: 'secret' } }).read(PAIR);
    expect([asked, key]).toEqual([['/spot/a%2Fb%3Fc-EUR'], 'secret']);
  });

  it.each([
    ['RFC 3339', '"2026-11-21T11:59:00Z"', '2026-11-21T11:59:00.000Z'],
    ['seconds', '1763726340', '2025-11-21T11:59:00.000Z'],
    ['milliseconds in a text', '"1763726340500"', '2025-11-21T11:59:00.500Z'],
  ])('takes the time of the price from %s', async (_what, time, expected) => {
    answer = says(`{"data":{"amount":"1","at":${time}}}`);
    expect((await source({ time: 'data.at' }).read(PAIR)).observedAt.toISOString()).toBe(expected);
  });

  it('asks once in ten seconds for a pair', async () => {
    const clock = new HandClock();
    const rates = source({}, clock);
    answer = says('{"data":{"amount":"1"}}');
    await Promise.all([rates.read(PAIR), rates.read(PAIR), rates.read({ ...PAIR, network: 'public' })]);
    expect(asked).toHaveLength(1);
    await rates.read({ ...PAIR, fiat: 'USD' });
    clock.advance(10_000);
    await rates.read(PAIR);
    expect(asked).toEqual(['/spot/XLM-EUR', '/spot/XLM-USD', '/spot/XLM-EUR']);
  });

  const lies: readonly (readonly [string, Partial<HttpRateSettings>, typeof answer])[] = [
    ['no price', {}, says('{"data":{}}')],
    ['null', {}, says('{"data":{"amount":null}}')],
    ['zero', {}, says('{"data":{"amount":"0"}}')],
    ['a negative price', {}, says('{"data":{"amount":"-0.1"}}')],
    ['a price with a comma', {}, says('{"data":{"amount":"0,0925"}}')],
    ['a price with a unit', {}, says('{"data":{"amount":"0.0925 EUR"}}')],
    ['NaN', {}, says('{"data":{"amount":"NaN"}}')],
    ['a price as a list', {}, says('{"data":{"amount":["0.0925"]}}')],
    ['a price where only a prototype has one', { price: 'data.toString' }, says('{"data":{}}')],
    ['another shape', {}, says('["0.0925"]')],
    ['an error with status 200', {}, says('{"error":"no such pair"}')],
    ['a price with status 500', {}, says('{"data":{"amount":"0.0925"}}', 500)],
    ['a price with a redirect', {}, says('{"data":{"amount":"0.0925"}}', 302, { location: '/elsewhere' })],
    ['half a document', {}, says('{"data":{"amount":"0.09')],
    ['a page', {}, says('<html>0.0925</html>')],
    ['nothing', {}, says('')],
    ['more than it may', {}, says(`{"data":{"amount":"0.0925"},"x":"${'x'.repeat(300_000)}"}`)],
    ['a time that is none', { time: 'data.at' }, says('{"data":{"amount":"1","at":"yesterday"}}')],
    ['no time', { time: 'data.at' }, says('{"data":{"amount":"1"}}')],
    ['a broken connection', {}, (request) => request.socket.destroy()],
  ];

  it.each(lies)('is silent when it is answered %s', async (_what, settings, given) => {
    answer = given;
    await expect(source(settings).read(PAIR)).rejects.toThrow(NoReading);
  });

  it('gives up on an answer that does not come', async () => {
    const clock = new HandClock();
    clock.impatient = true;
    answer = () => undefined;
    await expect(source({}, clock).read(PAIR)).rejects.toThrow(NoReading);
  });

  it('does not tell its key or its address beyond the host', async () => {
    answer = says('', 403);
    const failure = await source({ url: `${origin}/spot?key=hunter2`, header: { name: 'x-api-key', value: 'hunter2' } })
      .read(PAIR)
      .catch((error: unknown) => String(error));
    expect(failure).toMatch(/127\.0\.0\.1.* answered 403/);
    expect(failure).not.toContain('hunter2');
  });
});
