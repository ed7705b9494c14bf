import fc from 'fast-check';
import { DomainError } from '../common/errors';
import type { LinkOffer } from '../links/offers/link-offer';
import type { InvoiceOrigin } from '../links/link-origin';
import { choiceValues, faultOf, readChoice } from './choice-form';
import { choosePage, endedPage } from './choose-page';
import { linkContext, webAddress } from './link-context';
import { offerAnswer, offerView, type OfferView } from './offer-view';

const NOW = new Date('2026-11-21T12:00:00.000Z');
const ASSETS = [
  { code: 'XLM', name: 'Lumen', issuer: null },
  { code: 'USDC', name: 'USD Coin', issuer: `G${'A'.repeat(55)}` },
];
const TOKEN = 'tokentokentokentokentokentokento';
const OPEN_AMOUNT = { amount: null, openAmount: { minimum: '1.00', maximum: '500.00', presets: ['5.00', '25.00'] } };

function offer(members: Partial<LinkOffer> = {}): LinkOffer {
  return {
    createdAt: new Date(0),
    publicId: 'abcdefghijklmnopqrstuvwxyz234567',
    merchantId: 'm',
    network: 'sandbox',
    recurrence: null,
    kind: 'standard',
    state: 'open',
    title: 'Beans',
    description: null,
    currency: 'EUR',
    amount: '20.00',
    openAmount: null,
    assets: ['XLM', 'USDC'],
    quantity: null,
    lines: [],
    tax: null,
    expiresAt: null,
    current: null,
    own: null,
    successRedirectUrl: 'https://shop.example/ok',
    unsuccessRedirectUrl: 'https://shop.example/no',
    shop: null,
    ...members,
  };
}
const view = (members: Partial<LinkOffer> = {}, merchant = 'Demo Coffee', assets = ASSETS): OfferView =>
  offerView(offer(members), merchant, assets, NOW);
const page = (members: Partial<LinkOffer> = {}, sent: object = {}): string =>
  choosePage(view(members), choiceValues(sent, view(members), TOKEN), null);

describe('what a payer typed', () => {
  it.each([
    [{}, { amount: '12.50', asset: 'USDC', quantity: '3' }, { asset: 'USDC' }],
    [{}, {}, { asset: 'XLM' }],
    [{}, { asset: ['USDC'] }, { asset: 'XLM' }],
    [OPEN_AMOUNT, { amount: ' 12.50 ' }, { asset: 'XLM', amount: '12.50' }],
    [OPEN_AMOUNT, { amount: '12,5' }, { asset: 'XLM', amount: '12.5' }],
    [{ quantity: { minimum: 1, maximum: 9 } }, { quantity: '9' }, { asset: 'XLM', quantity: 9 }],
    [{ quantity: { minimum: 1, maximum: 9 } }, {}, { asset: 'XLM', quantity: 1 }],
  ])('for %j: %j asks for %j', (members, sent, choice) => {
    expect(readChoice(choiceValues(sent, view(members), TOKEN), view(members))).toEqual(choice);
  });

  it.each(['1,000', '1.000,00', '-5', '1e3', '0x5', '\u0663', '5 000', '.5', 'x'.repeat(500)])(
    'the amount %j is refused at its field',
    (amount) => {
      const open = view(OPEN_AMOUNT);
      expect(readChoice(choiceValues({ amount }, open, TOKEN), open)).toEqual({
        field: 'amount',
        message: 'Enter the amount in digits, such as 12.50.',
      });
      expect(readChoice(choiceValues({}, open, TOKEN), open)).toEqual({
        field: 'amount',
        message: 'Enter an amount in EUR.',
      });
    },
  );

  it.each(['0', '-1', '1.5', '1e9', '\uff19', '1234567890'])('the quantity %j is refused at its field', (quantity) => {
    const many = view({ quantity: { minimum: 1, maximum: 9 } });
    expect(readChoice(choiceValues({ quantity }, many, TOKEN), many)).toEqual({
      field: 'quantity',
      message: 'Enter a whole number from 1 to 9.',
    });
  });

  it.each([
    [
      'attributes_invalid',
      { faults: [{ path: 'amount', message: 'must lie between' }] },
      OPEN_AMOUNT,
      'amount',
      'Enter an amount from 1.00 to 500.00 EUR.',
    ],
    ['amount_too_precise', { detail: 'EUR has 2 decimals' }, OPEN_AMOUNT, 'amount', 'EUR has 2 decimals'],
    [
      'amount_above_maximum',
      { detail: 'amount: 200.00, maximum: 100.00' },
      { quantity: { minimum: 1, maximum: 9 } },
      'quantity',
      'This makes 200.00 EUR. One payment may be 100.00 EUR at the most: choose less.',
    ],
    [
      'amount_below_minimum',
      { detail: 'amount: 1.00, minimum: 10.00' },
      {},
      null,
      'This makes 1.00 EUR. One payment must be 10.00 EUR at least: choose more.',
    ],
    [
      'attributes_invalid',
      { faults: [{ path: 'quantity', message: 'must be at most 9' }] },
      { quantity: { minimum: 1, maximum: 9 } },
      'quantity',
      'Enter a whole number from 1 to 9.',
    ],
    ['unsupported_pay_currency', {}, {}, 'asset', 'Choose one of these.'],
    ['link_choice_closed', { detail: 'Somebody chose' }, OPEN_AMOUNT, null, 'Somebody chose'],
    [
      'rate_unavailable',
      {},
      OPEN_AMOUNT,
      null,
      'There is no price to be trusted at this moment. Nothing has been charged. Please try again in a few seconds.',
    ],
  ] as const)('%s %j on %j is told where it belongs', (code, context, members, field, message) => {
    expect(faultOf(new DomainError(code, context), view(members))).toEqual({ field, message });
  });
});

describe('the page to choose on', () => {
  it('has a field for what is open and none for what is not', () => {
    expect(page()).not.toMatch(/name="(amount|quantity)"/);
    const text = page({ ...OPEN_AMOUNT, quantity: { minimum: 1, maximum: 9 } });
    for (const shown of [
      '<label for="amount">Amount in EUR</label>',
      '<label for="quantity">',
      'max="9"',
      'From 1.00 to 500.00 EUR',
      'data-fill="25.00"',
      '<legend>Pay with</legend>',
      'value="XLM" checked',
    ])
      expect(text).toContain(shown);
    expect(text).toContain('href="/pay/abcdefghijklmnopqrstuvwxyz234567?choose&amp;amount=5.00"');
  });

  it('says of an open amount that it contains the tax', () => {
    const text = page({ ...OPEN_AMOUNT, tax: { percent: '19', inclusive: true } });
    expect(text).toContain('From 1.00 to 500.00 EUR, 19 % tax included</p>');
    expect(text).not.toContain('<table>');
  });

  it('keeps what was typed and marks the preset that it is', () => {
    const text = page(OPEN_AMOUNT, { amount: '25.00', asset: 'USDC' });
    expect(text).toContain('value="25.00" aria-describedby="amount-hint"');
    expect(text).toContain('data-fill="25.00" aria-current="true"');
    expect(text).toContain('value="USDC" checked');
  });

  it.each(['amount', 'quantity'] as const)('ties a fault to its field: %s', (field) => {
    const members = { ...OPEN_AMOUNT, quantity: { minimum: 1, maximum: 9 } };
    const text = choosePage(view(members), choiceValues({ [field]: '"><b>' }, view(members), TOKEN), {
      field,
      message: 'Not <this>',
    });
    expect(text).toContain(`aria-invalid="true" aria-describedby="${field}-fault ${field}-hint" autofocus`);
    expect(text).toContain(`<p class="fault" id="${field}-fault">Not &lt;this&gt;</p>`);
    expect(text).toContain('value="&quot;&gt;&lt;b&gt;"');
    expect(text.match(/ autofocus/g)).toHaveLength(1);
  });

  it('offers no choice where there is one asset only', () => {
    const only = view({}, 'Demo Coffee', ASSETS.slice(0, 1));
    const text = choosePage(only, choiceValues({}, only, TOKEN), null);
    expect(text).toContain('<input type="hidden" name="asset" value="XLM">');
    expect(text).not.toContain('radio"');
  });

  it('adds up what is sold', () => {
    const lines = [{ description: 'Beans <b>', quantity: '1', rate: '18.00', amount: '18.00' }];
    const text = page({
      kind: 'product',
      amount: '21.42',
      quantity: { minimum: 1, maximum: 9 },
      lines,
      tax: { percent: '19', inclusive: false },
    });
    expect(text.replace(/<[^>]+>/g, ' ')).toMatch(
      /Beans &lt;b&gt;\s+1 × 18\.00\s+18\.00\s+Tax 19 %\s+added\s+Price of one\s+21\.42/,
    );
  });

  it('F08, F09: nothing that a merchant wrote becomes markup or is ever fetched', () => {
    const parts = [
      '<img src=x onerror=alert(1)>',
      '![](https://evil.example/x.png)',
      '[a](javascript:alert(1))',
      '"><script>alert(1)</script>',
      '<svg/onload=alert(1)>',
      'https://169.254.169.254/',
      '\u202e\u200b',
      "' onmouseover='alert(1)",
      'Beans',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 6 }), (chosen) => {
        const words = chosen.join(' ');
        const made = offerView(
          offer({
            title: words,
            description: words,
            lines: [{ description: words, quantity: '1', rate: '1.00', amount: '1.00' }],
          }),
          words,
          ASSETS,
          NOW,
        );
        for (const text of [
          choosePage(
            made,
            choiceValues({ asset: words, amount: words }, made, TOKEN),
            faultOf(new DomainError('link_choice_closed', { detail: words }), made),
          ),
          endedPage({ ...made, state: 'sold_out' }),
        ]) {
          expect(text.match(/<script\b/g)).toHaveLength(1);
          expect(text).not.toMatch(/<(img|svg|iframe)\b|<[^>]+\son\w+=/i);
          for (const [, url] of text.matchAll(/(?:src|href|action)="([^"]*)"/g))
            expect(url).toMatch(/^(\/pay\/[^/]|data:image\/svg\+xml,|$)/);
          expect(text).not.toMatch(/[\u202a-\u202e\u200b]/);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('tells programs what it tells payers, and neither where they are sent after payment', () => {
    expect(JSON.stringify(offerAnswer(view()))).not.toContain('shop.example');
    expect(page()).not.toContain('shop.example');
    const ended = (state: 'inactive' | 'sold_out' | 'completed' | 'expired' | 'cancelled'): string =>
      endedPage({ ...view({ state, description: 'secret' }), state });
    for (const state of ['inactive', 'sold_out', 'completed'] as const)
      expect(ended(state)).not.toMatch(/shop\.example|secret|20\.00/);
    for (const state of ['expired', 'cancelled'] as const)
      expect(ended(state)).toMatch(/href="https:\/\/shop\.example\/no"/);
  });
});

describe('what an invoice has of its link', () => {
  const origin: InvoiceOrigin = {
    linkPublicId: 'l',
    successRedirectUrl: 'https://shop.example/ok',
    unsuccessRedirectUrl: 'https://shop.example/no',
    showsCodes: true,
    payCurrency: 'XLM',
    quote: { currency: 'EUR', amount: 200_000_000n, rate: '0.25', expiresAt: NOW },
  };

  it.each([
    ['waiting', 'open', { choosePath: '/pay/l?choose', returnUrl: null, lapsed: false }],
    ['waiting', 'sold_out', { choosePath: null, returnUrl: null, lapsed: false }],
    ['partial', 'open', { choosePath: '/pay/l?choose', returnUrl: null, lapsed: false }],
    ['expired', 'completed', { choosePath: null, returnUrl: 'https://shop.example/no', lapsed: false, beaten: true }],
    ['closing', null, { choosePath: null, returnUrl: null, lapsed: false }],
    ['expired', 'open', { choosePath: '/pay/l', returnUrl: null, lapsed: true }],
    ['expired', 'expired', { choosePath: null, returnUrl: 'https://shop.example/no', lapsed: false }],
    ['paid', null, { choosePath: null, returnUrl: 'https://shop.example/ok', lapsed: false }],
    ['cancelled', null, { choosePath: null, returnUrl: 'https://shop.example/no', lapsed: false }],
    ['failed', null, { choosePath: null, returnUrl: 'https://shop.example/no', lapsed: false }],
  ] as const)('%s, the link %s: %j', (state, linkState, context) => {
    expect(linkContext(origin, linkState === null ? null : offer({ state: linkState }), state, 2)).toEqual({
      beaten: false,
      showsCodes: true,
      ...context,
      payCurrency: 'XLM',
      price: { amount: '20.00', currency: 'EUR', perUnit: '4.000', until: NOW },
    });
  });

  it('offers no other choice where there is none', () => {
    expect(linkContext(origin, offer({ assets: ['XLM'] }), 'waiting', 2).choosePath).toBeNull();
    expect(linkContext(origin, offer({ assets: ['XLM'], ...OPEN_AMOUNT }), 'waiting', 2).choosePath).toBe(
      '/pay/l?choose',
    );
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    '//evil.example',
    'ftp://x.example',
    'https://',
    ' https://x.example',
    null,
  ])('leads nobody to %j', (url) => {
    expect(webAddress(url)).toBeNull();
  });
});
