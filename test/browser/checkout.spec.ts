import { existsSync } from 'node:fs';
import path from 'node:path';
import { Memo } from '@stellar/stellar-sdk';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { encode } from 'uqr';
import { TestApp } from '../support/app';
import type { PartnerProgram } from '../support/partner-program';
import type { TestShop } from '../support/shop';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
  existsSync(file),
);
if (CHROMIUM === undefined)
  process.stderr.write('test/browser: skipped, because there is no Chromium (apt-get install chromium)\n');
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
      if (message.type() === 'error' || message.type() === 'warning')
        this.faults.push(`console: ${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => this.faults.push(`error: ${error.message}`));
    page.on('dialog', (dialog) => {
      this.faults.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(origin) && !request.url().startsWith('data:'))
        this.faults.push(`request: ${request.url()}`);
    });
  }
}

withChromium("the payer's page in a browser", () => {
  let app: TestApp;
  let browser: Browser;
  let merchant: TestShop;
  let partner: PartnerProgram;
  beforeAll(async () => {
    [app, browser] = await Promise.all([
      TestApp.start(),
      chromium.launch({ executablePath: CHROMIUM ?? '', args: ['--no-sandbox'] }),
    ]);
    merchant = await app.shop();
    ({ partner } = merchant);
    await app.sql("update merchants set name = 'Demo Coffee'");
  });
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
  });

  const link = async (body: Record<string, unknown> = {}): Promise<string> =>
    (
      await merchant.client.post('/api/links', {
        asset: 'USDC',
        amount: '12.50',
        metadata: { title: 'Beans' },
        ...body,
      })
    ).body.id as string;

  /** A link that its payer must choose for. */
  const offer = async (changes: object = {}): Promise<string> => {
    const attributes = {
      kind: 'donation',
      amount: null,
      openAmount: { minimum: '10', maximum: '500', presets: ['10', '25.50'] },
      currency: 'EUR',
      paymentType: 'Invoice',
      title: 'Help the shelter',
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
      ...changes,
    };
    const { status, body } = await partner.create('payment_links', attributes);
    expect([status, body]).toEqual([201, expect.anything()]);
    return body.data.attributes.publicId as string;
  };

  async function open(id: string, options: BrowserContextOptions = {}): Promise<Watched> {
    const context = await browser.newContext({
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
      viewport: { width: 1100, height: 900 },
      ...options,
    });
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
    for (const [name, value] of [
      ['Address', facts.destination],
      ['Amount in USDC', '12.50'],
      ['Memo (type text)', facts.memo],
      ['Issuer of USDC', facts.issuer],
    ] as const) {
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
    for (const shown of [facts.expiresAt, facts.destination, facts.memo, facts.issuer, '12.50'])
      expect(text).toContain(shown);
    expect(await page.locator('button:visible').count()).toBe(0);
    expect(text).not.toContain('throw-away');
    await page.getByRole('link', { name: 'Check again' }).click();
    expect(page.url()).toBe(`${app.url}/pay/${id}`);
    expect(faults).toEqual([]);
  });

  it('runs nothing that a merchant wrote', async () => {
    const title = `</title></script><script>alert(1)</script><img src=x onerror=alert(1)><svg/onload=alert(1)>`;
    const { page, faults } = await open(
      await link({
        metadata: {
          title,
          description: `<iframe srcdoc="<script>parent.alert(1)</script>"></iframe><style>.amount{display:none}</style>\u202e${'y'.repeat(1500)}`,
        },
      }),
      { viewport: { width: 320, height: 640 } },
    );
    expect(await page.textContent('.purpose h2')).toBe(title);
    expect(await page.locator('.amount').isVisible()).toBe(true);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    await page.getByRole('link', { name: 'Check again' }).click();
    await announced(page, 'No change yet');
    expect(faults).toEqual([]);
    // The policy holds even for markup that got in by some other way.
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.injected = true' }))`,
    );
    expect(await page.evaluate('window.injected')).toBeUndefined();
    expect(faults).toEqual([expect.stringContaining('Content Security Policy')]);
  });

  it('lets the payer choose with the keyboard, and leads on to a price with a countdown', async () => {
    const { page, faults } = await open(await offer());
    await page.evaluate('window.sameDocument = true');
    await page.locator('.countdown', { hasText: / left$/ }).waitFor();
    await page.getByRole('link', { name: '25.50 EUR' }).press('Enter');
    await announced(page, 'Amount set to 25.50 EUR');
    expect(await page.evaluate('window.sameDocument')).toBe(true);
    expect(await page.inputValue('#amount')).toBe('25.50');
    await page.getByLabel('EURC').press('Space');
    await page.getByLabel('Amount in EUR').press('Enter');
    await page.waitForSelector('main[data-state=waiting]');
    expect(await page.textContent('.amount .code')).toBe('EURC');
    expect(await page.textContent('.price')).toMatch(/^25\.50 EUR 1 EUR = \d+\.\d+ EURC$/);
    expect(await page.textContent('.state')).toMatch(/This price holds until .* 1[45]:[0-5]\d left/);
    await page.getByRole('link', { name: 'Choose differently' }).click();
    await page.waitForSelector('main[data-state=open]');
    await page.goBack();
    await page.waitForSelector('main[data-state=waiting]');
    expect(faults).toEqual([]);
  });

  it('is chosen on without a script, and a fault stands by its field', async () => {
    const { page } = await open(await offer(), { javaScriptEnabled: false, viewport: { width: 390, height: 800 } });
    await page.getByLabel('USDC').check();
    await page.getByLabel('Amount in EUR').fill('5');
    await page.getByRole('button', { name: 'Continue' }).click();
    expect(await page.title()).toMatch(/^Error: /);
    expect([await page.getByLabel('Amount in EUR').inputValue(), await page.getByLabel('USDC').isChecked()]).toEqual([
      '5',
      true,
    ]);
    expect(await page.textContent('#amount-fault')).toBe('Enter an amount from 10.00 to 500.00 EUR.');
    expect(await page.locator('#amount:focus').count()).toBe(1);
    await page.getByRole('link', { name: '10.00 EUR' }).click();
    expect(await page.getByLabel('Amount in EUR').inputValue()).toBe('10.00');
    await page.getByRole('button', { name: 'Continue' }).click();
    expect(await page.innerText('.price')).toMatch(/10\.00 EUR 1 EUR = /);
    expect(await page.locator('button:visible').count()).toBe(0);
  });

  it('takes one place for a double click, without a script', async () => {
    const id = await offer({ currency: 'XLM', maxPayments: 1 });
    const { page } = await open(id, { javaScriptEnabled: false });
    await page.getByLabel('Amount in XLM').fill('20');
    await page.getByRole('button', { name: 'Continue' }).dblclick();
    await page.waitForSelector('main[data-state=waiting]');
    expect(await app.sql('select slots_used as used from payment_links where public_id = $1', [id])).toEqual([
      { used: 1n },
    ]);
    expect(await page.locator('#pay-memo-id').textContent()).toMatch(/^\d+$/);
  });

  it('shows what other assets cost when asked, and pays with one from a test wallet', async () => {
    const { page, faults } = await open(await link());
    await page.getByRole('link', { name: 'See what it costs in XLM or EURC' }).click();
    await page.getByRole('button', { name: 'Pay with a test wallet in XLM' }).click();
    await page.waitForSelector('main[data-state=paid]');
    expect(await page.textContent('.state')).toContain('12.50 USDC received');
    expect(faults).toEqual([]);
  });

  it('takes who saw the payment back to the merchant after a while that can be stopped', async () => {
    const back = `${app.url}/health/live?order=7`;
    for (const stays of [true, false]) {
      const { page, faults } = await open(
        await offer({ kind: 'standard', amount: '12.5', openAmount: null, currency: 'USDC', successRedirectUrl: back }),
      );
      expect(await page.content()).not.toContain('order=7');
      await page.clock.install();
      await page.getByRole('button', { name: 'Pay with a test wallet' }).click();
      await page.waitForSelector('main[data-state=paid]');
      await announced(page, 'Paid. Return to Demo Coffee in 10 seconds');
      expect(await page.getByRole('link', { name: 'Return to Demo Coffee' }).getAttribute('href')).toBe(back);
      expect(await page.textContent('.leave')).toMatch(/Opens by itself in \d+ s/);
      if (stays) await page.getByRole('button', { name: 'Stay on this page' }).click();
      await page.clock.runFor(11_000);
      if (!stays) await page.waitForURL(back);
      expect(page.url() === back).toBe(!stays);
      if (stays) {
        expect(await page.evaluate('checks.focused()')).toMatchObject({ name: 'Return to Demo Coffee' });
        await page.reload();
        await page.clock.runFor(11_000);
        expect(await page.textContent('.leave')).not.toContain('by itself');
      }
      expect(faults).toEqual([]);
    }
  });

  it.each([
    ['light', 1100],
    ['dark', 320],
  ] as const)('is accessible in %s at %i pixels while choosing, and after a refusal', async (colorScheme, width) => {
    const { page, faults } = await open(await offer(), {
      colorScheme,
      viewport: { width, height: 800 },
      reducedMotion: 'reduce',
    });
    for (const refused of [false, true]) {
      if (refused) {
        await page.getByLabel('Amount in EUR').fill('9');
        await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Continue' }).click()]);
      }
      expect(await page.evaluate('checks.contrastFaults()')).toEqual([]);
      expect(await page.evaluate('checks.nameFaults()')).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      if (refused)
        expect(await page.evaluate('checks.focused()')).toMatchObject({ name: 'Amount in EUR', outlined: true });
      else {
        const reached = await reachedByTab(page, 5);
        expect(reached.map(({ name }) => name)).toEqual([
          'Amount in EUR',
          '10.00 EUR',
          '25.50 EUR',
          'EURC Euro Coin',
          'Continue',
        ]);
        expect(reached.every(({ outlined }) => outlined)).toBe(true);
      }
    }
    // The browser itself notes every answer of 422.
    expect(faults.filter((fault) => !fault.includes('422'))).toEqual([]);
  });

  it.each([
    ['light', 1100],
    ['dark', 1100],
    ['light', 320],
    ['dark', 320],
  ] as const)('is accessible in %s at %i pixels, before and after payment', async (colorScheme, width) => {
    const { page, faults } = await open(await link({ metadata: { title: 'Beans', description: 'House blend' } }), {
      colorScheme,
      viewport: { width, height: 800 },
      reducedMotion: 'reduce',
    });
    for (const state of ['waiting', 'paid']) {
      await page.waitForSelector(`main[data-state=${state}]`);
      expect(await page.evaluate('checks.contrastFaults()')).toEqual([]);
      expect(await page.evaluate('checks.nameFaults()')).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      if (state === 'waiting') {
        const reached = await reachedByTab(page, 10);
        expect(reached.map(({ name }) => name)).toEqual([
          'Check again',
          'Open in wallet app',
          'Copy Address',
          'Copy Amount in USDC',
          'Copy Memo (type text)',
          'Copy Issuer of USDC',
          'Copy Memo id (number)',
          'Copy Muxed address',
          'See what it costs in XLM or EURC',
          'Pay with a test wallet',
        ]);
        expect(reached.every(({ outlined }) => outlined)).toBe(true);
        await page.keyboard.press('Enter');
      }
    }
    expect(faults).toEqual([]);
  });

  async function reachedByTab(page: Page, steps: number): Promise<Focused[]> {
    const reached: Focused[] = [];
    for (let step = 0; step < steps; step++) {
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
