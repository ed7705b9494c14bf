import { envFaults } from '../../test/support/env-faults';
import { readEnv } from '../env';

const SPOT = { url: 'https://api.example.com/{asset}', price: 'data.amount' };
const http = (...sources: readonly unknown[]): Record<string, string> => ({ RATES_HTTP: JSON.stringify(sources) });

describe('the configuration of rates', () => {
  it('has a dollar and a euro from the order books when nothing is set', () => {
    expect(readEnv({}).rates).toEqual({
      fiats: ['USD', 'EUR'],
      limits: {},
      quoteSeconds: 900,
      maxAgeSeconds: 120,
      maxSpreadBp: 200,
      minSources: 1,
      orderBooks: true,
      bookDepth: 1_000_000_000n,
      slippageBp: 100,
      routeDeviationBp: 300,
      http: [],
    });
  });

  it('takes every currency of ISO 4217, with its own decimals, once its limits are said', () => {
    expect(
      readEnv({ FIATS: 'KRW,KWD,ISK', CURRENCY_LIMITS: 'KRW=10000..100000000,KWD=3..30000,ISK=1000..10000000' }).rates
        .fiats,
    ).toEqual(['KRW', 'KWD', 'ISK']);
    expect(envFaults({ FIATS: 'KWD' })).toEqual([expect.stringContaining('CURRENCY_LIMITS')]);
  });

  it('wants two sources as soon as there are two', () => {
    const { rates } = readEnv(
      http({ ...SPOT, name: 'spot', time: 'data.at', symbols: { 'XLM/EUR': 'X' }, header: 'X-Key: a b' }),
    );
    expect([rates.minSources, rates.http]).toEqual([
      2,
      [
        {
          ...SPOT,
          name: 'spot',
          time: 'data.at',
          symbols: { 'XLM/EUR': 'X' },
          header: { name: 'x-key', value: 'a b' },
        },
      ],
    ]);
  });

  it.each([
    ['a currency nobody knows', { FIATS: 'USD,DOGE' }],
    ['what nobody has in a purse', { FIATS: 'USD,XAU' }],
    ['a currency whose limits nobody said', { FIATS: 'USD,KWD' }],
    ['limits upside down', { CURRENCY_LIMITS: 'EUR=100..10' }],
    ['limits of nothing', { CURRENCY_LIMITS: 'EUR=0..10' }],
    ['limits of an unknown currency', { CURRENCY_LIMITS: 'DOGE=1..10' }],
    ['more sources needed than there are', { RATES_MIN_SOURCES: '2' }],
    ['sources that are no JSON', { RATES_HTTP: 'https://api.example.com' }],
    ['sources that are no list', { RATES_HTTP: '{}' }],
    ['five sources', http(...Array.from({ length: 5 }, (_, index) => ({ ...SPOT, name: `s${index}` })))],
    ['two sources of one name', http({ ...SPOT, name: 'a' }, { ...SPOT, name: 'a' })],
    ['a source in the clear', http({ ...SPOT, url: 'http://api.example.com/' })],
    ['a source with a login', http({ ...SPOT, url: 'https://user:pass@api.example.com/' })],
    ['a source without a price', http({ url: SPOT.url })],
    ['a way with a hole', http({ ...SPOT, price: 'data..amount' })],
    ['a misspelt member', http({ ...SPOT, tiem: 'data.at' })],
    ['a header of two lines', http({ ...SPOT, header: 'x-key: a\r\nx-other: b' })],
    ['symbols of something else', http({ ...SPOT, symbols: { xlm: 'stellar' } })],
  ])('refuses %s', (_what, source) => {
    expect(envFaults(source)).toHaveLength(1);
  });

  it('does not repeat a key in its faults', () => {
    expect(envFaults(http({ ...SPOT, header: 'x-key hunter2' })).join()).not.toContain('hunter2');
  });

  it('lets a source of this machine speak plain HTTP', () => {
    expect(envFaults(http({ ...SPOT, url: 'http://127.0.0.1:9/' }))).toEqual([]);
  });
});
