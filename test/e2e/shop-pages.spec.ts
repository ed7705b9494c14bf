import { Memo } from '@stellar/stellar-sdk';
import type { Answer, Json } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import { audited } from '../support/audited';
import { RateSource } from '../support/rate-source';
import type { TestShop } from '../support/shop';
import { type MadeLink, shopLink, type ShopLinkWish } from '../support/shop-link';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const ADDRESS = { street: '1 Sea Road', city: 'Harbour', postalCode: '12345', country: 'Germany' };

let app: TestApp;
let rates: RateSource;
let shop: TestShop;
let other: TestShop;

beforeAll(async () => {
  rates = await RateSource.start((_asset, fiat) => (fiat === 'CHF' ? null : fiat === 'GBP' ? '0.80' : '1.5'));
  app = await TestApp.start({
    env: {
      ...rates.onlyEnv,
      FIATS: 'USD,EUR,GBP,CHF',
      LIMIT_PAY_INTENTS_PER_5_MINUTES: '10000',
      LIMIT_UNPAID_CHECKOUTS: '1000',
    },
  });
  [shop, other] = await Promise.all([app.shop(), app.shop()]);
  await app.sql('update merchants set name = $2 where id = $1', [shop.merchantId, 'Café Zoë']);
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
const page = (path: string): Promise<Answer> => app.client.get(path);
/** A form of a browser, which is not taken along to where it leads. */
const send = async (
  link: MadeLink,
  fields: Record<string, string>,
  more = '',
): Promise<{ status: number; text: string; chosen: string }> => {
  const body = new URLSearchParams({ asset: 'USDC', ...fields }).toString();
  const response = await fetch(`${app.url}/pay/${link.publicId}${more}`, {
    method: 'POST',
    redirect: 'manual',
    headers: FORM,
    body,
  });
  const chosen = response.headers.get('location')?.split('/').at(-1) ?? '';
  return { status: response.status, text: await response.text(), chosen };
};
const choose = (link: MadeLink, choice: object): Promise<Answer> =>
  app.client.send(
    'POST',
    `/checkout/${link.publicId}/choice`,
    { asset: 'USDC', ...choice },
    { 'content-type': 'application/json' },
  );
const invoiceOf = async (publicId: string): Promise<Json> => {
  const { body } = await shop.partner.get(`invoices?filter[publicId]=${publicId}`);
  return body.data[0].attributes;
};
const chosen = async (link: MadeLink, choice: object): Promise<Json> => {
  const { status, body, text } = await choose(link, choice);
  expect([status, text]).toEqual([200, text]);
  return invoiceOf(body.publicId);
};
const invoices = async ({ id }: MadeLink): Promise<number> =>
  (await app.sql('select from payment_link_choices where link_id = $1', [id])).length;

describe('the address of a link', () => {
  it('has the names of the merchant and of the link', async () => {
    const link = await make({ slug: 'summer/Tee_2.0', kind: 'donation', amount: 50_000_000n, title: 'A tee' });
    expect(link.path).toBe('/p/cafe-zoe/summer/Tee_2.0');
    const { status, text } = await page(link.path);
    expect([status, text.includes('A tee'), text.includes(`action="/pay/${link.publicId}"`)]).toEqual([
      200,
      true,
      true,
    ]);
    expect((await page(`${link.path}/`)).status).toBe(200);
  });

  it('that leads nowhere answers as a page that never was', async () => {
    const link = await make({ slug: 'here', kind: 'donation', amount: 50_000_000n });
    const nowhere = await page('/pay/abcdefghijklmnopqrstuvwxyz234567');
    for (const path of [
      `${link.path}x`,
      '/p/nobody/here',
      `/p/cafe-zoe/${link.publicId}`,
      '/p/cafe-zoe/HERE',
      '/p/cafe-zoe/%00',
    ]) {
      const { status, text } = await page(path);
      expect([path, status, text === nowhere.text || path.endsWith('%00')]).toEqual([path, nowhere.status, true]);
    }
  });

  it('is one per merchant, also in a race', async () => {
    const made = await Promise.allSettled(
      Array.from({ length: 8 }, () => make({ slug: 'race', kind: 'donation', amount: 50_000_000n })),
    );
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(made.flatMap((each) => (each.status === 'rejected' ? [each.reason.code] : []))).toEqual(
      Array.from({ length: 7 }, () => 'slug_taken'),
    );
    const theirs = await shopLink(app, other.merchantId, { slug: 'race', kind: 'donation', amount: 50_000_000n });
    expect(theirs.path).not.toBe('/p/cafe-zoe/race');
  });

  it.each([true, false])('shows pictures and words of products, which may be counted: %s', async (adjustsQuantity) => {
    const [tee, cup] = [await product({ description: '**Organic** cotton' }), await product({ name: 'Cup' })];
    await app.sql('update products set images = $2 where id = $1', [
      tee,
      ['https://img.example.com/a.png', 'https://img.example.com/b.png'],
    ]);
    const { text, headers } = await page(
      (
        await make({
          goods: [
            [tee, 1],
            [cup, 1],
          ],
          adjustsQuantity,
        })
      ).path,
    );
    expect(text.match(/<img class="pic" src="[^"]*"/g)).toEqual([
      '<img class="pic" src="https://img.example.com/a.png"',
    ]);
    expect(text).toContain('<strong>Organic</strong> cotton');
    expect(headers.get('content-security-policy')).toContain("img-src 'self' data: https://img.example.com;");
  });

  it('shows a description in Markdown, and an image that only the browser asks for', async () => {
    const link = await make({
      kind: 'donation',
      amount: 50_000_000n,
      description: 'Get **everything** <script>alert(1)</script>\n\n- one\n- [two](https://example.com/two)',
      coverImage: 'https://images.example.com/tee.jpg',
    });
    const { text, headers } = await page(link.path);
    expect(text).toContain('<strong>everything</strong>');
    expect(text).toContain('&lt;script&gt;');
    expect(text).toContain('href="https://example.com/two"');
    expect(text).toContain('src="https://images.example.com/tee.jpg"');
    expect(headers.get('content-security-policy')).toContain("img-src 'self' data: https://images.example.com;");
    const invoice = await chosen(link, {});
    expect(invoice.description).not.toContain('**');
  });
});

describe('goods', () => {
  it('cost what they cost together, and are frozen on the invoice', async () => {
    const [tee, cap] = [await product(), await product({ name: 'Cap', price: '7.5' })];
    const link = await make({
      goods: [
        [tee, 2],
        [cap, 1],
      ],
    });
    expect((await page(link.path)).text).toContain('47.50');
    const invoice = await chosen(link, {});
    expect([invoice.amount, invoice.lineItems ?? invoice.lines]).toEqual(['47.50', expect.anything()]);
    await shop.partner.send('PATCH', `products/${tee}`, {
      data: { type: 'products', id: tee, attributes: { price: '30' } },
    });
    expect((await invoiceOf(invoice.publicId)).amount).toBe('47.50');
    expect((await chosen(link, {})).amount).toBe('67.50');
  });

  it('may be counted by the payer where the shop allows it, by form and by JSON', async () => {
    const [tee, cap] = [await product(), await product({ name: 'Cap', price: '7.5' })];
    const link = await make({
      goods: [
        [tee, 2],
        [cap, 1],
      ],
      adjustsQuantity: true,
    });
    const { text } = await page(link.path);
    expect(text).toContain(`name="take-${tee}"`);
    const { status, chosen: invoice } = await send(link, { [`take-${tee}`]: '3', [`take-${cap}`]: '2' });
    expect(status).toBe(303);
    expect((await invoiceOf(invoice)).amount).toBe('75.00');
    expect((await chosen(link, { items: [{ productId: cap, quantity: 4 }] })).amount).toBe('70.00');
    const before = await invoices(link);
    for (const quantity of ['0', '-1', '1.5', '1001', 'x', '']) {
      const refused = await send(link, { [`take-${tee}`]: quantity });
      expect([quantity, refused.status, refused.text.includes('Enter a whole number from 1 to 1000')]).toEqual([
        quantity,
        422,
        true,
      ]);
    }
    expect(await invoices(link)).toBe(before);
  });

  it('are not counted by a payer who forges the form', async () => {
    const tee = await product();
    const link = await make({ goods: [[tee, 2]] });
    const forged = await choose(link, { items: [{ productId: tee, quantity: 1 }] });
    expect([forged.status, forged.text.includes('is fixed for this payment link: it must be 2')]).toEqual([422, true]);
    const forgedForm = await send(link, { [`take-${tee}`]: '1' });
    expect([forgedForm.status, forgedForm.text.includes('The number of these is fixed')]).toEqual([422, true]);
    expect(await invoices(link)).toBe(0);
    const { chosen: invoice } = await send(link, {});
    expect((await invoiceOf(invoice)).amount).toBe('40.00');
    const theirs = (await other.partner.create('products', { name: 'Ring', price: '1', currency: 'USD' })).body.data.id;
    expect((await choose(link, { items: [{ productId: theirs, quantity: 1 }] })).status).toBe(422);
  });

  it('that are not sold any more close their line and say so', async () => {
    const [tee, cap] = [await product(), await product({ name: 'Cap', price: '7.5' })];
    const link = await make({
      goods: [
        [tee, 1],
        [cap, 1],
      ],
      adjustsQuantity: true,
    });
    await archive(cap);
    const { text } = await page(link.path);
    expect([text.includes('Not sold any more'), text.includes(`name="take-${cap}"`)]).toEqual([true, false]);
    expect((await chosen(link, {})).amount).toBe('20.00');
    const asked = await choose(link, { items: [{ productId: cap, quantity: 1 }] });
    expect([asked.status, asked.text.includes('is not sold any more')]).toEqual([422, true]);
    await archive(tee);
    expect((await page(link.path)).text).toContain('data-state="inactive"');
    expect((await shop.partner.send('DELETE', `products/${tee}`)).status).toBe(409);
  });

  it('in dollars count at par in USDC, in other currencies by the rate', async () => {
    const [tee, mug] = [await product(), await product({ name: 'Mug', price: '8', currency: 'GBP' })];
    const link = await make({
      goods: [
        [tee, 1],
        [mug, 1],
      ],
    });
    // 8 GBP at 0.80 GBP for one USDC.
    expect((await chosen(link, {})).amount).toBe('30.00');
  });

  it('are picked from everything that is on sale, page by page', async () => {
    const own = await app.shop();
    const ids: string[] = [];
    for (let at = 1; at <= 23; at += 1)
      ids.push(
        (
          await own.partner.create('products', {
            name: `Book ${String(at).padStart(2, '0')}`,
            price: '3',
            currency: 'USD',
          })
        ).body.data.id,
      );
    const link = await shopLink(app, own.merchantId, { sellsEverything: true, adjustsQuantity: true });
    const first = await page(link.path);
    expect([
      first.status,
      first.text.includes('Book 20'),
      first.text.includes('Book 21'),
      first.text.includes('Show more'),
    ]).toEqual([200, true, false, true]);
    const after = /name="after" value="([0-9a-f-]{36})"/.exec(first.text)?.[1] ?? '';
    const second = await send(link, { after, [`take-${ids[0]}`]: '2', name: 'Ada' }, '/catalogue');
    expect([
      second.status,
      second.text.includes('Book 21'),
      second.text.includes('Book 02'),
      second.text.includes('Chosen so far'),
      second.text.includes('value="Ada"'),
    ]).toEqual([200, true, false, true, true]);
    const found = await send(link, { words: 'book 07' }, '/catalogue');
    expect([found.text.includes('Book 07'), found.text.includes('Book 08')]).toEqual([true, false]);
    const empty = await send(link, {});
    expect([empty.status, empty.text.includes('The choice must name at least one product')]).toEqual([422, true]);
    expect(await invoices(link)).toBe(0);
    const { status, chosen: invoice } = await send(link, {
      [`take-${ids[0]}`]: '2',
      [`take-${ids[22]}`]: '1',
      [`take-${ids[5]}`]: '0',
    });
    expect(status).toBe(303);
    const { body } = await own.partner.get(`invoices?filter[publicId]=${invoice}`);
    expect(body.data[0].attributes.amount).toBe('9.00');
  });

  it('are not priced while nobody can say what they are worth', async () => {
    const tin = await product({ name: 'Tin', price: '4', currency: 'CHF' });
    const link = await make({ goods: [[tin, 1]] });
    const { status, text } = await choose(link, {});
    expect([status, text]).toEqual([503, expect.any(String)]);
    expect((await page(link.path)).status).toBe(503);
    expect(await invoices(link)).toBe(0);
  });
});

describe('who pays', () => {
  it('is asked for where to send it, and everything that is missing is said at once', async () => {
    const link = await make({
      kind: 'donation',
      amount: 50_000_000n,
      collectsAddress: true,
      customFields: { size: 'Which size?' },
    });
    const { text } = await page(link.path);
    for (const name of ['name', 'email', 'street', 'city', 'postalCode', 'country', 'answer-0'])
      expect(text).toContain(`name="${name}"`);
    expect(text).toContain('Which size?');
    const refused = await send(link, { city: 'Harbour', email: 'nobody' });
    expect(refused.status).toBe(422);
    for (const id of ['street', 'postalCode', 'country', 'email']) expect(refused.text).toContain(`id="${id}-fault"`);
    expect(refused.text).toContain('value="Harbour"');
    const json = await choose(link, { address: { city: 'Harbour' } });
    expect([json.status, json.text]).toEqual([422, expect.stringContaining('address.street')]);
    expect(await invoices(link)).toBe(0);
  });

  it('is on the invoice of the merchant, and nowhere that others can see', async () => {
    const link = await make({
      kind: 'donation',
      amount: 50_000_000n,
      collectsAddress: true,
      customFields: { size: 'Size', colour: 'Colour' },
      paidFor: 'sub_123456789',
    });
    const invoice = await chosen(link, {
      name: 'Ada',
      email: 'ada@example.com',
      address: ADDRESS,
      customFields: { colour: 'red', size: 'M' },
    });
    expect(invoice).toMatchObject({
      clientName: 'Ada',
      clientEmail: 'ada@example.com',
      clientAddress: '1 Sea Road\n12345 Harbour\nGermany',
      reference: 'sub_123456789',
    });
    for (const path of [
      `/pay/${invoice.publicId}`,
      `/checkout/${invoice.publicId}/status`,
      `/api/links/${invoice.publicId}`,
      `/api/payments/${invoice.publicId}/status`,
    ]) {
      const { text } = await page(path);
      for (const secret of ['Sea Road', 'ada@example.com', 'sub_123456789', '"red"'])
        expect([path, secret, text.includes(secret)]).toEqual([path, secret, false]);
    }
    const events = await app.sql<{ type: string; data: Json }>(
      "select type, data from events where data->>'id' = $1 order by id",
      [invoice.publicId],
    );
    expect(events.map(({ data }) => data.customFields)).toContainEqual({ size: 'M', colour: 'red' });
    expect(JSON.stringify(events)).not.toContain('Sea Road');
    expect(JSON.stringify(events)).toContain('sub_123456789');
  });

  it('can be erased from the invoice and from its events, and the sums stay', async () => {
    const link = await make({
      kind: 'donation',
      amount: 50_000_000n,
      collectsAddress: true,
      customFields: { size: 'Size' },
    });
    const said = { name: 'Ada', email: 'ada@example.com', address: ADDRESS, customFields: { size: 'M' } };
    const { body } = await choose(link, said);
    const found = (await shop.partner.get(`invoices?filter[publicId]=${body.publicId}`)).body.data[0];
    expect(found.attributes.payer).toEqual({ address: ADDRESS, customFields: { size: 'M' } });
    expect((await other.partner.command(`invoices/${found.id}/erasure`)).status).toBe(404);
    for (let round = 0; round < 2; round += 1) {
      const { status, body: erased } = await shop.partner.command(`invoices/${found.id}/erasure`);
      expect([status, erased.data.attributes]).toEqual([
        200,
        expect.objectContaining({ clientName: null, clientEmail: null, clientAddress: null, amount: '5.00' }),
      ]);
      expect(erased.data.attributes.payer).toBeUndefined();
    }
    const rows = await app.sql<{ text: string }>(
      `select data::text as text from events where data->>'id' = $1
       union all select to_jsonb(i)::text from invoices i where public_id = $1
       union all select to_jsonb(e)::text from audit_entries e where subject_id = $2`,
      [body.publicId, found.id],
    );
    for (const secret of ['Ada', 'ada@example.com', 'Sea Road', '"M"'])
      expect([secret, rows.filter(({ text }) => text.includes(secret))]).toEqual([secret, []]);
  });

  it('may answer with a lot, and not with more', async () => {
    const link = await make({ kind: 'donation', amount: 50_000_000n, customFields: { story: 'Story' } });
    expect((await send(link, { 'answer-0': '語'.repeat(20_000) })).status).toBe(303);
    const more = await send(link, { 'answer-0': 'a'.repeat(20_001) });
    expect([more.status, more.text.includes('20000 characters')]).toEqual([422, true]);
  });

  it('is the customer that the link is for', async () => {
    const customer = (
      await shop.partner.create('customers', { name: 'Grace', email: 'grace@example.com', address: 'Pier 7' })
    ).body.data.id;
    const link = await make({ kind: 'donation', amount: 50_000_000n, customerId: customer });
    expect((await page(link.path)).text).not.toContain('name="email"');
    expect(await chosen(link, {})).toMatchObject({
      clientName: 'Grace',
      clientEmail: 'grace@example.com',
      clientAddress: 'Pier 7',
    });
    expect((await choose(link, { email: 'eve@example.com' })).status).toBe(422);
  });

  it('gets the same invoice under the same key, and another when anything else is said', async () => {
    const link = await make({ kind: 'donation', amount: 50_000_000n });
    const token = 'k'.repeat(32).replace(/./g, 'a');
    const [one, two, three] = [
      await send(link, { token, name: 'Ada' }),
      await send(link, { token, name: 'Ada' }),
      await send(link, { token, name: 'Eve' }),
    ];
    expect(two.chosen).toBe(one.chosen);
    expect(three.chosen).not.toBe(one.chosen);
  });

  it('sees no codes where the shop takes no mobile payments', async () => {
    const link = await make({ kind: 'donation', amount: 50_000_000n, showsCodes: false });
    const { chosen: invoice } = await send(link, {});
    const { text } = await page(`/pay/${invoice}`);
    expect([text.includes('qr.svg'), text.includes('web+stellar:'), text.includes('Memo')]).toEqual([
      false,
      false,
      true,
    ]);
  });
});

describe('a link that a partner makes as a shop does', () => {
  const create = (attributes: object, relationships?: object): Promise<Answer> =>
    shop.partner.create(
      'payment_links',
      {
        amount: '5',
        currency: 'USDC',
        paymentType: 'Invoice',
        kind: 'donation',
        expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
        ...attributes,
      },
      relationships,
    );

  it('has its slug, its picture and its questions, and can change them', async () => {
    const made = await create({
      slug: 'partner/tee',
      coverImage: 'https://images.example.com/a.jpg',
      customFields: { size: 'Size?' },
      collectsAddress: true,
      showsCodes: false,
      paidFor: 'order-7',
    });
    expect([made.status, made.text]).toEqual([201, made.text]);
    expect(made.body.data.attributes).toMatchObject({
      slug: 'partner/tee',
      coverImage: 'https://images.example.com/a.jpg',
      customFields: { size: 'Size?' },
      collectsAddress: true,
      showsCodes: false,
      paidFor: 'order-7',
    });
    const { handle } = (await shop.partner.get('merchants/me')).body.data.attributes;
    const shown = await page(`/p/${handle}/partner/tee`);
    expect([shown.status, shown.text.includes('Size?'), shown.text.includes('name="street"')]).toEqual([
      200,
      true,
      true,
    ]);
    const changed = await shop.partner.send('PATCH', `payment_links/${made.body.data.id}`, {
      data: {
        type: 'paymentLinks',
        id: made.body.data.id,
        attributes: { customFields: { colour: 'Colour?' }, collectsAddress: false, coverImage: null },
      },
    });
    expect(changed.body.data.attributes).toMatchObject({
      customFields: { colour: 'Colour?' },
      collectsAddress: false,
      coverImage: null,
    });
    const again = await page(`/p/${handle}/partner/tee`);
    expect([
      again.text.includes('Colour?'),
      again.text.includes('Size?'),
      again.text.includes('name="street"'),
    ]).toEqual([true, false, false]);
    const taken = await create({ slug: 'partner/tee' });
    expect([taken.status, taken.body.errors[0].source.pointer]).toEqual([422, '/data/attributes/slug']);
  });

  it('is refused with every fault at its place', async () => {
    const { status, body } = await create({
      slug: 'a//b',
      coverImage: 'http://images.example.com/a.jpg',
      customFields: { '': 'x' },
      adjustsQuantity: true,
    });
    expect(status).toBe(422);
    expect(body.errors.map(({ source }: Json) => source.pointer).toSorted()).toEqual(
      ['adjustsQuantity', 'coverImage', 'customFields', 'slug'].map((name) => `/data/attributes/${name}`),
    );
  });
});

describe('a link of a shop without an end', () => {
  it('is paid again and again', async () => {
    const link = await make({ kind: 'donation', amount: 50_000_000n, expiresAt: null });
    const payer = await app.wallet(['USDC']);
    for (const name of ['Ada', 'Grace']) {
      const invoice = await chosen(link, { name });
      await payer.pay(shop.wallet.address, invoice.amount, {
        memo: Memo.text(invoice.memo),
        asset: payer.coin('USDC'),
      });
      await eventually(
        () => invoiceOf(invoice.publicId),
        ({ status }) => status === 'PAID',
      );
    }
  });
});
