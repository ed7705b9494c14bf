import { Memo } from '@stellar/stellar-sdk';
import { NO_CODE, qrSvg } from '../../src/checkout/qr-svg';
import { InvoicesService } from '../../src/invoices/invoices.service';
import { type Answer, ApiClient } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import type { TestMerchant } from '../support/shop';
import { TestWallet } from '../support/wallet';

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const BEYOND_LIMIT = { 'x-forwarded-for': '198.51.100.7' };
const TEST_PAYMENTS = 40;

/** One of each family of injection, spoofing and template tricks; none may leave text. */
const CORPUS = [
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '"><script>alert(1)</script>',
  "' onmouseover='alert(1)",
  '</title><script>alert(1)</script>',
  '</script><script>alert(1)</script>',
  '<!--<script>-->',
  '[a](javascript:alert(1))',
  '![](x" onerror=alert(1))',
  '<a href="data:text/html,<script>alert(1)</script>">x</a>',
  '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
  '<iframe srcdoc="<script>alert(1)</script>">',
  '<meta http-equiv=refresh content="0;url=//evil.example">',
  '<base href=//evil.example>',
  '<form action=//evil.example><button>',
  "{{constructor.constructor('alert(1)')()}}",
  '${7*7}',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  'line\u2028separator\u2029</script>',
  '\u202e0000.1\u202c PAID \u200b\u2066x\u2069',
  `${'<b>'.repeat(40)}deep`,
];

const TAGS = new Set(
  'html head meta title link script body main div section p h1 h2 h3 bdi span strong a figure img figcaption dl dt dd code button time table caption thead tbody tfoot tr th td small footer progress svg circle path form fieldset legend label input ul li'.split(
    ' ',
  ),
);

function assertOwnMarkupOnly(page: string): void {
  const body = page.replace(/^<!doctype html>/, '');
  for (const [tag, name = ''] of body.matchAll(/<\/?([a-z0-9]*)[^>]*>?/gi)) {
    expect(TAGS).toContain(name);
    expect(tag).not.toMatch(/\s(on\w+|style|srcdoc|formaction)\s*=/i);
  }
  expect(page.match(/<script\b/g)).toHaveLength(1);
  expect(page).toMatch(/<script src="\/pay\/assets\/checkout\.js\?v=[\w-]+" integrity="sha256-[^"]+" defer><\/script>/);
  expect(
    [...page.matchAll(/(?:src|href)="([^"]*)"/g)]
      .map(([, url]) => url)
      .filter((url) => !/^(\/pay\/|web\+stellar:pay\?|data:image\/svg\+xml,|$)/.test(url ?? '')),
  ).toEqual([]);
  expect(page).not.toMatch(/[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/);
}

describe("the payer's page over HTTP", () => {
  let app: TestApp;
  let merchant: TestMerchant;
  beforeAll(async () => {
    app = await TestApp.start({
      env: { TRUST_PROXY_HOPS: '1', LIMIT_PAY_INTENTS_PER_5_MINUTES: String(TEST_PAYMENTS) },
    });
    merchant = await app.merchant();
  });
  afterAll(() => app.stop());

  const link = async (body: Record<string, unknown>, client = merchant.client): Promise<string> => {
    const answer = await client.post('/api/links', { asset: 'XLM', amount: '5', ...body });
    expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
    return answer.body.id as string;
  };
  const page = (id: string): Promise<Answer> => app.client.get(`/pay/${id}`);
  const status = (id: string): Promise<Answer> => app.client.get(`/checkout/${id}/status`);
  const code = async (id: string): Promise<[number, string]> => {
    const answer = await app.client.get(`/pay/${id}/qr.svg`);
    return [answer.status, answer.text];
  };
  const payForTest = (id: string, headers = {}): Promise<Answer> =>
    app.client.send('POST', `/checkout/${id}/test-payment`, undefined, headers);

  it('says who, what, how much, until when and how; text, link, code, status and API agree', async () => {
    const id = await link({
      amount: '12.5',
      asset: 'USDC',
      metadata: { title: 'Beans & more', description: 'One\nTwo' },
    });
    const { text, headers, ...answer } = await page(id);
    expect(answer.status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-security-policy')).toBe(CSP);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    const facts = (await status(id)).body;
    expect(facts).toMatchObject({
      state: 'waiting',
      amount: '12.50',
      received: '0.00',
      owed: '12.50',
      asset: 'USDC',
      memoType: 'text',
      destination: merchant.wallet.address,
    });
    const { name } = (await app.sql<{ name: string }>('select name from merchants'))[0] ?? { name: '' };
    for (const shown of [
      `<bdi>${name}</bdi>`,
      '12.50 <span class="code">USDC</span>',
      'Beans &amp; more',
      'One\nTwo',
      facts.expiresAt,
      `<code id="pay-address">${facts.destination}</code>`,
      `<code id="pay-memo">${facts.memo}</code>`,
      '<code id="pay-amount">12.50</code>',
      `<code id="pay-issuer">${facts.issuer}</code>`,
      'Test money',
      'lang="en"',
    ]) {
      expect(text).toContain(shown);
    }
    const intent = await app.client.post(`/api/payments/${id}/pay-intent`, {});
    expect(facts.uri).toBe(intent.body.sep7Uri);
    expect(text).toContain(`href="${facts.uri.replaceAll('&', '&amp;')}"`);
    const code = await app.client.get(/\/pay\/\w+\/qr\.svg\?v=[\w-]+/.exec(text)?.[0] ?? '');
    expect(code.headers.get('content-type')).toContain('image/svg+xml');
    expect(code.headers.get('content-security-policy')).toBe(CSP);
    expect(code.text).toBe(qrSvg(facts.uri));
    assertOwnMarkupOnly(text);
    const assets = await Promise.all(
      [...text.matchAll(/"(\/pay\/assets\/[^"]+)"/g)].map(([, url]) => app.client.get(url ?? '')),
    );
    expect(assets).toHaveLength(2);
    expect(
      [text, code.text, ...assets.map((asset) => asset.text)].reduce((sum, part) => sum + Buffer.byteLength(part), 0),
    ).toBeLessThan(36_000);
  });

  it('keeps assets for ever under the name that carries their version only', async () => {
    const { text } = await page(await link({}));
    const url = /\/pay\/assets\/checkout\.js\?v=[\w-]+/.exec(text)?.[0] ?? '';
    const known = await app.client.get(url);
    expect(known.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(known.headers.get('content-type')).toContain('text/javascript');
    expect(known.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await app.client.get('/pay/assets/checkout.css?v=old')).headers.get('cache-control')).toBe('no-cache');
    expect((await app.client.get('/pay/assets/__proto__')).status).toBe(404);
  });

  it.each(CORPUS)('shows %j as text, wherever a stranger may write', async (vector) => {
    const id = await link({ metadata: { title: vector, description: `before\n${vector}\nafter` } });
    await app.sql('update merchants set name = $1', [vector]);
    const { text, status: code } = await page(id);
    expect(code).toBe(200);
    assertOwnMarkupOnly(text);
    expect(text).toMatch(/<p class="amount">5\.00 <span class="code">XLM<\/span><\/p>/);
    if (vector.includes('<img')) expect(text).toContain('&lt;img');
  });

  it('has a name for a merchant and a title made of nothing', async () => {
    // Neither can be given any more; what was kept before still has a page.
    const id = await link({});
    await app.sql("update invoices set title = E'\\u200b\\u2060' where public_id = $1", [id]);
    await app.sql("update merchants set name = E'\\u202e\\u200b'");
    const { text } = await page(id);
    expect(text).toContain('<bdi>Unnamed merchant</bdi>');
    expect(text).toContain('<h2 dir="auto">Payment</h2>');
    await app.sql("update merchants set name = 'Demo Coffee'");
  });

  it('shows an invoice with its lines', async () => {
    const [row] = await app.sql<{ id: string }>('select id from merchants');
    const { invoice } = await app.get(InvoicesService).create(
      { actor: 'test', requestId: null },
      {
        merchantId: row?.id ?? '',
        createdBy: 'test',
        network: 'sandbox',
        destination: merchant.wallet.address,
        asset: { code: 'XLM', issuer: null },
        status: 'DRAFT',
        title: 'October',
        description: null,
        notes: 'private note',
        reference: 'private reference',
        clientName: 'Ann Private',
        clientEmail: 'ann@private.example',
        clientCompany: null,
        clientAddress: null,
        lines: [{ description: 'Design', quantity: '2', rate: '40.00', amount: '80.00' }],
        subtotal: 800_000_000n,
        taxRate: 100_000,
        taxes: [{ percentage: '10', base: '80.00', tax: '8.00', inclusive: false }],
        taxAmount: 80_000_000n,
        discount: 30_000_000n,
        total: 850_000_000n,
        scale: 2,
        activateNewAccounts: false,
        expiresAt: null,
        policy: { toleranceBp: 0, lateGraceSeconds: 0 },
      },
      {
        name: 'invoices',
        subject: 'test',
        limit: 10,
        windowSeconds: 60,
        refusal: 'invoice_limit_reached',
        message: 'Too many',
      },
    );
    const { text } = await page(invoice.publicId);
    expect(text).toContain('data-state="waiting"');
    expect(text.replace(/<[^>]+>/g, ' ')).toMatch(
      /Design\s+2 × 40\.00\s+80\.00\s+Subtotal\s+80\.00\s+Tax 10 %\s+8\.00\s+Discount\s+-3\.00\s+Total\s+85\.00/,
    );
    expect(text).not.toContain('Pay before');
    expect(text.toLowerCase()).not.toContain('private');
    assertOwnMarkupOnly(text);
  });

  it('answers 304 until something changes, then follows money: part, rest, paid', async () => {
    const id = await link({ amount: '10' });
    const first = await status(id);
    const tag = first.headers.get('etag') ?? '';
    expect(tag).toMatch(/^"[\w-]{22}"$/);
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    for (const given of [tag, `W/${tag}`, `"other", ${tag}`])
      expect((await app.client.get(`/checkout/${id}/status`, { 'if-none-match': given })).status).toBe(304);
    const payer = await app.wallet();
    await payer.pay(merchant.wallet.address, '4', { memo: Memo.text(first.body.memo) });
    const part = await eventually(
      () => app.client.get(`/checkout/${id}/status`, { 'if-none-match': tag }),
      (answer) => answer.status === 200,
    );
    expect(part.body).toMatchObject({
      state: 'partial',
      received: '4.00',
      owed: '6.00',
      uri: expect.stringContaining('amount=6&'),
    });
    const { text } = await page(id);
    expect(text).toContain('Received 4.00 of 10.00 XLM');
    expect(await code(id)).toEqual([200, qrSvg(part.body.uri)]);
    const { hash } = await payer.pay(merchant.wallet.address, '6', { memo: Memo.text(first.body.memo) });
    const paid = await eventually(
      () => status(id),
      (answer) => answer.body.state === 'paid',
    );
    expect(paid.body).toMatchObject({ owed: '0.00', uri: null, transactionHash: hash });
    const after = await page(id);
    expect(after.text).toContain(`<code id="pay-hash">${hash}</code>`);
    expect(after.text).not.toContain('web+stellar');
    expect([text.includes('receipt.pdf'), after.text.includes(`<a href="/pay/${id}/receipt.pdf">`)]).toEqual([
      false,
      true,
    ]);
    const receipt = await app.client.get(`/pay/${id}/receipt.pdf`);
    expect([receipt.status, receipt.headers.get('content-type'), receipt.text.startsWith('%PDF-')]).toEqual([
      200,
      'application/pdf',
      true,
    ]);
    expect(await code(id)).toEqual([200, NO_CODE]);
  });

  it.each([
    ['cancelled', "status = 'CANCELLED'", 'The merchant has cancelled this request'],
    ['expired', "status = 'EXPIRED'", 'This request has expired'],
    ['failed', "status = 'FAILED'", 'This payment has failed'],
  ])('offers no way to pay what is %s', async (state, change, sentence) => {
    const id = await link({});
    await app.sql(`update invoices set ${change} where public_id = $1`, [id]);
    const { text, status: answered } = await page(id);
    expect(answered).toBe(200);
    expect(text).toContain(sentence);
    expect(text).not.toMatch(/web\+stellar|qr\.svg|pay-address|test-payment/);
    expect((await status(id)).body).toMatchObject({ state, uri: null });
    // Asked for by a page that was made before.
    expect(await code(id)).toEqual([200, NO_CODE]);
    const refused = await payForTest(id);
    expect([refused.status, refused.body.error]).toEqual([
      400,
      `Invoice cannot be paid. Current status: ${state.toUpperCase()}`,
    ]);
  });

  it('shows a draft to whoever was given its id, and nothing once it is deleted (E17)', async () => {
    const { body: draft } = await merchant.client.post('/api/invoices', { currency: 'XLM', amount: 3, title: 'Draft' });
    const [row] = await app.sql<{ id: string }>('select public_id as id from invoices where number = $1', [
      draft.invoiceNumber,
    ]);
    const id = row?.id ?? '';
    expect((await status(id)).body.state).toBe('waiting');
    expect((await merchant.client.delete(`/api/invoices/${draft.id}`)).status).toBe(200);
    for (const path of [
      `/pay/${id}`,
      `/pay/${id}/qr.svg`,
      `/pay/${id}/prices`,
      `/checkout/${id}/status`,
      `/checkout/${id}/offer`,
    ])
      expect([path, (await app.client.get(path)).status]).toEqual([path, 404]);
    expect((await payForTest(id)).status).toBe(404);
  });

  it('has a page for ids that lead nowhere, and the error of the family for everything else', async () => {
    for (const id of ['nope', 'a'.repeat(32), '..%2f..%2fetc', encodeURIComponent('<script>alert(1)</script>')]) {
      const answer = await page(id);
      expect(answer.status).toBe(404);
      expect(answer.headers.get('content-security-policy')).toBe(CSP);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.text).toContain('This payment page does not exist');
      expect(answer.text).not.toContain('alert');
    }
    for (const [method, path] of [
      ['GET', '/pay'],
      ['GET', '/pay/a/b/c'],
      ['POST', '/pay/nope'],
      ['GET', '/pay/nope/qr.svg'],
    ] as const) {
      const answer = await app.client.send(method, path, undefined);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(answer.headers.get('content-type')).toContain('text/html');
      expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    }
    expect((await status('nope')).body).toEqual({ error: 'Invoice not found' });
  });

  describe('the test wallet of the sandbox', () => {
    it.each([
      ['USDC', '2500.0000001'],
      ['XLM', '10001'],
    ])('pays %s %s, more than one visit to the faucet gives', async (asset, amount) => {
      const id = await link({ asset, amount });
      const answer = await payForTest(id);
      expect([answer.status, answer.text]).toEqual([200, expect.stringMatching(/[0-9a-f]{64}/)]);
      expect((await status(id)).body).toMatchObject({
        state: 'paid',
        received: (await status(id)).body.amount,
        transactionHash: answer.body.transactionHash,
      });
      expect((await payForTest(id)).status).toBe(400);
    });

    it('pays once when it is asked twice at the same moment', async () => {
      const id = await link({});
      const [one, two] = await Promise.all([payForTest(id), payForTest(id)]);
      expect(one.body).toEqual(two.body);
      expect((await status(id)).body).toMatchObject({ state: 'paid', received: '5.00' });
    });

    it('pays the rest of what is partly paid', async () => {
      const id = await link({ amount: '7' });
      const { memo } = (await status(id)).body;
      await (await app.wallet()).pay(merchant.wallet.address, '3', { memo: Memo.text(memo) });
      await eventually(
        () => status(id),
        (answer) => answer.body.state === 'partial',
      );
      expect((await payForTest(id)).status).toBe(200);
      expect((await status(id)).body).toMatchObject({ state: 'paid', received: '7.00' });
    });

    it('opens an account only where the request allows it', async () => {
      const wallet = TestWallet.unfunded(app.horizonUrl, app.network.passphrase);
      const newcomer = new ApiClient(app.url, { authorization: `Bearer ${await wallet.signIn(app.url)}` });
      const closed = await payForTest(await link({}, newcomer));
      expect([closed.status, closed.body.error]).toEqual([
        400,
        expect.stringContaining('does not exist on the sandbox yet'),
      ]);
      const opening = await payForTest(await link({ activateNewAccounts: true }, newcomer));
      expect([opening.status, opening.text]).toEqual([200, expect.any(String)]);
      const untrusted = await payForTest(await link({ asset: 'USDC' }, newcomer));
      expect([untrusted.status, untrusted.body.error]).toEqual([400, expect.stringContaining('no trustline')]);
    });

    it.each([
      ['USDC', 'XLM'],
      ['XLM', 'EURC'],
    ])('pays %s with %s, at the price that the page tells when asked', async (asset, other) => {
      const id = await link({ asset, amount: '5' });
      const { text } = await page(id);
      expect(text).toContain(`<a href="/pay/${id}/prices">See what it costs in `);
      expect(text).not.toContain('sendAsset');
      const told = await app.client.get(`/pay/${id}/prices`);
      expect(told.status).toBe(200);
      assertOwnMarkupOnly(told.text);
      expect(told.text).toMatch(
        new RegExp(`<dt>${other}</dt><dd><span>\\d+\\.\\d{2,7} <small class="label">at most \\d+\\.\\d{2,7}</small>`),
      );
      expect(told.text).toContain(`data-action="/checkout/${id}/test-payment?sendAsset=${other}"`);
      const answer = await app.client.send('POST', `/checkout/${id}/test-payment?sendAsset=${other}`, undefined);
      expect([answer.status, answer.text]).toEqual([200, expect.stringMatching(/[0-9a-f]{64}/)]);
      expect((await status(id)).body).toMatchObject({ state: 'paid', asset, received: '5.00' });
      const after = await app.client.get(`/pay/${id}/prices`);
      expect([after.status, after.text.includes('pay-hash'), after.text.includes('sendAsset')]).toEqual([
        200,
        true,
        false,
      ]);
    });

    it('says that nobody can say, when the market is out of reach, and still how to pay', async () => {
      const id = await link({ asset: 'USDC', amount: '900000000' });
      const told = await app.client.get(`/pay/${id}/prices`);
      expect([told.status, told.text.replace(/<[^>]+>/g, ' ')]).toEqual([
        200,
        expect.stringMatching(/The market has no way|Nobody can say/),
      ]);
      expect(told.text).toContain('web+stellar:pay');
      const refused = await app.client.send('POST', `/checkout/${id}/test-payment?sendAsset=XLM`, undefined);
      expect([refused.status, typeof refused.body.error]).toEqual([503, 'string']);
      expect((await app.client.send('POST', `/checkout/${id}/test-payment?sendAsset=DOGE`, undefined)).status).toBe(
        422,
      );
      expect((await app.client.get('/pay/nope/prices')).status).toBe(404);
    });

    it('says so when it cannot afford it', async () => {
      for (const asset of ['XLM', 'USDC']) {
        const answer = await payForTest(await link({ asset, amount: '300000' }));
        expect([answer.status, answer.body.error]).toEqual([
          400,
          expect.stringContaining('A test wallet can pay at most'),
        ]);
      }
    });

    it('does not exist on any other network, nor for anything unknown', async () => {
      const id = await link({});
      await app.sql("update invoices set network = 'testnet' where public_id = $1", [id]);
      expect((await payForTest(id)).status).toBe(404);
      expect((await payForTest('nope')).status).toBe(404);
    });

    it('is rate limited by address', async () => {
      const answers = await Promise.all(
        Array.from({ length: TEST_PAYMENTS + 1 }, () => payForTest('nope', BEYOND_LIMIT)),
      );
      expect(answers.filter((answer) => answer.status === 429)).toHaveLength(1);
      expect(answers.find((answer) => answer.status === 429)?.headers.get('retry-after')).toMatch(/^\d+$/);
    });
  });
});
