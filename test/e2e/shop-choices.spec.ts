import { LinkPricingService } from '../../src/links/offers/link-pricing.service';
import type { Answer, Json } from '../support/api-client';
import { TestApp } from '../support/app';
import { audited } from '../support/audited';
import { RateSource } from '../support/rate-source';
import type { TestShop } from '../support/shop';
import { type MadeLink, shopLink, type ShopLinkWish } from '../support/shop-link';

/** What a payer has chosen once, while the shop changes. */

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const ADDRESS = { street: '1 Sea Road', city: 'Harbour', postalCode: '12345', country: 'Germany' };
let app: TestApp;
let rates: RateSource;
let shop: TestShop;

beforeAll(async () => {
  rates = await RateSource.start(() => '1.3');
  app = await TestApp.start({
    env: { ...rates.onlyEnv, LIMIT_PAY_INTENTS_PER_5_MINUTES: '10000', LIMIT_UNPAID_CHECKOUTS: '1' },
  });
  shop = await app.shop();
});
afterAll(async () => {
  const { breaches } = await audited(app.databaseUrl, { networks: [] });
  await app.stop();
  await rates.stop();
  expect(breaches).toEqual([]);
});

const make = (wish: ShopLinkWish = {}): Promise<MadeLink> => shopLink(app, shop.merchantId, wish);
const product = async (attributes: object = {}): Promise<string> =>
  (await shop.partner.create('products', { name: 'Tee', price: '20', currency: 'USD', ...attributes })).body.data.id;
const archive = (id: string): Promise<Answer> =>
  shop.partner.send('PATCH', `products/${id}`, { data: { type: 'products', id, attributes: { status: 'archived' } } });
const change = async (id: string, attributes: object): Promise<void> => {
  const { status, text } = await shop.partner.send('PATCH', `payment_links/${id}`, {
    data: { type: 'paymentLinks', id, attributes },
  });
  expect([status, text]).toEqual([200, text]);
};
/** What only the family of shops can change. */
const rewrite = (id: string, before: string, set: string, values: unknown[] = []): Promise<unknown> =>
  app.sql(`${before} update payment_links set version = version + 1, ${set} where id = $1`, [id, ...values]);
const tokenOf = async ({ publicId }: MadeLink): Promise<string> =>
  /name="token" value="([^"]*)"/.exec((await app.client.get(`/pay/${publicId}`)).text)?.[1] ?? '';
const send = async (
  { publicId }: MadeLink,
  fields: Record<string, string>,
): Promise<{ status: number; text: string; chosen: string | null }> => {
  const response = await fetch(`${app.url}/pay/${publicId}`, {
    method: 'POST',
    redirect: 'manual',
    headers: FORM,
    body: new URLSearchParams({ asset: 'USDC', ...fields }).toString(),
  });
  return {
    status: response.status,
    text: await response.text(),
    chosen: response.headers.get('location')?.split('/').at(-1) ?? null,
  };
};
const choose = (link: MadeLink, choice: object, key?: string): Promise<Answer> =>
  app.client.send(
    'POST',
    `/checkout/${link.publicId}/choice`,
    { asset: 'USDC', ...choice },
    { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) },
  );
const places = async ({ id }: MadeLink): Promise<unknown> =>
  (await app.sql('select slots_used::int as used from payment_links where id = $1', [id]))[0]?.['used'];
let keys = 0;
const newKey = (): string => `a-key-of-a-program-${(keys += 1)}`;

describe('an honest repeat', () => {
  it('gets its invoice though a product beside it was archived before', async () => {
    const [tee, cap] = [await product(), await product({ name: 'Cap', price: '7.5' })];
    const link = await make({
      goods: [
        [tee, 1],
        [cap, 1],
      ],
      adjustsQuantity: true,
    });
    await archive(tee);
    const key = newKey();
    const [first, again] = [
      await choose(link, { items: [{ productId: cap, quantity: 2 }] }, key),
      await choose(link, { items: [{ productId: cap, quantity: 2 }] }, key),
    ];
    expect([first.status, again.status, again.body.publicId, await places(link)]).toEqual([
      200,
      200,
      first.body.publicId,
      1,
    ]);
    const other = await choose(link, { items: [{ productId: cap, quantity: 3 }] }, key);
    expect([other.status, await places(link)]).toEqual([409, 1]);
  });

  const changes: readonly (readonly [string, (link: MadeLink) => Promise<unknown>])[] = [
    [
      'more is sold',
      async ({ id }) =>
        rewrite(
          id,
          'with more as (insert into payment_link_products (merchant_id, link_id, position, product_id, quantity) values ($2, $1, 3, $3, 1))',
          'title = title',
          [shop.merchantId, await product({ name: 'Mug' })],
        ),
    ],
    ['other questions are asked', ({ id }) => change(id, { customFields: { colour: 'Colour?' } })],
    ['nothing is asked', ({ id }) => change(id, { customFields: null })],
    ['no address is asked for', ({ id }) => change(id, { collectsAddress: false })],
    ['numbers are fixed', ({ id }) => rewrite(id, '', 'adjusts_quantity = false')],
    ['a product is archived', ({ productIds }) => archive(productIds[0] as string)],
    ['everything is archived', ({ productIds }) => Promise.all(productIds.map(archive))],
    ['it is closed', ({ id }) => shop.partner.command(`payment_links/${id}/cancellation`)],
  ];
  it.each(changes)('gets its invoice when %s meanwhile, by JSON and by the form', async (_name, happens) => {
    const [tee, cap] = [await product(), await product({ name: 'Cap', price: '7.5' })];
    const wish = {
      goods: [
        [tee, 2],
        [cap, 1],
      ] as const,
      adjustsQuantity: true,
      collectsAddress: true,
      customFields: { size: 'Size?' },
    };
    const link = await make(wish);
    const key = newKey();
    const said = {
      items: [
        { productId: tee, quantity: 2 },
        { productId: cap, quantity: 3 },
      ],
      address: ADDRESS,
      customFields: { size: 'M' },
    };
    const [first, formLink] = [await choose(link, said, key), await make(wish)];
    expect([first.status, first.text]).toEqual([200, first.text]);
    const fields = {
      token: await tokenOf(formLink),
      [`take-${tee}`]: '2',
      [`take-${cap}`]: '3',
      ...ADDRESS,
      'answer-0': 'M',
    };
    const sent = await send(formLink, fields);
    expect(sent.status).toBe(303);
    await happens(link);
    await happens(formLink);
    const again = await choose(link, said, key);
    expect([again.status, again.body.publicId, await places(link)]).toEqual([200, first.body.publicId, 1]);
    expect([(await send(formLink, fields)).chosen, await places(formLink)]).toEqual([sent.chosen, 1]);
  });

  it('may be spelled in another way, and another choice is 409', async () => {
    const tee = await product();
    const link = await make({ goods: [[tee, 1]], adjustsQuantity: true, customFields: { a: 'A', b: 'B' } });
    const key = newKey();
    const first = await choose(
      link,
      { items: [{ productId: tee, quantity: 2 }], name: 'Ada', customFields: { a: '1', b: '2' } },
      key,
    );
    const spelled = await choose(
      link,
      { quantity: 1, items: [{ quantity: 2, productId: tee }], name: ' Ada ', customFields: { b: '2', a: '1' } },
      key,
    );
    expect([spelled.status, spelled.body.publicId]).toEqual([200, first.body.publicId]);
    for (const other of [
      { items: [{ productId: tee, quantity: 2 }], name: 'Eve', customFields: { a: '1', b: '2' } },
      { items: [{ productId: tee, quantity: 2 }], name: 'Ada', customFields: { a: '1' } },
      { items: [{ productId: tee, quantity: 1 }], name: 'Ada', customFields: { a: '1', b: '2' } },
    ])
      expect((await choose(link, other, key)).status).toBe(409);
    expect(await places(link)).toBe(1);
  });

  it('of an enrolment has the e-mail address in it, also when the answer was erased or changed by its owner', async () => {
    const link = await make({ kind: 'donation', amount: 50_000_000n });
    const key = newKey();
    const said = { name: 'Ada', email: 'ada@example.com' };
    const first = await choose(link, said, key);
    const found = (await shop.partner.get(`invoices?filter[publicId]=${first.body.publicId}`)).body.data[0];
    expect((await shop.partner.command(`invoices/${found.id}/erasure`)).status).toBe(200);
    const again = await choose(link, said, key);
    expect([
      again.status,
      again.body.publicId,
      (await choose(link, { ...said, email: 'eve@example.com' }, key)).status,
    ]).toEqual([200, first.body.publicId, 409]);
  });
});

describe('a double click', () => {
  it('gets its invoice also where the first click took the last unpaid place that its address may hold', async () => {
    for (let round = 0; round < 4; round += 1) {
      const link = await make({ kind: 'donation', amount: 50_000_000n });
      const key = newKey();
      const answers = await Promise.all(Array.from({ length: 8 }, () => choose(link, {}, key)));
      expect([answers.map(({ status }) => status), new Set(answers.map(({ body }) => body.publicId)).size]).toEqual([
        answers.map(() => 200),
        1,
      ]);
      expect((await choose(link, {}, newKey())).status).toBe(429);
    }
  });
});

describe('terms that change while a price is made', () => {
  const whilePriced = (happens: (round: number) => Promise<unknown>): (() => number) => {
    const pricing = app.get(LinkPricingService);
    const price = pricing.price.bind(pricing);
    let rounds = 0;
    const spy = jest.spyOn(pricing, 'price').mockImplementation(async (...asked) => {
      const made = await price(...asked);
      await happens((rounds += 1));
      return made;
    });
    return () => (spy.mockRestore(), rounds);
  };
  const priceOf = async (publicId: string): Promise<Json> =>
    (await shop.partner.get(`invoices?filter[publicId]=${publicId}`)).body.data[0]?.attributes.amount;

  it('are those of the invoice', async () => {
    const link = await make({ kind: 'donation', amount: 50_000_000n });
    const stop = whilePriced((round) => (round === 1 ? rewrite(link.id, '', 'amount = 80000000') : Promise.resolve()));
    const { status, body } = await choose(link, {}, newKey());
    expect([stop(), status, await priceOf(body.publicId), await places(link)]).toEqual([2, 200, '8.00', 1]);
  });

  it('again and again are an error that says so, by JSON and by the form', async () => {
    const link = await make({ kind: 'donation', amount: 50_000_000n });
    const stop = whilePriced((round) => rewrite(link.id, '', `amount = ${round + 10}0000000`));
    const [json, form] = [await choose(link, {}), await send(link, {})];
    stop();
    for (const { status, text } of [json, form])
      expect([status, text]).toEqual([
        409,
        expect.stringContaining('The terms of this payment link have just changed'),
      ]);
    expect(await places(link)).toBe(0);
  });

  it('are not those that others have taken a place meanwhile', async () => {
    const link = await make({ kind: 'donation', amount: 50_000_000n });
    const stop = whilePriced(() =>
      app.sql('update payment_links set version = version + 1, updated_at = now() where id = $1', [link.id]),
    );
    const { status } = await choose(link, {});
    expect([stop(), status]).toEqual([1, 200]);
  });
});

describe('a form that was open while the shop changed', () => {
  it('is told of a product that is not sold any more, or not here, and of one that has no price', async () => {
    const [tee, cap] = [await product(), await product({ name: 'Cap', price: '7.5' })];
    const link = await make({
      goods: [
        [tee, 1],
        [cap, 1],
      ],
      adjustsQuantity: true,
    });
    const fields = { token: await tokenOf(link), [`take-${tee}`]: '1', [`take-${cap}`]: '2' };
    await archive(cap);
    const told = await send(link, fields);
    expect([told.status, told.text.includes('This product is not sold any more; choose again without it.')]).toEqual([
      422,
      true,
    ]);
    await rewrite(
      link.id,
      'with gone as (delete from payment_link_products where merchant_id = $2 and link_id = $1 and product_id = $3)',
      'title = title',
      [shop.merchantId, cap],
    );
    const lost = await send(link, fields);
    expect([lost.status, lost.text.includes('A product that you chose is not sold by this payment link.')]).toEqual([
      422,
      true,
    ]);
    expect(await places(link)).toBe(0);
    expect((await send(link, { token: fields.token, [`take-${tee}`]: '1' })).status).toBe(303);
  });

  it('is told truly of a product whose currency has no rate', async () => {
    const yen = await product({ name: 'Fan', price: '2000', currency: 'JPY' });
    const link = await make({ sellsEverything: true, adjustsQuantity: true });
    const { status, text } = await choose(link, { items: [{ productId: yen, quantity: 1 }] });
    expect([status, text]).toEqual([
      422,
      expect.stringContaining('is priced in JPY, for which this service has no rate; choose again without it'),
    ]);
    expect((await app.client.get(`/pay/${link.publicId}`)).text).toContain('Has no price in USDC now');
  });

  it('names every field that is missing, and the first of them has the focus', async () => {
    const link = await make({ kind: 'donation', amount: 50_000_000n, collectsAddress: true });
    const { text } = await send(link, { street: '1 Sea Road' });
    for (const told of ['The city is required.', 'The postal code is required.', 'The country is required.'])
      expect(text).toContain(told);
    expect(text).not.toContain('>Is required');
    expect(text.match(/<input[^>]* autofocus/g)).toEqual([expect.stringContaining('name="city"')]);
  });

  it('is told in a sentence what one payment may be', async () => {
    const dear = await product({ price: '9000' });
    const link = await make({ goods: [[dear, 1]], adjustsQuantity: true });
    const { status, text } = await send(link, { [`take-${dear}`]: '20' });
    expect([status, text]).toEqual([
      422,
      expect.stringContaining('This makes 180000.00 USDC. One payment may be 100000.00 USDC at the most: choose less.'),
    ]);
  });

  it('of another site is nobody’s choice, also where the browser says only from where it comes', async () => {
    const link = await make({ kind: 'donation', amount: 50_000_000n });
    const from = async (origin: string): Promise<string | null> =>
      (
        await fetch(`${app.url}/pay/${link.publicId}`, {
          method: 'POST',
          redirect: 'manual',
          headers: { ...FORM, origin },
          body: 'asset=USDC',
        })
      ).headers.get('location');
    for (const foreign of ['https://evil.example', 'http://localhost.evil.example', 'nonsense'])
      expect(await from(foreign)).toBe(`/pay/${link.publicId}`);
    expect(await places(link)).toBe(0);
    expect(await from(app.url)).not.toBe(`/pay/${link.publicId}`);
    expect(await places(link)).toBe(1);
  });
});

describe('where a shop takes no mobile payments', () => {
  it('no code and no payment request is served, and address and memo are', async () => {
    const link = await make({ kind: 'donation', amount: 50_000_000n, showsCodes: false });
    const { chosen } = await send(link, {});
    const status = await app.client.get(`/checkout/${chosen}/status`);
    expect([status.status, status.body.uri, status.body.memo, status.body.destination]).toEqual([
      200,
      null,
      expect.any(String),
      shop.wallet.address,
    ]);
    expect((await app.client.get(`/pay/${chosen}/qr.svg`)).status).toBe(404);
    const shown = await make({ kind: 'donation', amount: 50_000_000n });
    const { chosen: other } = await send(shown, {});
    expect((await app.client.get(`/checkout/${other}/status`)).body.uri).toMatch(/^web\+stellar:pay/);
    expect((await app.client.get(`/pay/${other}/qr.svg`)).status).toBe(200);
  });
});

describe('the address of a page', () => {
  it('of a shop forgives what stands behind it, and the name of the shop in capitals', async () => {
    const link = await make({ slug: 'winter/Tee_2.0', kind: 'donation', amount: 50_000_000n });
    const to = async (path: string): Promise<unknown[]> => {
      const answer = await fetch(app.url + path, { redirect: 'manual' });
      return [answer.status, answer.headers.get('location')];
    };
    for (const behind of ['.', ',', '%20', ').']) expect(await to(`${link.path}${behind}`)).toEqual([303, link.path]);
    const [, handle = ''] = /^\/p\/([^/]+)/.exec(link.path) ?? [];
    expect(await to(`/p/${handle.toUpperCase()}/winter/Tee_2.0?x=1`)).toEqual([303, `${link.path}?x=1`]);
    expect(await to(`/p/${handle}/winter/tee_2.0`)).toEqual([404, null]);
    expect((await to('/status/'))[0]).toBe((await to('/status'))[0]);
  });

  it('knows its methods', async () => {
    const link = await make({ kind: 'donation', amount: 50_000_000n });
    const answer = await fetch(app.url + link.path, { method: 'PUT' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('of a file that is not there speaks of no invoice', async () => {
    const { status, text } = await app.client.get('/pay/assets/x');
    expect([status, text.includes('nvoice')]).toEqual([404, false]);
  });
});

describe('many of something cheap', () => {
  it('cost what they are worth together: a rate is rounded once for a line, and lines and tax make the total', async () => {
    const [pin, sticker] = [await product({ price: '0.01' }), await product({ name: 'Sticker', price: '0.03' })];
    const link = await make({
      currency: 'EURC',
      goods: [
        [pin, 100],
        [sticker, 7],
      ],
    });
    const { body: offer } = await app.client.get(`/checkout/${link.publicId}/offer`);
    const { status, body } = await choose(link, { asset: 'EURC' });
    const { attributes } = (await shop.partner.get(`invoices?filter[publicId]=${body.publicId}`)).body.data[0];
    // 1 USD and 0.21 USD at 1.30 USD for one EURC are 0.7693 and 0.1616, up to a thousandth; one by one they would be 0.800 and 0.168.
    expect([status, Number(attributes.amount), Number(offer.amount)]).toEqual([200, 0.932, 0.932]);
    expect(offer.lines.map(({ amount }: Json) => Number(amount))).toEqual([0.77, 0.162]);
  });
});
