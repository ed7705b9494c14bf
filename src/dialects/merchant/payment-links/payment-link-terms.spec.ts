import 'reflect-metadata';
import fc from 'fast-check';
import { amountOf, formatAmount } from '../../../common/money';
import { readNew } from '../../../http/sent-body';
import { NO_SHOP } from '../../../links/shop-terms';
import type { PaymentLink } from '../../../links/payment-link';
import { orderOf } from './payment-link-order';
import { CreatePaymentLinkDto } from './payment-link.dto';
import { wishFaults } from './payment-link-faults';
import { paymentLinkView } from './payment-link.presenter';
import { changedTerms, termsOf } from './payment-link-terms';
import { changedWish, type LinkWish, wishFor, wishOf } from './payment-link-wish';

const NOW = new Date('2026-05-17T10:00:00.000Z');
const MAXIMUM = amountOf('100000');
const ID = '01890000-0000-7000-8000-000000000000';

const COMMON = {
  title: fc.constant('Tip jar'),
  url: fc.constant('tips'),
  currency: fc.constantFrom('usdc', 'eurc'),
  allowQuantityAdjustment: fc.boolean(),
  allowMobilePayment: fc.boolean(),
  collectAddress: fc.boolean(),
  customFields: fc.constantFrom(null, {}, { size: 'Size' }),
  expiration_date: fc.constantFrom(null, '2027-01-01T00:00:00.000Z'),
};
const TAX = fc.constantFrom({}, { collectTax: false, taxId: ID }, { collectTax: true, taxId: ID });
const LIMIT = fc.constantFrom({}, { limitPayments: false, maxPayments: 7 }, { limitPayments: true, maxPayments: 12 });
const AMOUNT = fc.constantFrom<unknown>(1, '2.50', 29.99, '0.1234567');
const BOUNDS = fc.record(
  {
    minAmount: fc.constantFrom<unknown>(null, '0.5', 3),
    maxAmount: fc.constantFrom<unknown>(null, 10, 50),
    presetAmounts: fc.constantFrom<unknown>(null, [], [5, '7.125']),
  },
  { requiredKeys: [] },
);
const PRICE = fc.oneof(
  fc.record({ linkType: fc.constantFrom('PRODUCT', 'DONATION', 'COLLECTION', 'INVOICE'), amount: AMOUNT }),
  fc
    .record({ linkType: fc.constantFrom('DONATION', 'COLLECTION'), bounds: BOUNDS })
    .map(({ linkType, bounds }) => ({ linkType, ...bounds })),
  fc.record({ linkType: fc.constant('PRODUCT'), isForAllProduct: fc.constant(true), amount: fc.constantFrom(null, 3) }),
  fc.record({
    linkType: fc.constant('PRODUCT'),
    paymentLinkProducts: fc.constantFrom([{ productId: ID }], [{ productId: ID, quantity: 7 }]),
    amount: fc.constantFrom(null, 3),
  }),
);
/** What a shop may say, of every type. */
const BODY = fc
  .tuple(fc.record(COMMON, { requiredKeys: ['title', 'url'] }), PRICE, TAX, LIMIT)
  .map(([common, price, tax, limit]) => ({
    ...common,
    ...price,
    ...tax,
    ...(price.linkType === 'INVOICE' ? {} : limit),
  }));

const said = (body: object): ReadonlySet<string> => new Set(Object.keys(body));
const faultsOf = (wish: LinkWish, sent: ReadonlySet<string>, isNew = true): string[] =>
  wishFaults(wish, { isNew, said: sent, faulty: new Set<string>(), maximum: MAXIMUM, now: NOW }).map(
    ({ path }) => path,
  );

/** The link that comes of a body, as it would be read; undefined for a body with faults. */
function linkOf(body: object): PaymentLink | undefined {
  const { dto, faults } = readNew(CreatePaymentLinkDto, { ...body });
  const wish = wishOf(dto);
  if (faults.length > 0 || faultsOf(wish, said(dto)).length > 0) return undefined;
  const terms = termsOf(wish, MAXIMUM);
  const order = orderOf('sandbox', wish, terms, 'tips', { products: [], taxRate: null });
  const { openAmount, ...rest } = order.terms;
  return {
    ...NO_SHOP,
    ...rest,
    ...order.shop,
    merchantId: 'm',
    id: 'l',
    publicId: 'p',
    status: 'active',
    network: 'sandbox',
    invoiceId: null,
    direction: 'invoice',
    minimum: openAmount?.minimum ?? null,
    maximum: openAmount?.maximum ?? null,
    presets: openAmount === null ? null : [...openAmount.presets],
    payCurrencies: null,
    paymentMethods: ['on_chain'],
    metadata: {},
    slotsUsed: 0,
    paymentsMade: 0,
    paymentsOverLimit: 0,
    productIds: terms.productIds,
    productQuantities: terms.productQuantities,
    taxRateId: terms.taxRateId,
    period: null,
    version: 1n,
    createdAt: NOW,
    updatedAt: NOW,
  };
}

const sound = BODY.map((body) => {
  const link = linkOf(body);
  if (link === undefined) throw new Error(`is not sound: ${JSON.stringify(body)}`);
  return link;
});
const AROUND = { publicUrl: 'https://pay.example', handle: 'shop', soldOff: new Set<string>(), now: NOW };

describe('a wish', () => {
  it('read from a link makes the same link again, so what is sent back changes nothing', () => {
    fc.assert(
      fc.property(sound, (link) => {
        const before = termsOf(wishFor(link), MAXIMUM);
        const { dto, faults } = readNew(
          CreatePaymentLinkDto,
          JSON.parse(JSON.stringify(toSend(link))) as object as never,
        );
        const after = termsOf(changedWish(wishFor(link), dto), MAXIMUM);
        expect([faults, changedTerms(before, after)]).toEqual([[], {}]);
      }),
    );
  });

  it('changes the member that is said, and what follows from it, alone', () => {
    fc.assert(
      fc.property(sound, fc.boolean(), (link, collectAddress) => {
        const before = termsOf(wishFor(link), MAXIMUM);
        const after = termsOf(changedWish(wishFor(link), { collectAddress, title: 'Another' }), MAXIMUM);
        expect(changedTerms(before, after)).toEqual({
          title: 'Another',
          ...(collectAddress === link.collectsAddress ? {} : { collectsAddress: collectAddress }),
        });
      }),
    );
  });

  it('of a sound body keeps what the database demands of prices and limits', () => {
    fc.assert(
      fc.property(sound, (link) => {
        const { kind, amount, minimum, maximum, presets, maxQuantity, sellsEverything, scale } = link;
        expect([minimum === null, maximum === null, presets === null]).toEqual(Array(3).fill(minimum === null));
        expect(kind === 'product' ? minimum === null : (amount === null) !== (minimum === null)).toBe(true);
        expect(maxQuantity === null || (kind !== 'standard' && amount !== null)).toBe(true);
        expect(sellsEverything && kind !== 'product').toBe(false);
        expect(kind === 'product' && amount !== null && link.productIds.length > 0).toBe(false);
        expect(link.maxPayments !== null && kind === 'standard').toBe(false);
        if (amount !== null) expect(amountOf(formatAmount(amount, scale))).toBe(amount);
      }),
    );
  });

  it('says an amount in the digits it was given in, whatever a double makes of them', () => {
    const digits = fc
      .integer({ min: 1, max: 99_999 })
      .chain((whole) =>
        fc.integer({ min: 0, max: 9_999_999 }).map((rest) => `${whole}.${String(rest).padStart(7, '0')}`),
      );
    fc.assert(
      fc.property(digits, (amount) => {
        const link = linkOf({ title: 'Tip jar', url: 'tips', linkType: 'DONATION', amount });
        const told = /"amount":([^,]+),/.exec(JSON.stringify(paymentLinkView(link as PaymentLink, AROUND)))?.[1];
        expect(amountOf(told ?? '')).toBe(amountOf(amount));
      }),
    );
  });
});

describe('faults', () => {
  const wish = (body: object): LinkWish =>
    wishOf(readNew(CreatePaymentLinkDto, { title: 'Tip jar', url: 'tips', linkType: 'PRODUCT', ...body }).dto);

  it.each<[object, string[]]>([
    [{ amount: 5 }, []],
    [{}, ['paymentLinkProducts']],
    [{ isForAllProduct: true }, []],
    [{ isForAllProduct: true, paymentLinkProducts: [{ productId: ID }] }, ['isForAllProduct']],
    [
      { paymentLinkProducts: [{ productId: ID }, { productId: ID.toUpperCase() }] },
      ['paymentLinkProducts.1.productId'],
    ],
    [{ linkType: 'DONATION' }, []],
    [{ linkType: 'DONATION', amount: 5, presetAmounts: [5] }, ['presetAmounts']],
    [{ linkType: 'DONATION', amount: 5, presetAmounts: [] }, []],
    [{ linkType: 'DONATION', maxAmount: 5, presetAmounts: [6] }, ['presetAmounts']],
    [{ linkType: 'COLLECTION', minAmount: 6, maxAmount: 5 }, ['minAmount']],
    [{ linkType: 'INVOICE' }, ['amount']],
    [{ linkType: 'INVOICE', amount: 5, limitPayments: true, maxPayments: 1 }, []],
    [{ linkType: 'INVOICE', amount: 5, limitPayments: true, maxPayments: 2 }, ['maxPayments']],
    [{ linkType: 'INVOICE', amount: 5, limitPayments: false, maxPayments: 2 }, ['limitPayments']],
    [{ amount: 5, limitPayments: true }, ['maxPayments']],
    [{ amount: 5, collectTax: true }, ['taxId']],
    [{ amount: 5, collectTax: true, taxId: ID }, []],
    [{ amount: 5, collectTax: false, taxId: ID }, []],
    [{ amount: '100000.0000001' }, ['amount']],
    [{ amount: 5, coverImage: 'http://example.com/a.jpg' }, ['coverImage']],
    [{ amount: 5, expiration_date: NOW.toISOString() }, ['expiration_date']],
    [{ amount: 5, customFields: { a: 1, b: '' } }, ['customFields.a', 'customFields.b']],
    [{ linkType: 'SUBSCRIPTION', recurringType: 'ONE_TIME' }, ['amount', 'recurringType']],
    [{ linkType: 'SUBSCRIPTION', amount: 5 }, []],
  ])('of %j', (body, paths) => {
    expect(faultsOf(wish(body), said(body))).toEqual(paths);
  });

  it('nothing follows from a member that is at fault itself', () => {
    const facts = { isNew: true, said: new Set<string>(), maximum: null, now: NOW };
    const blind = ['linkType', 'amount', 'paymentLinkProducts', 'limitPayments', 'collectTax', 'recurringType'];
    for (const linkType of ['PRODUCT', 'INVOICE'])
      expect(wishFaults(wish({ linkType }), { ...facts, faulty: new Set(blind) })).toEqual([]);
  });

  it('of what nobody touches are not told of a link that another family made', () => {
    const standard = { ...wish({ linkType: 'INVOICE' }), collectTax: true };
    expect(faultsOf(standard, new Set(['title']), false)).toEqual([]);
    expect(faultsOf(standard, new Set(['amount', 'taxId']), false)).toEqual(['amount', 'taxId']);
  });
});

/** A link as its answer, with what a new link is asked for. */
function toSend(link: PaymentLink): Record<string, unknown> {
  const {
    id: _id,
    appId: _appId,
    status: _status,
    createdAt: _created,
    updatedAt: _updated,
    ...rest
  } = paymentLinkView(link, AROUND);
  return rest;
}
