import vm from 'node:vm';
import { encode } from 'uqr';
import type { Invoice } from '../invoices/invoice';
import { checkoutView } from './checkout-view';
import { type LinkContext, NO_LINK } from './link-context';
import { html } from './markup';
import { ASSETS, SCRIPT } from './page-assets';
import { payPage } from './pay-page';
import { paymentFacts } from './payment-facts';
import { paymentRequest } from './payment-request';
import { qrSvg } from './qr-svg';

const NOW = new Date('2026-11-21T12:00:00.000Z');
const UNIT = 10_000_000n;

function invoice(members: Partial<Invoice>): Invoice {
  return {
    publicId: 'abcdefghijklmnopqrstuvwxyz234567',
    number: 'INV-0001',
    status: 'PENDING',
    network: 'sandbox',
    destination: 'GCV6RAKENB4DS4TDIFOMFJVY2C3PY4UXSTUTGKCI2L3LBK6TXMW642D5',
    assetCode: 'XLM',
    assetIssuer: null,
    title: 'Beans',
    description: null,
    lines: [],
    subtotal: 10n * UNIT,
    taxRate: 0,
    taxes: [],
    taxAmount: 0n,
    discount: 0n,
    total: 10n * UNIT,
    scale: 2,
    received: 0n,
    memo: 'INV-0001',
    referenceNumber: 1_234_567_890n,
    expiresAt: new Date('2026-11-21T12:15:00.000Z'),
    paidAt: null,
    paidTransaction: null,
    ...members,
  } as Invoice;
}

function page(members: Partial<Invoice>, merchant = 'Demo Coffee', link: LinkContext = NO_LINK): string {
  const asked = invoice(members);
  return payPage(
    checkoutView(
      paymentFacts(asked, 0n, NOW, () => 'web+stellar:pay?a=1&b="2"'),
      asked,
      merchant,
      link,
      ['XLM', 'USDC'],
      false,
      NOW,
    ),
  );
}

describe("the payer's page", () => {
  it.each([
    ['DRAFT', { expiresAt: new Date(0) }, 'waiting'],
    ['PENDING', {}, 'waiting'],
    ['PROCESSING', {}, 'waiting'],
    ['PENDING', { received: UNIT }, 'partial'],
    ['PENDING', { expiresAt: NOW }, 'closing'],
    ['PAID', { received: 10n * UNIT, paidAt: NOW, paidTransaction: 'ab'.repeat(32) }, 'paid'],
    ['EXPIRED', {}, 'expired'],
    ['CANCELLED', {}, 'cancelled'],
    ['FAILED', {}, 'failed'],
  ] as const)('%s %j is shown as %s, with a way to pay only where there is one', (status, members, state) => {
    const text = page({ status, ...members });
    const payable = state === 'waiting' || state === 'partial';
    expect(text).toContain(`data-state="${state}"`);
    expect(text.includes('web+stellar:pay')).toBe(payable);
    expect(text.includes('qr.svg')).toBe(payable);
    expect(text.includes('test-payment')).toBe(payable);
  });

  it('says how much has come and asks for the rest only', () => {
    const text = page({ received: 4n * UNIT + 5n });
    expect(text).toContain('Received 4.0000005 of 10.00 XLM');
    expect(text).toContain('<p class="amount long">5.9999995 ');
    expect(text).toContain('<code id="pay-amount">5.9999995</code>');
    expect(text).toContain('value="40"');
  });

  it('adds up lines, tax and discount', () => {
    const lines = [{ description: 'Work <b>', quantity: '1.5', rate: '6.00', amount: '9.00' }];
    const text = page({ lines, subtotal: 9n * UNIT, taxRate: 200_000, taxAmount: 18_000_000n, discount: 8_000_000n });
    expect(text.replace(/<[^>]+>/g, ' ')).toMatch(
      /Work &lt;b&gt;\s+1\.5 × 6\.00\s+9\.00\s+Subtotal\s+9\.00\s+Tax 20 %\s+1\.80\s+Discount\s+-0\.80\s+Total\s+10\.00/,
    );
  });

  it('tells of money that came before the end, and of test money only where it is that', () => {
    expect(page({ status: 'EXPIRED', received: UNIT })).toContain('1.00 of 10.00 XLM had arrived');
    expect(page({})).toContain('Test money: sandbox network');
    const real = page({ network: 'public' });
    expect(real).not.toContain('Test money');
    expect(real).not.toContain('test-payment');
  });

  it('groups long amounts for the eye without changing the text', () => {
    const text = page({ total: 1_234_567n * UNIT, scale: 1 });
    const shown = /<p class="amount long">(.*?) <span class="code">/.exec(text)?.[1] ?? '';
    expect(shown.match(/<span class="group">[^<]+/g)).toHaveLength(3);
    expect(shown.replace(/<[^>]+>/g, '')).toBe('1234567.00');
  });

  it('escapes the payment request once', () => {
    expect(page({})).toContain('href="web+stellar:pay?a=1&amp;b=&quot;2&quot;"');
  });
});

describe('what the page is made of', () => {
  it('markup escapes every hole, and refuses an attribute without quotes', () => {
    expect(html`<a title="${'"><script>'}">${'<&>'}${null}${[html`<b>${1}</b>`]}</a>`.text).toBe(
      '<a title="&quot;&gt;&lt;script&gt;">&lt;&amp;&gt;<b>1</b></a>',
    );
    expect(() => html`<a title=${'x'}>`).toThrow('without quotes');
  });

  it('the script is one that a browser can read and holds no way to run text as code', () => {
    expect(() => new vm.Script(SCRIPT.body)).not.toThrow();
    expect(SCRIPT.body).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function/);
  });

  it('weighs less than 30 kB with its script and style sheet', () => {
    const assets = [...ASSETS.values()].reduce((sum, asset) => sum + asset.body.length, 0);
    expect(page({}).length + assets).toBeLessThan(24_000);
  });

  it('the code has exactly the modules of the request, with a quiet zone of four', () => {
    const request = `web+stellar:pay?destination=${'G'.repeat(56)}&amount=1.5&msg=caf%C3%A9`;
    const { data, size } = encode(request, { ecc: 'L', boostEcc: true, border: 0 });
    const svg = qrSvg(request);
    expect(svg).toContain(`viewBox="0 0 ${size + 8} ${size + 8}"`);
    const dark = new Set<string>();
    for (const [, x, y, length] of svg.matchAll(/M(\d+) (\d+)\.5h(\d+)/g))
      for (let step = 0; step < Number(length); step++) dark.add(`${Number(x) + step - 4},${Number(y) - 4}`);
    const wanted = data.flatMap((row, y) => row.flatMap((on, x) => (on ? [`${x},${y}`] : [])));
    expect([...dark].toSorted()).toEqual(wanted.toSorted());
  });

  it('a long title is shortened until the code can be scanned, a short one is left alone', () => {
    const request = (title: string): string => `web+stellar:pay?amount=1&msg=${encodeURIComponent(title)}`;
    expect(paymentRequest('Beans', request)).toBe(request('Beans'));
    const long = paymentRequest('猫'.repeat(300), request);
    expect(long.length).toBeLessThanOrEqual(700);
    expect(long).toContain('amount=1');
    expect(decodeURIComponent(long)).toMatch(/msg=猫{30,}$/);
    expect(paymentRequest('\u{1f431}'.repeat(150), (title) => request(title.toWellFormed()))).toContain('amount=1');
  });
});
