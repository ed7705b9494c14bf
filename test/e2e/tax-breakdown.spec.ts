import { Memo } from '@stellar/stellar-sdk';
import type { Json } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import type { PartnerProgram } from '../support/partner-program';
import { pdfPages } from '../support/pdf-text';
import type { TestShop } from '../support/shop';
import type { TestWallet } from '../support/wallet';

let app: TestApp;
let shop: TestShop;
let payer: TestWallet;
let partner: PartnerProgram;
let key: string;

beforeAll(async () => {
  app = await TestApp.start();
  [shop, payer] = await Promise.all([app.shop(), app.wallet(['USDC'])]);
  ({ key, partner } = shop);
});
afterAll(() => app.stop());

const inADay = (): string => new Date(Date.now() + 24 * 3600 * 1000).toISOString();
const made = async (path: string, attributes: object, relationships?: object): Promise<Json> => {
  const { status, body, text } = await partner.create(path, attributes, relationships);
  expect([status, text]).toEqual([201, text]);
  return body.data;
};
const product = async (name: string, price: string, percentage: string | null, inclusive: boolean): Promise<Json> => {
  const rate = percentage === null ? undefined : await made('tax_rates', { name: 'VAT', percentage, inclusive });
  return made(
    'products',
    { name, price, currency: 'XLM' },
    rate === undefined ? undefined : { taxRate: { data: { type: 'taxRates', id: rate.id } } },
  );
};
/** An invoice for all of them, as a payer who opens the page gets it. */
async function checkout(products: readonly Json[]): Promise<string> {
  const link = await made(
    'payment_links',
    { kind: 'product', amount: null, currency: 'XLM', paymentType: 'Invoice', expiresAt: inADay() },
    { products: { data: products.map(({ id }) => ({ type: 'products', id })) } },
  );
  const { status, body } = await app.client.post(`/checkout/${link.attributes.publicId}/choice`, { asset: 'XLM' });
  expect([status, body]).toEqual([status, expect.anything()]);
  const { body: list } = await partner.get(`payment_links/${link.id}/invoices`);
  return list.data[0].id;
}
const read = async (id: string): Promise<Json> => (await partner.get(`invoices/${id}`)).body.data.attributes;

const MIXED = [
  { percentage: '19', base: '10.00', tax: '1.90', inclusive: true },
  { percentage: '7', base: '10.00', tax: '0.70', inclusive: false },
  { percentage: '0', base: '5.00', tax: '0.00', inclusive: false },
];

describe('an invoice with several tax rates', () => {
  let id: string;
  beforeAll(async () => {
    id = await checkout([
      await product('Tee', '11.90', '19', true),
      await product('Mug', '10', '7', false),
      await product('Card', '5', null, false),
    ]);
  });

  it('has no one rate, and a breakdown whose parts sum up, in both APIs', async () => {
    const { publicId, ...told } = await read(id);
    expect(told).toMatchObject({
      subtotal: '25.00',
      taxRate: null,
      taxAmount: '2.60',
      amount: '27.60',
      taxBreakdown: MIXED,
    });
    const wallet = await shop.client.get(`/api/invoices/${publicId}`);
    expect(wallet.body).toMatchObject({ taxRate: null, taxAmount: '2.60', taxBreakdown: MIXED });
    expect((await app.client.get(`/api/invoices/${publicId}`)).body).toMatchObject({
      taxRate: null,
      taxBreakdown: MIXED,
    });
  });

  it('shows them on the page and on the receipt, and tells them with its events', async () => {
    const { publicId, memo } = await read(id);
    const page = (await (await fetch(`${app.url}/pay/${publicId}`)).text())
      .replaceAll(/<[^>]+>/g, ' ')
      .replaceAll(/\s+/g, ' ');
    expect(page).toContain('19 % included, on 10.00 1.90 7 % on 10.00 0.70 0 % on 5.00 0.00 Tax 2.60');
    await payer.pay(shop.wallet.address, '27.6', { memo: Memo.text(memo) });
    await eventually(
      () => read(id),
      ({ status }) => status === 'PAID',
    );
    const events = await app.sql<{ type: string; data: Json }>(
      "select type, data from events where subject_id = $1 and type in ('invoice.created', 'invoice.paid')",
      [id],
    );
    expect(events.map(({ data }) => [data.taxRate, data.taxAmount, data.taxBreakdown])).toEqual([
      [null, '2.60', MIXED],
      [null, '2.60', MIXED],
    ]);
    const receipt = await fetch(`${app.url}/api/public/v1/invoices/${id}/receipt`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const print = (await pdfPages(Buffer.from(await receipt.arrayBuffer()))).join(' ').replaceAll(/\s+/g, ' ');
    for (const part of ['19% included, on 10.00 XLM', '7% on 10.00 XLM', '0% on 5.00 XLM', 'Tax 2.60 XLM'])
      expect(print).toContain(part);
  });
});

describe('an invoice with one tax rate', () => {
  it('names it, and a breakdown of one; none without tax', async () => {
    const included = await read(
      await checkout([await product('Tee', '11.90', '19', true), await product('Cap', '23.80', '19', true)]),
    );
    expect(included).toMatchObject({
      taxRate: '19',
      taxBreakdown: [{ percentage: '19', base: '30.00', tax: '5.70', inclusive: true }],
    });
    const free = await read(await checkout([await product('Tee', '20', null, false)]));
    expect(free).toMatchObject({ taxRate: '0', taxBreakdown: [] });
  });

  it('also where it was written by hand, and after a change of it', async () => {
    const issued = await made('invoices', {
      currency: 'XLM',
      lines: [{ description: 'Beans', quantity: '2.5', rate: '4.00' }],
      taxRate: '7.7',
      discount: '1',
    });
    expect(issued.attributes).toMatchObject({
      taxRate: '7.7',
      taxBreakdown: [{ percentage: '7.7', base: '10.00', tax: '0.77', inclusive: false }],
    });
    const draft = (
      await shop.client.post('/api/invoices', {
        title: 'Beans',
        currency: 'XLM',
        lineItems: [{ description: 'Beans', quantity: 1, rate: 2 }],
        taxRate: 10,
      })
    ).body;
    expect(draft).toMatchObject({
      taxRate: '10',
      taxBreakdown: [{ percentage: '10', base: '2.00', tax: '0.20', inclusive: false }],
    });
    const changed = (await shop.client.patch(`/api/invoices/${String(draft.id)}`, { taxRate: 20 })).body;
    expect(changed).toMatchObject({
      taxRate: '20',
      taxBreakdown: [{ percentage: '20', base: '2.00', tax: '0.40', inclusive: false }],
    });
  });

  it('alike on top and within is one rate, told in two parts', async () => {
    const both = await read(
      await checkout([await product('Tee', '11', '10', true), await product('Mug', '10', '10', false)]),
    );
    expect(both).toMatchObject({
      taxRate: '10',
      taxAmount: '2.00',
      taxBreakdown: [
        { percentage: '10', base: '10.00', tax: '1.00', inclusive: true },
        { percentage: '10', base: '10.00', tax: '1.00', inclusive: false },
      ],
    });
  });
});
