import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { Clock } from '../../src/common/clock';
import type { TestApp } from '../support/app';
import type { TestShop } from '../support/shop';
import { type MadeLink, shopLink, type ShopLinkWish } from '../support/shop-link';
import { DAY, forward, Subscriber } from '../support/subscriber';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
  existsSync(file),
);
const withChromium = CHROMIUM === undefined ? describe.skip : describe;

type Look = readonly [scheme: 'light' | 'dark', width: number];
const LOOKS: readonly Look[] = [
  ['light', 1280],
  ['dark', 320],
];
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
/** Words that a shop in another script would write, and one word that is longer than any line. */
const ARABIC = 'قهوة عربية مميزة';
const LONG = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen'.repeat(2);

withChromium("the pages of shops and subscribers, for everybody's eyes and hands", () => {
  let app: TestApp;
  let browser: Browser;
  let shop: TestShop;
  let pair: Record<string, string>;
  const pages = new Map<string, string>();

  const make = (wish: ShopLinkWish): Promise<MadeLink> => shopLink(app, shop.merchantId, wish);
  const product = async (attributes: object = {}): Promise<string> =>
    (await shop.partner.create('products', { name: 'Tee', price: '20', currency: 'USD', ...attributes })).body.data.id;
  const put = async (link: MadeLink, body: object): Promise<void> => {
    const { status } = await app.client.send('PUT', `/api/v0/payment-links/${link.id}`, body, {
      ...pair,
      'content-type': 'application/json',
    });
    expect(status).toBe(200);
  };
  const form = (path: string, fields: Record<string, string>): Promise<Response> =>
    fetch(app.url + path, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) });
  const portalOf = ({ portal }: Subscriber): string => new URL(portal, app.url).pathname;

  beforeAll(async () => {
    [app, browser] = await Promise.all([
      Subscriber.app(),
      chromium.launch({ executablePath: CHROMIUM ?? '', args: ['--no-sandbox'] }),
    ]);
    shop = await app.shop();
    pair = await app.clientPair(shop.merchantId);
    await app.sql("update merchants set name = 'Café Zoë'");

    const due = await Subscriber.begin(app, shop, { interval: 'month' });
    await due.pay();
    const expired = await make({ kind: 'donation', amount: 50_000_000n, expiresAt: at(5 * DAY) });
    await forward(app, { advanceSeconds: 33 * DAY });
    expect(await due.status()).toBe('past_due');
    pages.set('a subscription that is due', portalOf(due));
    pages.set('a link that has expired', expired.path);

    const active = await Subscriber.begin(app, shop, { interval: 'month' });
    await active.pay();
    pages.set('a subscription', portalOf(active));
    const waiting = await Subscriber.begin(app, shop, { interval: 'year' });
    pages.set('a subscription that waits for its first payment', portalOf(waiting));
    const leaving = await Subscriber.begin(app, shop, { interval: 'month' });
    await leaving.pay();
    await form(portalOf(leaving), { does: 'cancel_at_end' });
    pages.set('a subscription that is to end', portalOf(leaving));
    const cancelled = await Subscriber.begin(app, shop, { interval: 'month' });
    await form(portalOf(cancelled), { does: 'cancel' });
    expect(await cancelled.status()).toBe('cancelled');
    pages.set('a subscription that was cancelled', portalOf(cancelled));

    const goods: [string, number][] = [
      [await product({ description: 'Organic cotton, all sizes' }), 2],
      [await product({ name: LONG, price: '7.5', description: LONG }), 1],
      [await product({ name: ARABIC, price: '1234.56' }), 1],
    ];
    const address = { customFields: { size: 'Which size?', note: 'ملاحظة للبائع' }, collectsAddress: true };
    const basket = { goods, adjustsQuantity: true, coverImage: 'https://images.example.com/tee.jpg', ...address };
    pages.set(
      'a basket',
      (
        await make({
          ...basket,
          title: 'Summer sale',
          description: 'For **you**\n\n- one\n- [two](https://example.com/two)',
        })
      ).path,
    );
    pages.set(
      'a basket from right to left',
      (await make({ goods, adjustsQuantity: false, title: ARABIC, description: `${ARABIC} **${ARABIC}**` })).path,
    );
    const gone = await product({ name: 'Cap' });
    const archived = await make({ goods: [...goods.slice(0, 1), [gone, 1]], adjustsQuantity: true });
    await shop.partner.send('PATCH', `products/${gone}`, {
      data: { type: 'products', id: gone, attributes: { status: 'archived' } },
    });
    pages.set('a basket of which something is not sold any more', archived.path);
    for (let count = 0; count < 25; count++) await product({ name: `Tea number ${count}`, price: '3' });
    pages.set('a catalogue', (await make({ sellsEverything: true, adjustsQuantity: true })).path);
    pages.set('a catalogue of single pieces', (await make({ sellsEverything: true, adjustsQuantity: false })).path);
    pages.set('a fixed price', (await make({ kind: 'product', amount: 299_900_000n, title: LONG })).path);
    pages.set(
      'a donation',
      (
        await make({
          kind: 'donation',
          openAmount: {
            minimum: 100_000n,
            maximum: 1_000_000_000n,
            presets: [50_000_000n, 100_000_000n, 250_000_000n],
          },
        })
      ).path,
    );
    pages.set('an offer to subscribe', `/pay/${(await Subscriber.link(app, shop, { interval: 'month' })).publicId}`);
    const soldOut = await make({ kind: 'donation', amount: 50_000_000n, maxPayments: 1 });
    await form(`/pay/${soldOut.publicId}`, { asset: 'USDC' });
    pages.set('a link that is sold out', soldOut.path);
    const paused = await make({ kind: 'donation', amount: 50_000_000n });
    await put(paused, { status: 'INACTIVE' });
    pages.set('a link that is paused', paused.path);
    pages.set('no link', '/p/cafe-zoe/nothing');
    pages.set('no subscription', `/s/${'a'.repeat(32)}`);
    pages.set('how the service is', '/status');
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
  });

  const at = (seconds: number): Date => new Date(app.get(Clock).now().getTime() + seconds * 1000);

  /** A window that shows page after page. */
  async function windowOf([colorScheme, width]: Look, javaScriptEnabled = true): Promise<Page> {
    const context = await browser.newContext({
      colorScheme,
      javaScriptEnabled,
      viewport: { width, height: 800 },
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    await page.route('https://images.example.com/**', (route) =>
      route.fulfill({ contentType: 'image/png', body: PIXEL }),
    );
    return page;
  }

  /** What axe finds in the page, with the element, and whether it is wider than its window. */
  async function faultsOf(page: Page, name: string): Promise<string[]> {
    await page.evaluate(axe.source);
    const found = await page.evaluate<string[]>(
      `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.length + ' ' + nodes[0].html.slice(0, 200)))`,
    );
    return [...found.map((fault) => `${name}: ${fault}`), ...(await widthFaults(page, name))];
  }

  async function widthFaults(page: Page, name: string): Promise<string[]> {
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    return wide > 0 ? [`${name}: scrolls by ${wide} pixels`] : [];
  }

  it.each(LOOKS)('are accessible in %s at %d pixels (WCAG 2.2 AA), and fit', async (scheme, width) => {
    const look = LOOKS.findIndex(([each]) => each === scheme);
    const page = await windowOf([scheme, width]);
    const faults: string[] = [];
    // All fit everywhere; what axe looks for is in one look or the other: pages are made of the same parts.
    for (const [place, [name, path]] of [...pages].entries()) {
      await page.goto(app.url + path);
      faults.push(...(await (place % LOOKS.length === look ? faultsOf : widthFaults)(page, name)));
    }
    await page.context().close();
    expect(faults).toEqual([]);
  });

  it.each(LOOKS)('are so in %s at %d pixels when a form was refused, or is asked again', async (...look) => {
    const page = await windowOf(look);
    const faults: string[] = [];
    for (const name of ['a basket', 'a catalogue', 'an offer to subscribe', 'a donation', 'a subscription']) {
      await page.goto(app.url + pages.get(name));
      if (name === 'an offer to subscribe') await page.getByLabel(/E-mail/).fill('nobody');
      await page
        .getByRole('button', { name: name === 'a subscription' ? 'Cancel the subscription' : 'Continue' })
        .click();
      await page
        .locator(name === 'a subscription' ? 'text=Do you want to cancel?' : '.fault')
        .first()
        .waitFor();
      if (name === 'a basket') expect(await page.locator('#street:focus').count()).toBe(1);
      faults.push(...(await faultsOf(page, `${name}, asked again`)));
    }
    await page.context().close();
    expect(faults).toEqual([]);
  });

  it('offer nothing without a script that needs one', async () => {
    const page = await windowOf(['light', 360], false);
    for (const [name, path] of pages) {
      await page.goto(app.url + path);
      expect([name, await page.locator('button[type=button]:visible').count()]).toEqual([name, 0]);
    }
    await page.context().close();
  });
});
