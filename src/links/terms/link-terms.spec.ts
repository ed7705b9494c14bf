import fc from 'fast-check';
import { amountOf, formatAmount, parseAmount } from '../../common/money';
import type { Currency } from '../../rates/currencies.service';
import type { LinkRequest } from './link-request';
import { NO_SHOP } from '../shop-terms';
import { linkTerms, type Market } from './link-terms';

const NOW = new Date('2026-05-17T10:07:24.199Z');
const currency = (code: string, kind: 'fiat' | 'asset', scale: number, settlementAsset: string | null): Currency => ({
  code,
  kind,
  name: code,
  scale,
  minimum: amountOf('1'),
  maximum: amountOf('100000'),
  settlementAsset,
  networks: [],
});
const KNOWN = new Map(
  [
    currency('EUR', 'fiat', 2, 'EURC'),
    currency('JPY', 'fiat', 0, null),
    currency('XLM', 'asset', 7, 'XLM'),
    currency('EURC', 'asset', 7, 'EURC'),
    currency('USDC', 'asset', 7, 'USDC'),
  ].map((each) => [each.code, each]),
);
/** USDC is known, but not on this network. */
const MARKET: Market = { assets: ['XLM', 'EURC'], find: (code) => KNOWN.get(code) ?? null };
const ENDS = '2026-06-01T23:00:00.000Z';
const REQUEST: LinkRequest = {
  amount: '100',
  currency: 'EUR',
  paymentType: 'Invoice',
  expiresAt: ENDS,
};
const judged = (changes: Partial<LinkRequest>): ReturnType<typeof linkTerms> =>
  linkTerms({ ...REQUEST, ...changes }, MARKET, NOW);
const codes = (changes: Partial<LinkRequest>): string[] => {
  const result = judged(changes);
  return 'faults' in result
    ? result.faults.map(({ code, attribute, index }) =>
        [code, attribute, ...(index === undefined ? [] : [index])].join(' '),
      )
    : [];
};

describe('the terms of a link', () => {
  it('are defaults where nothing was said', () => {
    expect(judged({})).toEqual({
      shop: NO_SHOP,
      terms: {
        kind: 'standard',
        amount: amountOf('100'),
        openAmount: null,
        maxPayments: null,
        recurrence: null,
        maxQuantity: null,
        scale: 2,
        currency: 'EUR',
        accountCurrency: null,
        payCurrencies: null,
        paymentMethods: ['on_chain'],
        reference: null,
        successRedirectUrl: null,
        unsuccessRedirectUrl: null,
        title: null,
        description: null,
        metadata: null,
        expiresAt: new Date(ENDS),
      },
    });
  });

  it('are without end where that is said', () => {
    expect(judged({ expiresAt: null, kind: 'donation' })).toMatchObject({
      terms: { kind: 'donation', expiresAt: null },
    });
  });

  it('print an amount with the decimals of its currency, and as many more as were given', () => {
    const scale = (amount: string, code: string): number | undefined => {
      const result = judged({ amount, currency: code });
      return 'terms' in result ? result.terms.scale : undefined;
    };
    expect([
      scale('100', 'EUR'),
      scale('100.500', 'EUR'),
      scale('5', 'JPY'),
      scale('5', 'XLM'),
      scale('5.1234567', 'XLM'),
    ]).toEqual([2, 2, 0, 2, 7]);
  });

  it('never change the amount, for any amount and currency', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 13n }), fc.constantFrom('EUR', 'JPY', 'XLM'), (stroops, code) => {
        const text = formatAmount(stroops);
        const result = judged({ amount: text, currency: code });
        if ('faults' in result) return result.faults.every(({ attribute }) => attribute === 'amount');
        return (
          result.terms.amount === stroops && parseAmount(formatAmount(stroops, result.terms.scale))?.amount === stroops
        );
      }),
    );
  });

  it('know a currency only where it can be priced or paid', () => {
    expect(codes({ currency: 'USDC' })).toEqual(['currency_unsupported currency']);
    expect(codes({ payCurrencies: ['XLM', 'USDC', 'EUR', 'toString'] })).toEqual([
      'unsupported_pay_currency payCurrencies 1',
      'unsupported_pay_currency payCurrencies 2',
      'unsupported_pay_currency payCurrencies 3',
    ]);
    expect(codes({ accountCurrency: 'JPY' })).toEqual(['unsupported_account_currency accountCurrency']);
    expect(codes({ accountCurrency: 'USDC' })).toEqual(['unsupported_account_currency accountCurrency']);
    expect(codes({ accountCurrency: 'EUR' })).toEqual([]);
    expect(codes({ currency: 'EURC', accountCurrency: 'EUR' })).toEqual([]);
    expect(codes({ currency: 'XLM', accountCurrency: 'EUR' })).toEqual([
      'unsupported_account_currency accountCurrency',
    ]);
  });

  it('end in the future, and within a year', () => {
    expect(codes({ expiresAt: NOW.toISOString() })).toEqual(['expiry_in_past expiresAt']);
    expect(codes({ expiresAt: '2028-01-01T00:00:00Z' })).toEqual(['expiry_invalid expiresAt']);
    expect(codes({ expiresAt: '2026-02-30T00:00:00Z' })).toEqual(['expiry_invalid expiresAt']);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    '//example.com',
    'https://',
    'https://user:secret@example.com',
    'https:\\\\example.com',
    'https://exa mple.com',
    'ftp://example.com',
    'https://example.com/\u202egpj',
    'https://example.com/\u0001',
    'https://exam\u200bple.com',
  ])('do not send a payer to %s', (url) => {
    expect(codes({ successRedirectUrl: url })).toEqual(['attributes_invalid successRedirectUrl']);
  });

  it('send a payer to web pages', () => {
    expect(
      codes({
        successRedirectUrl: 'https://example.com/success?order=7#paid',
        unsuccessRedirectUrl: 'http://localhost:3000/',
      }),
    ).toEqual([]);
  });

  it("leave the amount to the payer within bounds, which are the currency's own where none are said", () => {
    const openOf = (openAmount: LinkRequest['openAmount'], code = 'EUR'): unknown => {
      const result = judged({ amount: null, openAmount, currency: code, kind: 'donation' });
      return 'terms' in result
        ? [result.terms.amount, result.terms.openAmount, result.terms.scale]
        : result.faults.map(({ code: fault, attribute, index }) => [fault, attribute, index].join(' '));
    };
    expect(openOf({})).toEqual([null, { minimum: amountOf('1'), maximum: amountOf('100000'), presets: [] }, 2]);
    expect(openOf({ minimum: '5', maximum: '5', presets: ['5', '5.00'] })).toEqual([
      null,
      { minimum: amountOf('5'), maximum: amountOf('5'), presets: [amountOf('5')] },
      2,
    ]);
    expect(openOf({ presets: ['1.2345'] }, 'XLM')).toEqual([
      null,
      expect.objectContaining({ presets: [amountOf('1.2345')] }),
      4,
    ]);
    expect(openOf({ minimum: '5.5' }, 'JPY')).toEqual(['amount_too_precise openAmount minimum']);
    expect(openOf({ minimum: 'a', maximum: '200000', presets: ['0'] })).toEqual([
      'attributes_invalid openAmount minimum',
      'amount_above_maximum openAmount maximum',
      'amount_below_minimum openAmount presets',
    ]);
    expect(openOf({ minimum: '6', maximum: '5' })).toEqual(['attributes_invalid openAmount minimum']);
    expect(openOf({ minimum: '6', presets: ['5'] })).toEqual(['attributes_invalid openAmount presets']);
  });

  it.each<[string, Partial<LinkRequest>, string[]]>([
    ['subscription without a recurrence', { kind: 'subscription', currency: 'XLM' }, ['recurrence_invalid recurrence']],
    ['a recurrence of another kind', { recurrence: { interval: 'month' } }, ['recurrence_invalid recurrence']],
    ['subscription', { kind: 'subscription', currency: 'XLM', recurrence: { interval: 'month' } }, []],
    [
      'subscription that opens too early and waits too long',
      { kind: 'subscription', currency: 'XLM', recurrence: { interval: 'week', openDays: 4, graceDays: 8 } },
      ['recurrence_invalid recurrence openDays', 'recurrence_invalid recurrence graceDays'],
    ],
    [
      'subscription of four years',
      { kind: 'subscription', currency: 'XLM', recurrence: { interval: 'year', intervalCount: 4 } },
      ['recurrence_invalid recurrence intervalCount'],
    ],
    [
      'subscription with an open amount',
      { kind: 'subscription', currency: 'XLM', amount: null, openAmount: {}, recurrence: { interval: 'day' } },
      ['attributes_invalid openAmount'],
    ],
    ['product', { kind: 'product', amount: null }, []],
    ['product with an amount', { kind: 'product' }, ['attributes_invalid amount']],
    [
      'product with an open amount',
      { kind: 'product', amount: null, openAmount: {} },
      ['attributes_invalid openAmount'],
    ],
    ['donation without any amount', { kind: 'donation', amount: null }, ['attributes_invalid amount']],
    ['donation with both amounts', { kind: 'donation', openAmount: {} }, ['attributes_invalid openAmount']],
    ['donation with a limit and a quantity', { kind: 'donation', maxPayments: 3, quantity: { maximum: 4 } }, []],
    [
      'donation of an open amount with a quantity',
      { kind: 'donation', amount: null, openAmount: {}, quantity: { maximum: 4 } },
      ['attributes_invalid quantity'],
    ],
    ['standard with its one payment', { maxPayments: 1 }, []],
    [
      'standard with several payments and pieces',
      { maxPayments: 2, quantity: { maximum: 2 } },
      ['attributes_invalid maxPayments', 'attributes_invalid quantity'],
    ],
  ])('of a %s', (_kind, changes, expected) => {
    expect(codes(changes)).toEqual(expected);
  });
});
