import { Logger } from '@nestjs/common';
import { fraction, parseDecimal } from '../common/fraction';
import { LedgerUnavailable } from '../stellar/ledger-source';
import { HandClock, ToldRates, deepBook, ledgerWith, networks, settings } from './rates.fixture';
import { OrderBookRates } from './order-book-rates';
import { NoReading, type Reading, type RateSource } from './rate-source';
import { RatesService } from './rates.service';

const PAIR = { network: 'testnet', asset: 'XLM', fiat: 'EUR' } as const;
const UNAVAILABLE = { code: 'rate_unavailable', status: 503, retryAfterSeconds: 10 };

let clock: HandClock;
beforeAll(() => Logger.overrideLogger(false));
beforeEach(() => {
  clock = new HandClock();
});

function told(name: string, price: string, ageMs = 0): ToldRates {
  return new ToldRates(name, () =>
    Promise.resolve({
      price: parseDecimal(price) as Reading['price'],
      observedAt: new Date(clock.now().getTime() - ageMs),
    }),
  );
}

function service(env: Readonly<Record<string, string>>, ...sources: readonly RateSource[]): RatesService {
  return new RatesService({ all: sources }, settings(env), clock);
}

describe('the rate service', () => {
  it('tells the median with what it rests on', async () => {
    const rates = service({}, told('a', '0.25', 4000), told('b', '0.251'));
    expect(await rates.rate(PAIR)).toEqual({
      ...PAIR,
      rate: '0.2505',
      observedAt: new Date('2026-11-21T11:59:56.000Z'),
      evidence: [
        { source: 'a', rate: '0.25', observedAt: '2026-11-21T11:59:56.000Z' },
        { source: 'b', rate: '0.251', observedAt: '2026-11-21T12:00:00.000Z' },
      ],
    });
  });

  it('rounds the rate down, against the payer', async () => {
    const third = new ToldRates('third', () => Promise.resolve({ price: fraction(2n, 3n), observedAt: clock.now() }));
    expect((await service({}, third).rate(PAIR)).rate).toBe('0.666666666666');
  });

  it('is unavailable while sources disagree, and back when they agree', async () => {
    let price = '0.25';
    const moody = new ToldRates('moody', () =>
      Promise.resolve({ price: parseDecimal(price) as Reading['price'], observedAt: clock.now() }),
    );
    const rates = service({}, told('a', '0.25'), moody);
    price = '0.26';
    await expect(rates.rate(PAIR)).rejects.toMatchObject(UNAVAILABLE);
    price = '0.252';
    expect((await rates.rate(PAIR)).rate).toBe('0.251');
  });

  it('needs as many sources as configured, whoever is silent', async () => {
    const silent = new ToldRates('silent', () => Promise.reject(new NoReading('down')));
    await expect(service({}, silent).rate(PAIR)).rejects.toMatchObject(UNAVAILABLE);
    expect((await service({}, silent, told('a', '0.25')).rate(PAIR)).rate).toBe('0.25');
    const strict = { RATES_HTTP: '[{"url":"https://a.example","price":"p"}]', RATES_MIN_SOURCES: '2' };
    await expect(service(strict, silent, told('a', '0.25')).rate(PAIR)).rejects.toMatchObject(UNAVAILABLE);
  });

  it('does not wait for a source that never answers', async () => {
    const stuck = new ToldRates('stuck', () => new Promise(() => undefined));
    clock.impatient = true;
    expect((await service({}, stuck, told('a', '0.25')).rate(PAIR)).evidence.map(({ source }) => source)).toEqual([
      'a',
    ]);
    await expect(service({}, stuck).rate(PAIR)).rejects.toMatchObject(UNAVAILABLE);
  });

  it('does not take a defect for a silent source', async () => {
    const broken = new ToldRates('broken', () => Promise.reject(new TypeError('ours')));
    await expect(service({}, broken, told('a', '0.25')).rate(PAIR)).rejects.toThrow('ours');
  });
});

describe('rates from the order books', () => {
  const books = { XLM: () => deepBook('0.1'), EURC: () => deepBook('1.08') };
  let closedAt: Date;
  beforeEach(() => {
    closedAt = clock.now();
  });

  function fromBooks(
    given: Parameters<typeof ledgerWith>[0] = books,
    more: Parameters<typeof ledgerWith>[2] = {},
  ): RatesService {
    const source = new OrderBookRates(
      ledgerWith(given, () => closedAt, more),
      networks,
      { depth: 1_000_000_000n, maxSpreadBp: 200 },
      clock,
    );
    return service({}, source);
  }

  it.each([
    ['XLM', 'USD', '0.1'],
    ['XLM', 'EUR', '0.0925925925925'],
    ['USDC', 'USD', '1'],
    ['USDC', 'EUR', '0.925925925925'],
    ['EURC', 'EUR', '1'],
    ['EURC', 'USD', '1.08'],
  ])('%s in %s', async (asset, fiat, rate) => {
    expect((await fromBooks().rate({ network: 'testnet', asset, fiat })).rate).toBe(rate);
  });

  it('does not know a currency that no asset stands for', async () => {
    await expect(fromBooks().rate({ network: 'testnet', asset: 'XLM', fiat: 'JPY' })).rejects.toMatchObject(
      UNAVAILABLE,
    );
  });

  it('is as old as the newest ledger: a provider that stands still is found out', async () => {
    closedAt = new Date(clock.now().getTime() - 120_001);
    await expect(fromBooks().rate(PAIR)).rejects.toMatchObject(UNAVAILABLE);
    await expect(fromBooks().rate({ ...PAIR, asset: 'EURC' })).rejects.toMatchObject(UNAVAILABLE);
  });

  it('is not older for a network that is ahead of our clock', async () => {
    closedAt = new Date(clock.now().getTime() + 3_600_000);
    expect((await fromBooks().rate(PAIR)).observedAt).toEqual(clock.now());
  });

  it.each([
    ['the euro book is thin', { ...books, EURC: () => ({ bids: [], asks: [] }) }],
    ['the lumen book is wide', { ...books, XLM: () => ({ bids: deepBook('0.09').bids, asks: deepBook('0.11').asks }) }],
    [
      'the ledger does not answer',
      {
        ...books,
        XLM: () => {
          throw new LedgerUnavailable('down');
        },
      },
    ],
  ])('is unavailable when %s', async (_what, given) => {
    await expect(fromBooks(given).rate(PAIR)).rejects.toMatchObject(UNAVAILABLE);
  });

  it('does not need the other book', async () => {
    const rates = fromBooks({ ...books, EURC: () => ({ bids: [], asks: [] }) });
    expect((await rates.rate({ network: 'testnet', asset: 'XLM', fiat: 'USD' })).rate).toBe('0.1');
  });

  it('asks the ledger once in five seconds, failures included', async () => {
    let asked = 0;
    const rates = fromBooks({
      ...books,
      XLM: () =>
        (asked += 1) === 1
          ? (() => {
              throw new LedgerUnavailable('down');
            })()
          : deepBook('0.1'),
    });
    for (let turn = 0; turn < 3; turn += 1) await expect(rates.rate(PAIR)).rejects.toMatchObject(UNAVAILABLE);
    expect(asked).toBe(1);
    clock.advance(5000);
    await Promise.all([rates.rate(PAIR), rates.rate(PAIR), rates.rate({ ...PAIR, fiat: 'USD' })]);
    expect(asked).toBe(2);
  });
});
