import { existsSync } from 'node:fs';
import path from 'node:path';
import { Memo } from '@stellar/stellar-sdk';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { encode } from 'uqr';
import type { ApiClient } from '../support/api-client';
import { TestApp } from '../support/app';
import type { TestWallet } from '../support/wallet';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => existsSync(file));
if (CHROMIUM === undefined) process.stderr.write('test/browser: skipped, because there is no Chromium (apt-get install chromium)\n');
const withChromium = CHROMIUM === undefined ? describe.skip : describe;

interface Focused {
  readonly name: string;
  readonly tag: string;
  readonly outlined: boolean;
}

/** Everything that must not happen while a page is open. */
class Watched {
  readonly faults: string[] = [];

  constructor(
    readonly page: Page,
    origin: string,
  ) {
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.faults.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.faults.push(`error: ${error.message}`));
    page.on('dialog', (dialog) => {
      this.faults.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(origin) && !request.url().startsWith('data:')) this.faults.push(`request: ${request.url()}`);
    });
  }
}

withChromium("the payer's page in a browser", () => {
  let app: TestApp;
  let browser: Browser;
  let merchant: { wallet: TestWallet; client: ApiClient };
  beforeAll(async () => {
    [app, browser] = await Promise.all([TestApp.start(), chromium.launch({ executablePath: CHROMIUM ?? '', args: ['--no-sandbox'] })]);
    merchant = await app.merchant();
  });
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
  });

  const link = async (body: Record<string, unknown> = {}): Promise<string> => (await merchant.client.post('/api/links', { asset: 'USDC', amount: '12.50', metadata: { title: 'Beans' }, ...body })).body.id as string;

  async function open(id: string, options: BrowserContextOptions = {}): Promise<Watched> {
    const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', viewport: { width: 1100, height: 900 }, ...options });
    await context.addInitScript({ path: path.join(__dirname, 'in-page.js') });
    const page = await context.newPage();
    const watched = new Watched(page, app.url);
    await page.goto(`${app.url}/pay/${id}`);
    return watched;
  }

  it('shows the request, counts down in local time, copies, and its code says what its link says', async () => {
    const id = await link();
    const { page, faults } = await open(id, { permissions: ['clipboard-read', 'clipboard-write'] });
    const { body: facts } = await app.client.get(`/checkout/${id}/status`);
    expect(await page.textContent('.amount')).toBe('12.50 USDC');
    expect(await page.getAttribute('a.button', 'href')).toBe(facts.uri);
    const wanted = encode(facts.uri, { ecc: 'L', boostEcc: true, border: 0 });
    expect(await page.evaluate(`checks.modulesOfCode(${wanted.size})`)).toEqual(wanted.data);
    await page.locator('.countdown', { hasText: / left$/ }).waitFor();
    expect(await page.textContent('.countdown')).toMatch(/^1[45]:[0-5]\d left$/);
    expect(await page.textContent('.state time')).toMatch(/^\d{1,2} \w{3,4} 20\d\d, \d\d:\d\d CES?T$/);
    for (const [name, value] of [['Address', facts.destination], ['Amount in USDC', '12.50'], ['Memo (type text)', facts.memo], ['Issuer of USDC', facts.issuer]] as const) {
      await page.getByRole('button', { name: `Copy ${name}`, exact: true }).click();
      await announced(page, `${name} copied`);
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe(value);
    }
    expect(faults).toEqual([]);
  });

  it('turns to paid by itself when the test wallet has paid, without loading the page anew', async () => {
    const { page, faults } = await open(await link());
    await page.evaluate('window.sameDocument = true');
    await page.getByRole('button', { name: 'Pay with a test wallet' }).click();
    await page.waitForSelector('main[data-state=paid]');
    expect(await page.evaluate('window.sameDocument')).toBe(true);
    expect(await page.textContent('#live')).toBe('Paid');
    expect(await page.textContent('#pay-hash')).toMatch(/^[0-9a-f]{64}$/);
    expect(await page.title()).toMatch(/^Paid: 12\.50 USDC/);
    expect(await page.evaluate('checks.focused()')).toMatchObject({ tag: 'H1' });
    expect(await page.locator('a.button, .qr').count()).toBe(0);
    expect(faults).toEqual([]);
  });

  it('notices by polling what a wallet elsewhere has paid, and asks for the rest', async () => {
    const id = await link({ asset: 'XLM', amount: '10' });
    const { page, faults } = await open(id);
    const { body: facts } = await app.client.get(`/checkout/${id}/status`);
    await (await app.wallet()).pay(merchant.wallet.address, '4', { memo: Memo.text(facts.memo) });
    await page.waitForSelector('main[data-state=partial]');
    expect(await page.textContent('#pay-amount')).toBe('6.00');
    expect(await page.textContent('#live')).toBe('Received 4.00 of 10.00 XLM');
    expect(await page.getAttribute('a.button', 'href')).toContain('amount=6&');
    expect(await page.evaluate(`document.querySelector('.qr img').decode().then(() => 'shown')`)).toBe('shown');
    expect(faults).toEqual([]);
  });

  it('closes at the deadline under the eyes of the payer', async () => {
    const { page, faults } = await open(await link({ expiresAt: new Date(Date.now() + 2_000).toISOString() }));
    await page.waitForSelector('main[data-state=closing], main[data-state=expired]');
    expect(await page.locator('a.button, .qr, [data-action]').count()).toBe(0);
    expect(faults).toEqual([]);
  });

  it('tells a payer that the test wallet cannot pay', async () => {
    const { page } = await open(await link({ amount: '999999' }));
    await page.getByRole('button', { name: 'Pay with a test wallet' }).click();
    await page.locator('.fault', { hasText: 'at most 50000 USDC' }).waitFor();
    expect(await page.getByRole('button', { name: 'Pay with a test wallet' }).isEnabled()).toBe(true);
  });

  it('says everything without a script, and offers nothing that needs one', async () => {
    const id = await link();
    const { page, faults } = await open(id, { javaScriptEnabled: false });
    const { body: facts } = await app.client.get(`/checkout/${id}/status`);
    const text = await page.innerText('body');
    for (const shown of [facts.expiresAt, facts.destination, facts.memo, facts.issuer, '12.50']) expect(text).toContain(shown);
    expect(await page.locator('button:visible').count()).toBe(0);
    expect(text).not.toContain('throw-away');
    await page.getByRole('link', { name: 'Check again' }).click();
    expect(page.url()).toBe(`${app.url}/pay/${id}`);
    expect(faults).toEqual([]);
  });

  it('runs nothing that a merchant wrote', async () => {
    const title = `</title></script><script>alert(1)</script><img src=x onerror=alert(1)><svg/onload=alert(1)>`;
    const { page, faults } = await open(await link({ metadata: { title, description: `<iframe srcdoc="<script>parent.alert(1)</script>"></iframe><style>.amount{display:none}</style>\u202e${'y'.repeat(1500)}` } }), { viewport: { width: 320, height: 640 } });
    expect(await page.textContent('.purpose h2')).toBe(title);
    expect(await page.locator('.amount').isVisible()).toBe(true);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    await page.getByRole('link', { name: 'Check again' }).click();
    await announced(page, 'No change yet');
    expect(faults).toEqual([]);
    // The policy holds even for markup that got in by some other way.
    await page.evaluate(`document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.injected = true' }))`);
    expect(await page.evaluate('window.injected')).toBeUndefined();
    expect(faults).toEqual([expect.stringContaining('Content Security Policy')]);
  });

  it.each([
    ['light', 1100],
    ['dark', 1100],
    ['light', 320],
    ['dark', 320],
  ] as const)('is accessible in %s at %i pixels, before and after payment', async (colorScheme, width) => {
    const { page, faults } = await open(await link({ metadata: { title: 'Beans', description: 'House blend' } }), { colorScheme, viewport: { width, height: 800 }, reducedMotion: 'reduce' });
    for (const state of ['waiting', 'paid']) {
      await page.waitForSelector(`main[data-state=${state}]`);
      expect(await page.evaluate('checks.contrastFaults()')).toEqual([]);
      expect(await page.evaluate('checks.nameFaults()')).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      if (state === 'waiting') {
        const reached = await reachedByTab(page);
        expect(reached.map(({ name }) => name)).toEqual(['Check again', 'Open in wallet app', 'Copy Address', 'Copy Amount in USDC', 'Copy Memo (type text)', 'Copy Issuer of USDC', 'Pay with a test wallet']);
        expect(reached.every(({ outlined }) => outlined)).toBe(true);
        await page.keyboard.press('Enter');
      }
    }
    expect(faults).toEqual([]);
  });

  async function reachedByTab(page: Page): Promise<Focused[]> {
    const reached: Focused[] = [];
    for (let step = 0; step < 7; step++) {
      await page.keyboard.press('Tab');
      reached.push(await page.evaluate<Focused>('checks.focused()'));
    }
    return reached;
  }

  /** What a screen reader was told last. */
  function announced(page: Page, text: string): Promise<void> {
    return page.locator('#live', { hasText: text }).waitFor({ state: 'attached' });
  }
});
