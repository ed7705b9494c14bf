import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Memo } from '@stellar/stellar-sdk';
import { ExpiryService } from '../../src/payments/expiry.service';
import type { Answer, Json } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import { ManualClock } from '../support/manual-clock';
import type { PartnerProgram } from '../support/partner-program';
import { RateSource } from '../support/rate-source';
import type { TestWallet } from '../support/wallet';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const NOWHERE = 'abcdefghijklmnopqrstuvwxyz234567';
const SUCCESS = 'https://shop.example/thanks?order=7';
const UNSUCCESS = 'https://shop.example/sorry';
const CHOICES = 200;
const HELD = 2;
/** Longer than an answer of a source is remembered. */
const REMEMBERED_MS = 60_000;

let app: TestApp;
let rates: RateSource;
let shop: TestWallet;
let payer: TestWallet;
let partner: PartnerProgram;
/** Null: the source is down. */
let price: string | null = '0.25';
const clock = new ManualClock();

beforeAll(async () => {
  rates = await RateSource.start(
    () => price,
    () => clock.now().getTime(),
  );
  const env = {
    ...rates.onlyEnv,
    TRUST_PROXY_HOPS: '1',
    LIMIT_PAY_INTENTS_PER_5_MINUTES: String(CHOICES),
    LIMIT_UNPAID_CHECKOUTS: String(HELD),
  };
  app = await TestApp.start({ ports: { clock }, env });
  [{ wallet: shop, partner }, payer] = await Promise.all([app.shop(), app.wallet(['EURC'])]);
  await app.sql("update merchants set name = 'Demo Coffee'");
});
afterAll(async () => {
  await app.stop();
  await rates.stop();
});

const ahead = (ms: number): string => new Date(clock.now().getTime() + ms).toISOString();
const open = async (changes: object = {}, relationships?: object): Promise<Json> => {
  const { status, body } = await partner.create(
    'payment_links',
    {
      amount: '20',
      currency: 'EUR',
      paymentType: 'Invoice',
      expires_at: ahead(24 * 3_600_000),
      title: 'Two bags of beans',
      ...changes,
    },
    relationships,
  );
  expect([status, body]).toEqual([201, expect.anything()]);
  return body.data;
};
const idOf = (link: Json): string => link.attributes.publicId;
let payers = 0;
/** Every payer has an address of his own, so that only one test meets the limit. */
const somebody = (): Record<string, string> => ({
  'x-forwarded-for': `10.${(payers >> 16) & 255}.${(payers >> 8) & 255}.${payers++ & 255}`,
});
const get = async (path: string, headers: Record<string, string> = {}): Promise<Response & { html: string }> => {
  const response = await fetch(app.url + path, { redirect: 'manual', headers });
  return Object.assign(response, { html: await response.text() });
};
const send = async (
  id: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response & { html: string; payer: Record<string, string> }> => {
  const payer = { ...somebody(), ...headers };
  const response = await fetch(`${app.url}/pay/${id}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { ...FORM, ...payer },
    body: new URLSearchParams(fields).toString(),
  });
  return Object.assign(response, { html: await response.text(), payer });
};
const choose = (id: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  app.client.post(`/checkout/${id}/choice`, body, { ...somebody(), ...headers });
const offer = (id: string): Promise<Answer> => app.client.get(`/checkout/${id}/offer`);
const status = async (id: string): Promise<Json> => (await app.client.get(`/checkout/${id}/status`)).body;
const words = (page: string): string => page.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');

describe('the page of a link that its payer must choose for', () => {
  it('says who, what, how much and until when, offers every asset, and is whole without a script', async () => {
    const link = await open({
      description: 'House blend\n<b>fresh</b>',
      payCurrencies: ['XLM', 'EURC'],
      successRedirectUrl: SUCCESS,
      unsuccessRedirectUrl: UNSUCCESS,
    });
    const page = await get(`/pay/${idOf(link)}`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
    expect(page.headers.get('cache-control')).toBe('no-store');
    for (const shown of [
      '<bdi>Demo Coffee</bdi>',
      '20.00 <span class="code">EUR</span>',
      'Two bags of beans',
      'House blend\n&lt;b&gt;fresh&lt;/b&gt;',
      link.attributes.expiresAt,
      `<form action="/pay/${idOf(link)}" method="post"`,
    ])
      expect(page.html).toContain(shown);
    expect([...page.html.matchAll(/type="radio" name="asset" value="(\w+)"/g)].map(([, code]) => code)).toEqual([
      'XLM',
      'EURC',
    ]);
    expect(page.html).not.toMatch(/shop\.example|web\+stellar|name="amount"|name="quantity"/);
    expect(page.html.match(/<script\b/g)).toHaveLength(1);
  });

  it('takes a form and leads to the invoice, which tells price, rate and how long they hold', async () => {
    const link = await open({ payCurrencies: ['XLM', 'EURC'] });
    const sent = await send(idOf(link), { asset: 'XLM' });
    expect([sent.status, sent.headers.get('location')]).toEqual([303, expect.stringMatching(/^\/pay\/[a-z2-7]{32}$/)]);
    const invoice = sent.headers.get('location') as string;
    expect(invoice).not.toBe(`/pay/${idOf(link)}`);
    const { html: page } = await get(invoice);
    expect(words(page)).toMatch(
      /80\.00 XLM 20\.00 EUR 1 EUR = 4\.000 XLM Waiting for your payment This price holds until \S+Z /,
    );
    expect(page).toMatch(/role="timer" data-until="[^"]+"/);
    expect((await get(`/pay/${idOf(link)}`, sent.payer)).headers.get('location')).toBe(invoice);
    // Somebody else has a choice of his own.
    expect(words((await get(`/pay/${idOf(link)}`, somebody())).html)).toContain(
      'Somebody has opened this request before. If that was you, go on there .',
    );
  });

  it('lets the payer choose again, also when something was paid; every choice stands until one is paid', async () => {
    const link = await open();
    const me = somebody();
    const first = (await choose(idOf(link), { asset: 'EURC' }, me)).body.publicId as string;
    const back = `/pay/${idOf(link)}?choose`;
    expect((await get(`/pay/${first}`)).html).toContain(`href="${back}"`);
    const again = await get(back, me);
    expect(again.status).toBe(200);
    expect(again.html).toContain(`href="/pay/${first}">Back to the payment`);
    const second = ((await send(idOf(link), { asset: 'XLM' }, me)).headers.get('location') ?? '').replace('/pay/', '');
    expect([(await status(first)).state, (await get(`/pay/${idOf(link)}`, me)).headers.get('location')]).toEqual([
      'waiting',
      `/pay/${second}`,
    ]);
    const { memo } = await status(second);
    await payer.pay(shop.address, '1', { memo: Memo.text(memo) });
    await eventually(
      () => status(second),
      ({ state }) => state === 'partial',
    );
    expect((await get(`/pay/${second}`)).html).toContain(`href="${back}"`);
    expect((await app.client.post(`/checkout/${first}/test-payment`)).status).toBe(200);
    expect(
      await eventually(
        () => status(second),
        ({ held }) => held !== null,
      ),
    ).toMatchObject({ state: 'expired', received: '0.00', held: '1.00' });
    const over = words((await get(`/pay/${second}`)).html);
    expect([
      over.includes('This request was paid another way Do not pay here any more'),
      over.includes('1.00 XLM arrived that could not be counted. They are held for the merchant'),
    ]).toEqual([true, true]);
    expect((await send(idOf(link), { asset: 'USDC' })).status).toBe(409);
  });

  it('leads to one invoice, however often the button is clicked', async () => {
    const id = idOf(await open());
    const me = somebody();
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(id, { asset: 'XLM' }, me)));
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 303));
    expect(new Set(answers.map((answer) => answer.headers.get('location'))).size).toBe(1);
  });

  it('does not go round in circles for a link whose invoice is gone', async () => {
    const id = idOf(await open({ amount: '5', currency: 'XLM' }));
    await app.sql('update invoices set deleted_at = now() where public_id = $1', [id]);
    expect((await get(`/pay/${id}`)).status).toBe(404);
  });

  it('says when the merchant receives something else than what was chosen', async () => {
    const { publicId } = (
      await choose(idOf(await open({ accountCurrency: 'EUR', payCurrencies: ['XLM'] })), { asset: 'XLM' })
    ).body;
    expect(words((await get(`/pay/${publicId}`)).html)).toMatch(
      /Or pay with another asset You chose XLM\. The merchant receives EURC: .* See what it costs in XLM or USDC/,
    );
  });

  it('never fetches an address that a merchant wrote (F08, F09)', async () => {
    let asked = 0;
    const listener = http.createServer((_request, response) => {
      asked += 1;
      response.end();
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/x.png`;
    const link = await open({
      title: `![](${url})`,
      description: `<img src="${url}"> [x](${url})`,
      successRedirectUrl: url,
      unsuccessRedirectUrl: url,
    });
    const { publicId } = (await choose(idOf(link), { asset: 'XLM' })).body;
    for (const path of [`/pay/${idOf(link)}?choose`, `/pay/${publicId}`, `/pay/${publicId}/prices`])
      expect((await get(path)).html).not.toMatch(/(src|href)="http/);
    expect((await app.client.post(`/checkout/${publicId}/test-payment`)).status).toBe(200);
    expect((await get(`/pay/${publicId}`)).html).toContain(`href="${url}"`);
    expect(asked).toBe(0);
    listener.close();
  });

  it('leads back to the merchant after payment, and says where only then', async () => {
    const link = await open({ successRedirectUrl: SUCCESS, unsuccessRedirectUrl: UNSUCCESS });
    const { publicId } = (await choose(idOf(link), { asset: 'XLM' })).body;
    expect((await get(`/pay/${publicId}`)).html).not.toContain('shop.example');
    expect((await app.client.post(`/checkout/${publicId}/test-payment`)).status).toBe(200);
    const { html: paid } = await get(`/pay/${publicId}`);
    expect(paid).toContain(
      `<a class="button return" href="${SUCCESS}" rel="noreferrer">Return to <bdi>Demo Coffee</bdi></a><p class="hint">shop.example</p>`,
    );
    expect(paid).not.toContain(UNSUCCESS);
    expect((await get(`/pay/${idOf(link)}?choose`)).headers.get('location')).toBe(`/pay/${publicId}`);
  });

  it('leads back from an invoice that the link was born with, too, and after a cancellation to the other address', async () => {
    const link = await open({
      amount: '5',
      currency: 'XLM',
      successRedirectUrl: SUCCESS,
      unsuccessRedirectUrl: UNSUCCESS,
    });
    expect((await get(`/pay/${idOf(link)}`)).html).not.toMatch(/shop\.example|\?choose/);
    expect((await partner.command(`invoices/${link.relationships.target.data.id}/cancellation`)).status).toBe(200);
    const { html: page } = await get(`/pay/${idOf(link)}`);
    expect(page).toContain(`href="${UNSUCCESS}"`);
    expect(page).not.toContain(SUCCESS);
  });

  it.each([
    ['inactive', "status = 'inactive'", 200, 'Paused'],
    ['cancelled', "status = 'cancelled'", 410, 'This link was cancelled'],
    ['completed', "status = 'completed'", 200, 'Completed'],
  ])('of a link that is %s tells so, and nothing of its terms (E17)', async (state, change, code, heading) => {
    const link = await open({ description: 'private words', successRedirectUrl: SUCCESS });
    await app.sql(`update payment_links set ${change} where public_id = $1`, [idOf(link)]);
    const page = await get(`/pay/${idOf(link)}`);
    expect([page.status, words(page.html)]).toEqual([code, expect.stringContaining(heading)]);
    expect(page.html).toContain(`data-state="${state}"`);
    expect(page.html).not.toMatch(/<form|private words|20\.00|shop\.example/);
    expect((await send(idOf(link), { asset: 'XLM' })).status).toBe(409);
    expect((await offer(idOf(link))).body.state).toBe(state);
    expect((await choose(idOf(link), { asset: 'XLM' })).status).toBe(409);
  });

  it('says beside the field what is wrong with a choice', async () => {
    const id = idOf(await open({ payCurrencies: ['XLM', 'EURC'] }));
    const page = await send(id, { asset: 'USDC' });
    expect(page.status).toBe(422);
    expect(page.html).toMatch(/role="radiogroup" aria-invalid="true" aria-describedby="asset-fault"/);
    expect(page.html).toContain('<p class="fault" id="asset-fault">Choose one of these.</p>');
    expect(page.html).toContain('<title>Error: Pay');
    expect((await send(id, {})).status).toBe(303);
  });
});

describe('the page of a link that is used again and again', () => {
  const donation = {
    kind: 'donation',
    amount: null,
    openAmount: { minimum: '10', maximum: '500', presets: ['10', '25.50'] },
    title: 'Help the shelter',
  };

  it('asks for the amount, within its bounds, and says beside the field what is wrong', async () => {
    const id = idOf(await open(donation));
    const { html } = await get(`/pay/${id}`);
    for (const shown of [
      '<label for="amount">Amount in EUR</label>',
      'From 10.00 to 500.00 EUR',
      'data-fill="25.50"',
      'You choose',
      'Your donation',
    ])
      expect(html).toContain(shown);
    expect((await get(`/pay/${id}?choose&amount=25.50`)).html).toContain('value="25.50"');
    for (const [amount, sentence] of [
      ['', 'Enter an amount in EUR.'],
      ['ten', 'Enter the amount in digits, such as 12.50.'],
      ['9.99', 'Enter an amount from 10.00 to 500.00 EUR.'],
      ['500.01', 'Enter an amount from 10.00 to 500.00 EUR.'],
      ['12.345', 'EUR has 2 decimals'],
    ] as const) {
      const page = await send(id, { asset: 'XLM', amount });
      expect([amount, page.status]).toEqual([amount, 422]);
      expect(page.html).toContain(`id="amount-fault">${sentence}</p>`);
      expect(page.html).toContain('aria-invalid="true" aria-describedby="amount-fault amount-hint" autofocus');
    }
    const sent = await send(id, { asset: 'XLM', amount: '12,50' });
    expect(sent.status).toBe(303);
    expect(words((await get(sent.headers.get('location') ?? '')).html)).toMatch(
      /50\.00 XLM 12\.50 EUR 1 EUR = 4\.000 XLM/,
    );
    expect((await send(id, { asset: 'XLM', amount: '12,50' })).headers.get('location')).not.toBe(
      sent.headers.get('location'),
    );
    expect((await get(`/pay/${id}`)).status).toBe(200);
    expect((await choose(id, { asset: 'XLM', amount: 10 })).status).toBe(200);
    expect((await choose(id, { asset: 'XLM', amount: '9' })).body).toMatchObject({ error: expect.any(String) });
  });

  it('sells so many of a product, each with its tax, and the invoice adds them up', async () => {
    const tax = await partner.create('tax_rates', { name: 'VAT', percentage: '19' });
    const product = await partner.create(
      'products',
      { name: 'Beans <1 kg>', price: '10.00', currency: 'USDC' },
      { taxRate: { data: { type: 'taxRates', id: tax.body.data.id } } },
    );
    expect([product.status, product.body]).toEqual([201, expect.anything()]);
    const id = idOf(
      await open(
        { kind: 'product', amount: null, currency: 'USDC', quantity: { maximum: 5 } },
        { products: { data: [{ type: 'products', id: product.body.data.id }] } },
      ),
    );
    const { html } = await get(`/pay/${id}`);
    expect(words(html)).toMatch(
      /11\.90 USDC each .*Beans &lt;1 kg&gt; 1 × 10\.00 10\.00 Tax 19 % added Price of one 11\.90/,
    );
    expect(html).toContain('max="5"');
    expect(html).toContain('<input type="hidden" name="asset" value="USDC">');
    for (const quantity of ['6', '0', 'two'])
      expect((await send(id, { asset: 'USDC', quantity })).html).toContain(
        'id="quantity-fault">Enter a whole number from 1 to 5.</p>',
      );
    const sent = await send(id, { asset: 'USDC', quantity: '3' });
    expect(words((await get(sent.headers.get('location') ?? '')).html)).toMatch(
      /35\.70 USDC .*3 × 10\.00 30\.00 Subtotal 30\.00 Tax 19 % 5\.70 Total 35\.70/,
    );
  });

  it('is sold out while its last payment is being made, and says so to one payer who holds too many', async () => {
    const link = await open({ ...donation, maxPayments: 1 });
    const first = await send(idOf(link), { asset: 'XLM', amount: '10' });
    expect(first.status).toBe(303);
    const page = await get(`/pay/${idOf(link)}`);
    expect([page.status, words(page.html)]).toEqual([200, expect.stringContaining('Sold out')]);
    expect((await send(idOf(link), { asset: 'XLM', amount: '10' })).status).toBe(409);
    expect((await get(first.headers.get('location') ?? '')).html).not.toContain('?choose');
    const many = await open(donation);
    const from = { 'x-forwarded-for': '203.0.113.77' };
    for (let held = 0; held < HELD; held++)
      expect((await send(idOf(many), { asset: 'XLM', amount: '10' }, from)).status).toBe(303);
    const refused = await send(idOf(many), { asset: 'XLM', amount: '10' }, from);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)]);
    expect(words(refused.html)).toContain('Too many unpaid checkouts');
    expect((await send(idOf(many), { asset: 'XLM', amount: '10' })).status).toBe(303);
  });
});

describe('what the page sends and what else may be sent there', () => {
  it('is a form here, JSON there, and a form nowhere else', async () => {
    const id = idOf(await open());
    const post = async (path: string, type: string, body: string): Promise<number> =>
      (await fetch(app.url + path, { method: 'POST', redirect: 'manual', headers: { 'content-type': type }, body }))
        .status;
    const json = JSON.stringify({ asset: 'XLM' });
    expect(await post(`/pay/${id}`, 'application/json', json)).toBe(415);
    expect(await post(`/pay/${id}`, 'text/plain', 'asset=XLM')).toBe(415);
    expect(await post(`/pay/${id}`, 'multipart/form-data; boundary=x', '--x--')).toBe(415);
    for (const path of [
      `/checkout/${id}/choice`,
      `/checkout/${id}/test-payment`,
      `/api/payments/${id}/pay-intent`,
      '/api/auth/nonce',
      '/api/links',
      '/api/payments/submit',
    ])
      expect([path, await post(path, FORM['content-type'], 'asset=XLM')]).toEqual([path, 415]);
    expect(await post('/api/auth/sep10', FORM['content-type'], 'transaction=x')).toBe(400);
    expect(await post(`/pay/${id}`, 'application/x-www-form-urlencoded; charset=utf-8', 'asset=XLM')).toBe(303);
    expect((await choose(id, { asset: 'XLM' })).status).toBe(200);
  });

  it('is no choice of the payer when another site sent it', async () => {
    const id = idOf(await open());
    for (const site of ['cross-site', 'same-site']) {
      const answer = await send(id, { asset: 'XLM' }, { 'sec-fetch-site': site });
      expect([answer.status, answer.headers.get('location')]).toEqual([303, `/pay/${id}`]);
    }
    expect((await offer(id)).body.current).toBeNull();
    expect((await send(id, { asset: 'XLM' }, { 'sec-fetch-site': 'same-origin' })).headers.get('location')).not.toBe(
      `/pay/${id}`,
    );
  });

  it.each([
    'asset=',
    'asset=%00',
    'asset=%ff',
    '__proto__=1&constructor=2',
    'asset[]=XLM',
    `asset=${'X'.repeat(5000)}`,
    'amount=1e9&quantity=-1',
  ])('never fails on %.40s', async (body) => {
    const id = idOf(await open());
    const answer = await fetch(`${app.url}/pay/${id}`, { method: 'POST', redirect: 'manual', headers: FORM, body });
    expect([303, 422]).toContain(answer.status);
  });

  it('is limited by address, the form and JSON together', async () => {
    const id = idOf(await open());
    const from = { 'x-forwarded-for': '198.51.100.9' };
    const codes = await Promise.all(
      Array.from({ length: CHOICES + 2 }, async (_each, index) =>
        index % 2 === 0
          ? (await send(NOWHERE, {}, from)).status
          : (await choose(NOWHERE, { asset: 'XLM' }, from)).status,
      ),
    );
    expect(codes.filter((code) => code === 429)).toHaveLength(2);
    expect(codes.filter((code) => code === 404)).toHaveLength(CHOICES);
    const late = await choose(id, { asset: 'XLM' }, from);
    expect([late.status, late.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)]);
  });
});

describe('the same for programs', () => {
  it('tells an offer, has no other member (E14), and a choice leads to the same invoice as the page', async () => {
    const link = await open({
      payCurrencies: ['XLM', 'EURC'],
      reference: 'private-reference',
      metadata: { private: 'note' },
      successRedirectUrl: SUCCESS,
      unsuccessRedirectUrl: UNSUCCESS,
    });
    const { body, status: code, text } = await offer(idOf(link));
    expect(code).toBe(200);
    expect(Object.keys(body)).toEqual([
      'publicId',
      'state',
      'kind',
      'network',
      'merchant',
      'title',
      'description',
      'currency',
      'amount',
      'openAmount',
      'assets',
      'quantity',
      'lines',
      'tax',
      'expiresAt',
      'current',
    ]);
    expect(body).toMatchObject({
      publicId: idOf(link),
      state: 'open',
      kind: 'standard',
      network: 'sandbox',
      merchant: 'Demo Coffee',
      currency: 'EUR',
      amount: '20.00',
      expiresAt: link.attributes.expiresAt,
      current: null,
    });
    expect(body.assets).toEqual([
      { code: 'XLM', name: 'Lumen', issuer: null },
      { code: 'EURC', name: 'Euro Coin', issuer: expect.stringMatching(/^G[A-Z2-7]{55}$/) },
    ]);
    expect(text).not.toMatch(/private|shop\.example|merchantId|[0-9a-f]{8}-[0-9a-f]{4}-/);
    const me = somebody();
    const chosen = await choose(idOf(link), { asset: 'XLM' }, me);
    expect(chosen.body).toEqual({
      publicId: expect.stringMatching(/^[a-z2-7]{32}$/),
      url: `${app.url}/pay/${chosen.body.publicId}`,
      expiresAt: expect.stringMatching(/Z$/),
    });
    expect((await send(idOf(link), { asset: 'XLM' }, me)).headers.get('location')).toBe(`/pay/${chosen.body.publicId}`);
    expect((await offer(idOf(link))).body.current).toBe(chosen.body.publicId);
    expect(Object.keys(await status(chosen.body.publicId))).toEqual([
      'id',
      'state',
      'network',
      'asset',
      'issuer',
      'amount',
      'received',
      'owed',
      'held',
      'destination',
      'memo',
      'memoType',
      'memoId',
      'muxedAddress',
      'uri',
      'expiresAt',
      'paidAt',
      'transactionHash',
    ]);
  });

  it.each([
    [{}, 400],
    [{ asset: 7 }, 400],
    [{ asset: 'XLM', quantity: 0 }, 400],
    [{ asset: 'XLM', quantity: 1.5 }, 400],
    [{ asset: 'XLM', amount: '-1' }, 400],
    [{ asset: 'XLM', amount: '1e3' }, 400],
    [{ asset: 'XLM', publicId: NOWHERE }, 400],
    [{ asset: 'DOGE' }, 422],
  ])('refuses %j with %i in the envelope of its neighbours', async (body, code) => {
    const answer = await choose(idOf(await open()), body);
    expect([answer.status, typeof answer.body.error]).toEqual([code, 'string']);
  });

  it('knows a public id and nothing else: no number, no row id, no neighbour (E15, E16)', async () => {
    const link = await open();
    const { publicId } = (await choose(idOf(link), { asset: 'XLM' })).body;
    const [row] = await app.sql<{ id: string; number: string }>(
      'select id, number from invoices where public_id = $1',
      [publicId],
    );
    const neighbours = [idOf(link), publicId].flatMap((id: string) => [
      `${id.slice(0, -1)}${id.endsWith('a') ? 'b' : 'a'}`,
      `${id}a`,
      id.slice(0, -1),
    ]);
    for (const id of [link.id, row?.id ?? '', row?.number ?? '', '1', NOWHERE, ...neighbours]) {
      expect([
        id,
        (await get(`/pay/${id}`)).status,
        (await offer(id)).status,
        (await choose(id, { asset: 'XLM' })).status,
        (await send(id, { asset: 'XLM' })).status,
      ]).toEqual([id, 404, 404, 404, 404]);
    }
    // In capitals the page sends to the address as it is written, whether it exists or not; programs find nothing.
    const capitals = publicId.toUpperCase();
    expect([
      (await offer(capitals)).status,
      (await choose(capitals, { asset: 'XLM' })).status,
      (await send(capitals, { asset: 'XLM' })).status,
    ]).toEqual([404, 404, 404]);
    expect((await offer(NOWHERE)).body).toEqual({ error: 'Link not found' });
  });
});

describe('when the rate is not there, or not for long', () => {
  it('offers a new price when the old one has lapsed, and none after the end', async () => {
    const link = await open({ expires_at: ahead(30 * 60_000), unsuccessRedirectUrl: UNSUCCESS });
    const { publicId } = (await choose(idOf(link), { asset: 'XLM' })).body;
    clock.advance(16 * 60_000);
    await expired(publicId);
    const lapsed = await get(`/pay/${publicId}`);
    expect(lapsed.html).toContain(`<a class="button" href="/pay/${idOf(link)}">See the price now</a>`);
    expect(lapsed.html).not.toContain(UNSUCCESS);
    expect((await get(`/pay/${idOf(link)}`)).status).toBe(200);
    clock.advance(15 * 60_000);
    await eventually(
      async () => {
        await app.get(ExpiryService).runDue();
        return (await offer(idOf(link))).body.state as string;
      },
      (state) => state === 'expired',
    );
    const gone = await get(`/pay/${idOf(link)}`);
    expect([gone.status, words(gone.html)]).toEqual([410, expect.stringContaining('This link has expired')]);
    expect(gone.html).toContain(`<a class="button return" href="${UNSUCCESS}" rel="noreferrer">`);
    expect((await get(`/pay/${publicId}`)).html).toContain(UNSUCCESS);
    expect((await send(idOf(link), { asset: 'XLM' })).status).toBe(409);
  });

  it('says so when there is no price, keeps what was chosen, and lets the payer try again', async () => {
    const id = idOf(await open());
    price = null;
    clock.advance(3_600_000);
    clock.forget(REMEMBERED_MS);
    try {
      const page = await send(id, { asset: 'EURC' });
      expect([page.status, page.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
      expect(page.html).toContain('There is no price to be trusted at this moment');
      expect(page.html).toContain('value="EURC" checked');
      expect(page.html).toContain('>Try again</button>');
      const answer = await choose(id, { asset: 'EURC' });
      expect([answer.status, answer.headers.get('retry-after'), Object.keys(answer.body)]).toEqual([
        503,
        expect.stringMatching(/^\d+$/),
        ['error'],
      ]);
    } finally {
      price = '0.25';
    }
    clock.forget(REMEMBERED_MS);
    expect((await send(id, { asset: 'EURC' })).status).toBe(303);
  });
});

async function expired(publicId: string): Promise<void> {
  await eventually(
    async () => {
      await app.get(ExpiryService).runDue();
      return (await status(publicId)).state as string;
    },
    (state) => state === 'expired',
  );
}
