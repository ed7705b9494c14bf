import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { TestApp } from '../support/app';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
  existsSync(file),
);
const withChromium = CHROMIUM === undefined ? describe.skip : describe;

const PAGES = ['/', '/docs'];
const WIDTHS = [320, 360, 768, 1280];
/** Colours and widths: of four ways to cross them two, because looking at the long page takes a browser half a minute. */
const LOOKS = [
  ['light', 360],
  ['dark', 1280],
] as const;

withChromium('the pages for who comes without a payment link, in a browser', () => {
  let app: TestApp;
  let browser: Browser;
  beforeAll(async () => {
    [app, browser] = await Promise.all([
      TestApp.start({ reconcile: false, env: { ROLE: 'api' } }),
      chromium.launch({ executablePath: CHROMIUM ?? '', args: ['--no-sandbox'] }),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
  });

  /** The page with everything that the browser complained of while it came, its icon included. */
  async function open(
    path: string,
    width: number,
    colorScheme: 'light' | 'dark',
  ): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> {
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('response', (response) => {
      if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
    });
    page.on('requestfailed', (request) => complaints.push(`${request.url()} ${request.failure()?.errorText}`));
    await page.goto(app.url + path, { waitUntil: 'networkidle' });
    return { page, complaints };
  }

  it.each(PAGES.flatMap((path) => WIDTHS.map((width) => [path, width] as const)))(
    '%s fits %d pixels, and breaks no rule of its own',
    async (path, width) => {
      const { page, complaints } = await open(path, width, 'light');
      expect(complaints).toEqual([]);
      // Folded answers too.
      const wide = await page.evaluate(`(() => {
      for (const each of document.querySelectorAll('details')) each.open = true;
      return document.documentElement.scrollWidth;
    })()`);
      expect(wide).toBeLessThanOrEqual(width);
      await page.context().close();
    },
  );

  it.each(PAGES.flatMap((path) => LOOKS.map(([scheme, width]) => [path, scheme, width] as const)))(
    '%s in the %s at %d pixels has contrast, names and order for everybody (WCAG 2.2 AA)',
    async (path, scheme, width) => {
      const { page } = await open(path, width, scheme);
      await page.evaluate(axe.source);
      const violations = await page.evaluate(
        `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.length + ' ' + nodes[0].html.slice(0, 200)))`,
      );
      expect(violations).toEqual([]);
      await page.context().close();
    },
  );

  it('/docs names the address at which this service is reached', async () => {
    const { text } = await app.client.get('/docs');
    expect(text).toContain(`URL=${app.env.publicUrl}\n`);
    expect(text).not.toContain(':3000');
  });
});
