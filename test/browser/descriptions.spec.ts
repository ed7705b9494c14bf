import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { coverImage } from '../../src/checkout/pictures';
import { HOSTILE_WORDS } from '../../src/checkout/hostile-words.fixture';
import { wordsMarkup } from '../../src/checkout/markdown';
import { html, Markup } from '../../src/checkout/markup';
import { STYLES } from '../../src/checkout/page-assets';
import { pageDocument } from '../../src/checkout/page-document';
import { HTML_TYPE, pageHeaders } from '../../src/checkout/page-security';
import { coverHost } from '../../src/links/terms/cover-image';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
  existsSync(file),
);
const withChromium = CHROMIUM === undefined ? describe.skip : describe;

const PICTURE = 'https://images.shop.example/beans.svg?size=1';
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630"><rect width="1200" height="630" fill="#7a5230"/><script>alert(1)</script></svg>`;
const DESCRIPTION = `Fresh **beans** from *Jimma*, roasted on the day they are sent.
Ask us about [our terms](https://shop.example/terms) or [bank.example](https://elsewhere.example).

## In the box

1. Beans, 500 g
2. A card
   - with the day of the roast
   - and the name of the farm

<https://shop.example/${'a-long-address-'.repeat(12)}>`;

/** Kept by each frame of a page before anything of its own runs. */
const LISTENER = `window.violations = [];
document.addEventListener('securitypolicyviolation', (event) => window.violations.push(event.effectiveDirective + ' ' + event.blockedURI));`;
const VIOLATIONS = 'window.violations';

interface Open {
  readonly page: Page;
  /** Dialogs, complaints on the console, and requests to other hosts with their referrer. */
  readonly seen: string[];
}

withChromium("a merchant's words and picture in a browser", () => {
  let server: Server;
  let origin: string;
  let browser: Browser;
  let main = html``;
  let headers: Readonly<Record<string, string>> = {};

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === STYLES.path) response.writeHead(200, { 'content-type': STYLES.contentType }).end(STYLES.body);
      else
        response
          .writeHead(200, { ...headers, 'content-type': HTML_TYPE })
          .end(pageDocument({ title: 'Beans', main, live: false }));
    });
    server.listen(0, '127.0.0.1');
    [browser] = await Promise.all([
      chromium.launch({ executablePath: CHROMIUM ?? '', args: ['--no-sandbox'] }),
      once(server, 'listening'),
    ]);
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  /** Opens what was said with these headers. No request leaves the machine: other hosts answer here, or not at all. */
  async function open(
    words: Markup,
    sent: Readonly<Record<string, string>>,
    options: BrowserContextOptions = {},
  ): Promise<Open> {
    main = html`<main><div class="sheet"><section class="part request"><h1>Demo Coffee</h1><div class="purpose"><div class="theirs">${words}</div></div></section></div></main>`;
    headers = sent;
    const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, ...options });
    await context.addInitScript(LISTENER);
    await context.addInitScript({ path: path.join(__dirname, 'in-page.js') });
    const page = await context.newPage();
    const seen: string[] = [];
    await answerForOthers(context, seen);
    page.on('console', (message) => seen.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => seen.push(`error: ${error.message}`));
    page.on('dialog', (dialog) => {
      seen.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(origin, { waitUntil: 'load' });
    return { page, seen };
  }

  async function answerForOthers(context: BrowserContext, seen: string[]): Promise<void> {
    await context.route(
      (url) => url.origin !== origin,
      async (route) => {
        const { referer, cookie } = await route.request().allHeaders();
        const url = route.request().url();
        seen.push(`request: ${url} ${String(referer)} ${String(cookie)}`);
        if (url === PICTURE) await route.fulfill({ contentType: 'image/svg+xml', body: SVG });
        else if (url.endsWith('/moved.svg'))
          await route.fulfill({ status: 302, headers: { location: 'https://evil.example/a.svg' } });
        else await route.abort();
      },
    );
  }

  const words = (text: string): Markup => html`<div class="words">${wordsMarkup(text)}</div>`;
  const corpus = (): Markup => html`${HOSTILE_WORDS.map(words)}`;

  it.each([
    ['under the policy of every page', pageHeaders([])],
    ['even without a policy', {}],
  ])('G01: hostile descriptions run nothing, load nothing and are reported by nobody, %s', async (_name, sent) => {
    const { page, seen } = await open(corpus(), sent);
    expect(await page.locator('.words').count()).toBe(HOSTILE_WORDS.length);
    // What waits for a hand.
    await page.evaluate(`document.querySelectorAll('.words *').forEach((element) => {
      for (const kind of ['mouseover', 'pointerenter', 'focus', 'blur', 'toggle', 'error', 'load']) element.dispatchEvent(new Event(kind, { bubbles: true }));
    })`);
    expect(
      await page.evaluate(
        `[...new Set([...document.querySelectorAll('.words *')].map(({ tagName }) => tagName))].sort()`,
      ),
    ).toEqual(['A', 'BDI', 'BR', 'EM', 'LI', 'OL', 'P', 'STRONG', 'UL']);
    expect(
      await page.evaluate(
        `[...new Set([...document.querySelectorAll('.words *')].flatMap((element) => element.getAttributeNames()))].sort()`,
      ),
    ).toEqual(['class', 'dir', 'href', 'rel', 'start']);
    expect(await page.evaluate(`[...new Set([...document.links].map(({ protocol }) => protocol))]`)).toEqual([
      'https:',
    ]);
    expect(await page.evaluate(VIOLATIONS)).toEqual([]);
    expect(page.frames()).toHaveLength(1);
    expect(seen).toEqual([]);
    await page.context().close();
  });

  it('would be seen if they did: a script, a handler and a picture that stand there as HTML', async () => {
    const raw = new Markup('<img src="https://evil.example/a.png" onerror="alert(1)"><script>alert(2)</script>');
    const bare = await open(raw, {});
    await bare.page.waitForFunction('document.images[0].complete');
    expect(bare.seen).toEqual(
      expect.arrayContaining(['dialog: 2', expect.stringContaining('request: https://evil.example/a.png')]),
    );
    const guarded = await open(raw, pageHeaders([]));
    await guarded.page.waitForFunction(`${VIOLATIONS}.length >= 3`);
    expect(await guarded.page.evaluate(`${VIOLATIONS}.sort()`)).toEqual([
      'img-src https://evil.example/a.png',
      'script-src-attr inline',
      'script-src-elem inline',
    ]);
    expect(guarded.seen.filter((each) => !each.startsWith('console: '))).toEqual([]);
    await Promise.all([bare.page.context().close(), guarded.page.context().close()]);
  });

  it('a cover image comes from its host, which learns nothing of the page, and runs nothing', async () => {
    const { page, seen } = await open(html`${coverImage(PICTURE, 'Beans')}`, pageHeaders([coverHost(PICTURE) ?? '']));
    expect(
      await page.evaluate(
        `document.querySelector('.cover').decode().then(() => document.querySelector('.cover').naturalWidth)`,
      ),
    ).toBe(1200);
    expect(seen).toEqual([`request: ${PICTURE} undefined undefined`]);
    expect(await page.evaluate(VIOLATIONS)).toEqual([]);
    await page.context().close();
  });

  it('no other host is admitted with it, neither for a picture nor for where a picture leads', async () => {
    const sent = pageHeaders([coverHost(PICTURE) ?? '']);
    const elsewhere = html`${coverImage('https://evil.example/a.svg', 'Beans')}${coverImage('https://images.shop.example/moved.svg', 'Beans')}`;
    const { page, seen } = await open(elsewhere, sent);
    await page.waitForFunction('[...document.images].every(({ complete }) => complete)');
    expect(await page.evaluate('[...document.images].map(({ naturalWidth }) => naturalWidth)')).toEqual([0, 0]);
    // A redirect is told by the address that led to it.
    expect(await page.evaluate(`[...new Set(${VIOLATIONS})].sort()`)).toEqual([
      'img-src https://evil.example/a.svg',
      'img-src https://images.shop.example/moved.svg',
    ]);
    expect(seen.filter((each) => each.startsWith('request'))).toEqual([
      'request: https://images.shop.example/moved.svg undefined undefined',
    ]);
    await page.context().close();
  });

  it.each([
    ['light', 320],
    ['light', 1100],
    ['dark', 320],
    ['dark', 1100],
  ] as const)('fit in %s at %i pixels, and are told apart from their ground', async (colorScheme, width) => {
    const own = html`${coverImage(PICTURE, 'Beans')}<h2>Beans</h2>${words(DESCRIPTION)}`;
    const { page, seen } = await open(own, pageHeaders([coverHost(PICTURE) ?? '']), {
      colorScheme,
      viewport: { width, height: 900 },
    });
    expect(await page.evaluate('checks.contrastFaults()')).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    const { width: shown = 0, height = 0 } = (await page.locator('.cover').boundingBox()) ?? {};
    expect(shown / height).toBeCloseTo(1200 / 630, 1);
    expect(await page.locator('.words > p > a').allInnerTexts()).toEqual([
      'our terms (shop.example)',
      'bank.example (elsewhere.example)',
      expect.stringMatching(/^https:\/\/shop\.example\//),
    ]);
    expect(seen).toHaveLength(1);
    await page.context().close();
  });

  it('hostile descriptions stay within a narrow page', async () => {
    const { page } = await open(corpus(), pageHeaders([]), { viewport: { width: 320, height: 640 } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    await page.context().close();
  });
});
