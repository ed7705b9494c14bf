import { amountOf } from '../common/money';
import { Networks } from '../stellar/networks';
import { CurrenciesService } from './currencies.service';
import { EURC, networks, settings, USDC } from './rates.fixture';

const service = (env: Readonly<Record<string, string>> = {}, of = networks): CurrenciesService =>
  new CurrenciesService(of, settings(env));

describe('currencies', () => {
  it('are the configured fiat ones and the assets that have an issuer somewhere', () => {
    const two = new Networks([
      ...networks.enabled,
      {
        network: 'public',
        passphrase: 'p',
        issuers: { USDC: 'GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN' },
      },
    ]);
    const seen = (only: 'testnet' | 'public' | null): unknown =>
      service({ FIATS: 'EUR,JPY' }, two)
        .seenFrom(only)
        .map(({ code, networks: on }) => [code, on.map(({ network }) => network)]);
    expect(seen(null)).toEqual([
      ['EUR', []],
      ['JPY', []],
      ['XLM', ['testnet', 'public']],
      ['USDC', ['testnet', 'public']],
      ['EURC', ['testnet']],
    ]);
    expect(seen('public')).toEqual([
      ['EUR', []],
      ['JPY', []],
      ['XLM', ['public']],
      ['USDC', ['public']],
    ]);
  });

  it('are received as themselves or as what stands for them', () => {
    const all = service({ FIATS: 'EUR,USD,JPY' });
    expect(['EUR', 'USD', 'JPY', 'XLM'].map((code) => all.get(code).settlementAsset)).toEqual([
      'EURC',
      'USDC',
      null,
      'XLM',
    ]);
    const poor = service({}, new Networks([{ network: 'testnet', passphrase: 'p', issuers: {} }]));
    expect([poor.get('EUR').settlementAsset, poor.find('EURC'), poor.payableOn('testnet')]).toEqual([
      null,
      null,
      ['XLM'],
    ]);
  });

  it('are paid with by configuration only', () => {
    expect([
      service().payable('testnet', 'USDC'),
      service().payable('testnet', 'EURC'),
      service().payable('testnet', 'XLM'),
    ]).toEqual([USDC, EURC, { code: 'XLM', issuer: null }]);
    for (const code of ['EUR', 'USDT', 'constructor', '__proto__'])
      expect(() => service().payable('testnet', code)).toThrow(
        expect.objectContaining({ code: 'unsupported_pay_currency' }),
      );
    expect(() => service().payable('public', 'XLM')).toThrow(
      expect.objectContaining({ code: 'unsupported_pay_currency' }),
    );
  });

  it.each(['usd', 'GBP', 'constructor', ''])('do not include %j', (code) => {
    expect(() => service().get(code)).toThrow(expect.objectContaining({ code: 'currency_unsupported', status: 422 }));
  });

  it.each([
    ['EUR', '9.99', 'amount_below_minimum', 'amount: 9.99, minimum: 10.00'],
    ['EUR', '100000.01', 'amount_above_maximum', 'amount: 100000.01, maximum: 100000.00'],
    ['EUR', '10.001', 'amount_too_precise', 'EUR has 2 decimals'],
    ['JPY', '1500.5', 'amount_too_precise', 'JPY has 0 decimals'],
    ['KWD', '3.0005', 'amount_too_precise', 'KWD has 3 decimals'],
    ['KWD', '2.999', 'amount_below_minimum', 'amount: 2.999, minimum: 3.000'],
    ['ISK', '999', 'amount_below_minimum', 'amount: 999, minimum: 1000'],
    ['USDC', '0.9999999', 'amount_below_minimum', 'amount: 0.9999999, minimum: 1.0000000'],
  ])('refuse %s %s: %s', (code, amount, error, message) => {
    expect(() =>
      service({ FIATS: 'EUR,JPY,KWD,ISK', CURRENCY_LIMITS: 'KWD=3..30000,ISK=1000..10000000' }).assertAmount(
        code,
        amountOf(amount),
      ),
    ).toThrow(expect.objectContaining({ code: error, status: 422, message }));
  });

  it('take amounts up to both limits, and limits from the configuration', () => {
    for (const amount of ['10', '99999.99', '100000'])
      expect(() => service().assertAmount('EUR', amountOf(amount))).not.toThrow();
    const wide = service({ CURRENCY_LIMITS: 'EUR=0.01..2,XLM=5..6' });
    for (const [code, amount] of [
      ['EUR', '0.01'],
      ['EUR', '2'],
      ['XLM', '5'],
    ] as const)
      expect(() => wide.assertAmount(code, amountOf(amount))).not.toThrow();
    expect(() => wide.assertAmount('EUR', amountOf('2.01'))).toThrow(
      expect.objectContaining({ code: 'amount_above_maximum' }),
    );
  });
});
