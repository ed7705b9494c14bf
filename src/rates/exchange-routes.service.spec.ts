import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { parseDecimal } from '../common/fraction';
import { amountOf, type Amount, type Asset, formatAmount, NATIVE } from '../common/money';
import { LedgerUnavailable, type PaymentPath } from '../stellar/ledger-source';
import { CurrenciesService } from './currencies.service';
import { EURC, HandClock, ledgerWith, networks, settings, ToldRates, USDC } from './rates.fixture';
import { NoReading, type Reading } from './rate-source';
import { RatesService } from './rates.service';
import { ExchangeRoutesService } from './exchange-routes.service';

const REQUEST = { network: 'testnet', from: 'XLM', to: 'USDC', amount: amountOf('25') } as const;
/** Dollars, so 25 USDC are 250 XLM by the reference. */
const PRICES: Record<string, string> = { XLM: '0.1', USDC: '1', EURC: '1.08' };

beforeAll(() => Logger.overrideLogger(false));

function path(sourceAmount: string, more: Partial<PaymentPath> = {}): PaymentPath {
  return { sourceAsset: NATIVE, sourceAmount: amountOf(sourceAmount), path: [], ...more };
}

function routes(
  find: (source: string | readonly Asset[], destination: Asset, amount: Amount) => Promise<PaymentPath[]>,
  env: Readonly<Record<string, string>> = {},
  prices = PRICES,
): ExchangeRoutesService {
  const clock = new HandClock();
  const reference = new ToldRates('reference', ({ asset }) => {
    const price = parseDecimal(prices[asset] ?? '');
    return price === undefined
      ? Promise.reject(new NoReading('unknown'))
      : Promise.resolve({ price, observedAt: clock.now() } satisfies Reading);
  });
  const ledgers = ledgerWith({}, () => clock.now(), { strictReceivePaths: find });
  return new ExchangeRoutesService(
    ledgers,
    new RatesService({ all: [reference] }, settings(env), clock),
    new CurrenciesService(networks, settings(env)),
    settings(env),
  );
}

const route = (
  found: readonly PaymentPath[],
  env?: Readonly<Record<string, string>>,
): ReturnType<ExchangeRoutesService['route']> => routes(() => Promise.resolve([...found]), env).route(REQUEST);

describe('paying with another asset', () => {
  it('takes the cheapest path and caps what it may cost', async () => {
    expect(await route([path('252', { path: [EURC] }), path('250.5'), path('251')])).toEqual({
      network: 'testnet',
      source: NATIVE,
      destination: USDC,
      destinationAmount: amountOf('25'),
      sourceAmount: amountOf('250.5'),
      sendMax: amountOf('253.005'),
      path: [],
      referenceAmount: amountOf('250'),
    });
  });

  it('takes the shorter of two paths that cost the same', async () => {
    expect((await route([path('250', { path: [EURC] }), path('250')])).path).toEqual([]);
  });

  it('never lets the payer give more than the reference allows, whatever the slippage', async () => {
    expect(formatAmount((await route([path('257')])).sendMax)).toBe('257.5');
    expect(formatAmount((await route([path('250')], { ROUTES_SLIPPAGE_BP: '0' })).sendMax)).toBe('250');
  });

  it.each([
    ['there is none', []],
    ['the only one costs more than 3 % too much', [path('257.5000001')]],
    ['the only one is 40 % too dear', [path('350')]],
    ['the only one is too good to be true', [path('242.4999999')]],
    ['the cheapest is a bait', [path('0.0000001'), path('250')]],
    ['they start from another asset', [path('250', { sourceAsset: EURC })]],
    ['they are longer than the network allows', [path('250', { path: [EURC, EURC, EURC, EURC, EURC, EURC] })]],
    ['they cost nothing', [path('0')]],
  ])('is refused when %s', async (_what, found) => {
    await expect(route(found)).rejects.toMatchObject({ code: 'route_unavailable', status: 503, retryAfterSeconds: 10 });
  });

  it('is told for every other asset at once, each judged by itself', async () => {
    const found = [
      path('250.5'),
      path('24', { sourceAsset: EURC }),
      path('23.5', { sourceAsset: EURC, path: [NATIVE] }),
      path('0.1', { sourceAsset: USDC }),
    ];
    const find = jest.fn(() => Promise.resolve(found));
    const told = await routes(find).routesTo({ network: 'testnet', to: 'USDC', amount: amountOf('25') });
    expect(find.mock.calls).toEqual([[[NATIVE, EURC], USDC, amountOf('25')]]);
    expect(
      told.map(({ source, sourceAmount, sendMax, path: via }) => [
        source.code,
        formatAmount(sourceAmount),
        formatAmount(sendMax),
        via,
      ]),
    ).toEqual([
      ['XLM', '250.5', '253.005', []],
      ['EURC', '23.5', '23.735', [NATIVE]],
    ]);
    for (const each of told)
      expect(each).toEqual(await routes(() => Promise.resolve(found)).route({ ...REQUEST, from: each.source.code }));
  });

  it('leaves out what is too dear, has no path, or is of unknown worth, and says so when nothing is known', async () => {
    const toUsdc = { network: 'testnet', to: 'USDC', amount: amountOf('25') } as const;
    const both = [path('250'), path('40', { sourceAsset: EURC })];
    const codes = async (service: ExchangeRoutesService): Promise<string[]> =>
      (await service.routesTo(toUsdc)).map(({ source }) => source.code);
    expect(await codes(routes(() => Promise.resolve(both)))).toEqual(['XLM']);
    expect(await codes(routes(() => Promise.resolve([])))).toEqual([]);
    expect(await codes(routes(() => Promise.resolve(both), {}, { USDC: '1', EURC: '1.08' }))).toEqual([]);
    const unknown = { code: 'rate_unavailable', status: 503, retryAfterSeconds: 10 };
    await expect(codes(routes(() => Promise.resolve(both), {}, { USDC: '1' }))).rejects.toMatchObject(unknown);
    await expect(codes(routes(() => Promise.resolve(both), {}, { XLM: '0.1', EURC: '1.08' }))).rejects.toMatchObject(
      unknown,
    );
    await expect(codes(routes(() => Promise.reject(new LedgerUnavailable('down'))))).rejects.toMatchObject(unknown);
    await expect(codes(routes(() => Promise.reject(new TypeError('ours'))))).rejects.toThrow('ours');
    await expect(routes(() => Promise.resolve(both)).routesTo({ ...toUsdc, to: 'DOGE' })).rejects.toMatchObject({
      code: 'unsupported_pay_currency',
    });
  });

  it('is refused without a reference, and without an answer of the ledger', async () => {
    const unknown = routes(() => Promise.resolve([path('250')]), {}, { XLM: '0.1' });
    await expect(unknown.route(REQUEST)).rejects.toMatchObject({ code: 'rate_unavailable' });
    await expect(routes(() => Promise.reject(new LedgerUnavailable('down'))).route(REQUEST)).rejects.toMatchObject({
      code: 'route_unavailable',
    });
    await expect(routes(() => Promise.reject(new TypeError('ours'))).route(REQUEST)).rejects.toThrow('ours');
  });

  it.each(['USDC', 'DOGE'])('is refused with %s', async (from) => {
    await expect(routes(() => Promise.resolve([])).route({ ...REQUEST, from })).rejects.toMatchObject({
      code: 'unsupported_pay_currency',
      status: 422,
    });
  });

  it('always leaves the merchant the exact amount and the payer within the limits', async () => {
    const amounts = fc.bigInt({ min: 1n, max: amountOf('100000') });
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(amounts, fc.bigInt({ min: 9_500n, max: 10_500n }), async (amount: Amount, share) => {
        const expected = amount * 10n;
        const cost = (expected * share) / 10_000n;
        fc.pre(cost > 0n);
        const found = await routes(() => Promise.resolve([path('1', { sourceAmount: cost })]))
          .route({ ...REQUEST, amount })
          .catch(() => undefined);
        const allowed = cost * 10_000n <= expected * 10_300n && cost * 10_000n >= expected * 9_700n;
        if (allowed) expect(found).toBeDefined();
        if (found === undefined) return;
        taken += 1;
        expect(found.destinationAmount).toBe(amount);
        expect(found.sendMax >= found.sourceAmount).toBe(true);
        // Rounding may give a stroop.
        expect((found.sendMax - 1n) * 10_000n <= expected * 10_300n).toBe(true);
      }),
    );
    expect(taken).toBeGreaterThan(0);
  });
});
