import { randomUUID } from 'node:crypto';
import { Memo } from '@stellar/stellar-sdk';
import { Jsona } from 'jsona';
import yayson from 'yayson';
import type { Json } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import { PARTNER, type PartnerProgram } from '../support/partner-program';
import { devourFor } from './clients/devour';
import Kitsu from './clients/kitsu.mjs';
import { spraypaintFor } from './clients/spraypaint';

/** Clients of JSON:API as they are published, each by its own documented settings and nothing else. */

const IN_A_DAY = new Date(Date.now() + 24 * 3600 * 1000).toISOString();
const UUID = /^[0-9a-f-]{36}$/;
const NOBODYS = '01890000-0000-7000-8000-000000000000';

let app: TestApp;
let api: string;
let key: string;
let partner: PartnerProgram;
/** A link priced in XLM, its invoice and the payment that paid it. */
let paid: { link: string; invoice: string; payment: string; hash: string };

beforeAll(async () => {
  app = await TestApp.start({ env: { RATES_MIN_SOURCES: '1', FIATS: 'USD,EUR' } });
  api = app.url + PARTNER;
  const shop = await app.shop();
  ({ key, partner } = shop);
  const { data, included } = (
    await partner.create('payment_links?include=target', {
      amount: '12.5',
      currency: 'XLM',
      paymentType: 'Invoice',
      expires_at: IN_A_DAY,
    })
  ).body;
  const payer = await app.wallet();
  const { hash } = await payer.pay(shop.wallet.address, '12.5', { memo: Memo.text(included[0].attributes.memo) });
  const [payment] = (
    await eventually(
      () => partner.get(`payments?filter[transactionHash]=${hash}`),
      ({ body }) => body.data[0]?.attributes.status === 'applied',
    )
  ).body.data;
  paid = { link: data.id, invoice: included[0].id, payment: payment.id, hash };
});
afterAll(() => app.stop());

const sku = (): string => `sku-${randomUUID()}`;
const email = (): string => `${randomUUID()}@example.com`;
const caught = (call: Promise<unknown>): Promise<Json> =>
  call.then(
    () => fail('was not refused'),
    (error: unknown) => error,
  );
const names = (records: readonly Json[]): string[] => records.map(({ name }) => name);
function fail(reason: string): never {
  throw new Error(reason);
}

describe('kitsu', () => {
  let kitsu: Kitsu;
  const options = { pluralize: false, resourceCase: 'none', camelCaseTypes: false } as const;
  beforeAll(() => {
    kitsu = new Kitsu({ ...options, baseURL: api, headers: { Authorization: `Bearer ${key}` } });
  });

  it('creates, reads, includes, changes and removes', async () => {
    const rate = (await kitsu.create('tax_rates', { name: 'VAT', percentage: '19' })).data;
    const made = await kitsu.create(
      'products',
      {
        name: 'Tee',
        sku: sku(),
        price: '19.90',
        currency: 'EUR',
        taxRate: { data: { id: rate.id, type: 'taxRates' } },
      },
      { headers: { 'Idempotency-Key': randomUUID() } },
    );
    expect(made.data).toMatchObject({
      id: expect.stringMatching(UUID),
      type: 'products',
      name: 'Tee',
      price: '19.90',
      status: 'active',
    });
    const { id } = made.data;
    const read = await kitsu.get(`products/${id}`, {
      params: { include: 'taxRate', fields: { products: 'name,taxRate', taxRates: 'name' } },
    });
    expect(read.data).toMatchObject({ id, name: 'Tee', taxRate: { data: { id: rate.id, name: 'VAT' } } });
    expect([read.data.price, read.data.taxRate.data.percentage]).toEqual([undefined, undefined]);
    expect((await kitsu.get(`products/${id}/taxRate`)).data).toMatchObject({ id: rate.id, name: 'VAT' });
    expect((await kitsu.get(`products/${id}/relationships/taxRate`)).data).toMatchObject({
      id: rate.id,
      type: 'taxRates',
    });
    const changed = await kitsu.update(
      'products',
      { id, price: '21', taxRate: { data: null } },
      { headers: { 'If-Match': made.headers.etag } },
    );
    expect(changed.data).toMatchObject({ id, price: '21.00', name: 'Tee' });
    expect((await kitsu.get(`products/${id}`, { params: { include: 'taxRate' } })).data.taxRate.data).toBeUndefined();
    expect(await kitsu.remove('products', id)).toMatchObject({ status: 204 });
    expect(await caught(kitsu.get(`products/${id}`))).toMatchObject({
      response: { status: 404 },
      errors: [{ code: 'resource_not_found' }],
    });
  });

  it.each(['traditional', 'modern'])('filters by lists, sorts and pages with %s queries', async (query) => {
    const client = new Kitsu({ ...options, query, baseURL: api, headers: { Authorization: `Bearer ${key}` } });
    const emails = [email(), email(), email()];
    for (const [at, each] of emails.entries()) await client.create('customers', { name: `C${at}`, email: each });
    const first = await client.get('customers', {
      params: { filter: { email: emails }, sort: 'createdAt', page: { size: 2 } },
    });
    expect(names(first.data)).toEqual(['C0', 'C1']);
    const followed = await client.request({ url: first.links.next } as never);
    expect(names(followed.data)).toEqual(['C2']);
    expect(followed.links.next).toBeNull();
  });

  it('finds addresses and types by its own rules for words', async () => {
    const client = new Kitsu({ baseURL: api, resourceCase: 'snake', headers: { Authorization: `Bearer ${key}` } });
    const rate = (await client.create('taxRate', { name: 'VAT', percentage: '5' })).data;
    const product = (
      await client.create('product', { name: 'Pin', price: '1', currency: 'EUR', taxRate: { data: { id: rate.id } } })
    ).data;
    expect(
      (await client.update('product', { id: product.id, taxRate: { data: { id: rate.id } }, price: '2' })).data,
    ).toMatchObject({ price: '2.00', taxRate: { data: { id: rate.id } } });
    expect((await client.get(`paymentLink/${paid.link}`)).data).toMatchObject({ id: paid.link, status: 'completed' });
    const [event] = (await client.get('event', { params: { page: { size: 1 } } })).data;
    expect((await client.get(`event/${event.id}`)).data).toMatchObject({ id: event.id });
  });

  it('gets what it may not write told with pointers and parameters', async () => {
    expect((await caught(kitsu.create('products', { name: '', price: 5, currency: 'EUR' }))).errors).toMatchObject([
      { status: '422', source: { pointer: '/data/attributes/name' } },
      { status: '422', source: { pointer: '/data/attributes/price' } },
    ]);
    expect((await caught(kitsu.get('products', { params: { page: { number: 2 } } }))).errors).toMatchObject([
      { status: '400', source: { parameter: 'page[number]' } },
    ]);
    expect(
      (
        await caught(
          kitsu.create('products', {
            name: 'Tee',
            price: '5',
            currency: 'EUR',
            taxRate: { data: { id: NOBODYS, type: 'taxRates' } },
          }),
        )
      ).errors,
    ).toMatchObject([{ status: '404', source: { pointer: '/data/relationships/taxRate/data/id' } }]);
  });

  it('follows money from a link to its payment, and reads the merchant, currencies, quotes and events', async () => {
    const link = (await kitsu.get(`payment_links/${paid.link}`, { params: { include: 'target.payments' } })).data;
    expect(link).toMatchObject({
      type: 'paymentLinks',
      status: 'completed',
      target: {
        data: { id: paid.invoice, status: 'PAID', payments: { data: [{ id: paid.payment, amount: '12.50' }] } },
      },
    });
    expect(
      (await kitsu.get('payments', { params: { filter: { transactionHash: paid.hash }, include: 'invoice' } })).data,
    ).toMatchObject([{ id: paid.payment, invoice: { data: { id: paid.invoice } } }]);
    const me = (await kitsu.get('merchants/me')).data;
    expect((await kitsu.update('merchants', { id: me.id, toleranceBp: 25 })).data).toMatchObject({
      id: me.id,
      toleranceBp: 25,
    });
    expect((await kitsu.get('currencies/EUR')).data).toMatchObject({ id: 'EUR', kind: 'fiat' });
    const quote = (await kitsu.create('quotes', { amount: '100', currency: 'EUR', payCurrency: 'USDC' })).data;
    expect((await kitsu.get(`quotes/${quote.id}`)).data).toMatchObject({
      amount: '100.00',
      status: 'open',
      payAmount: quote.payAmount,
    });
    const { data } = await kitsu.get('events', { params: { filter: { subjectId: paid.invoice }, include: 'subject' } });
    expect(data[0]).toMatchObject({
      id: expect.stringMatching(/^evt_/),
      eventType: 'invoice.created',
      subject: { data: { id: paid.invoice, type: 'invoices', status: 'PAID' } },
    });
  });
});

describe('devour', () => {
  let devour: ReturnType<typeof devourFor>;
  beforeAll(() => {
    devour = devourFor(api, key);
  });

  it('creates, reads, includes, changes and removes', async () => {
    const rate = (await devour.create('taxRate', { name: 'VAT', percentage: '7.5', inclusive: true })).data;
    expect(rate).toMatchObject({ id: expect.stringMatching(UUID), type: 'taxRates', inclusive: true });
    const { id } = (
      await devour.create('product', {
        name: 'Mug',
        sku: sku(),
        price: '8',
        currency: 'EUR',
        metadata: { colour: 'red' },
        taxRate: { id: rate.id },
      })
    ).data;
    expect((await devour.find('product', id, { include: 'taxRate' })).data).toMatchObject({
      id,
      price: '8.00',
      metadata: { colour: 'red' },
      taxRate: { id: rate.id, name: 'VAT' },
    });
    expect((await devour.one('product', id).relationships('taxRate').get()).data).toMatchObject({
      id: rate.id,
      type: 'taxRates',
    });
    expect(
      (await devour.update('product', { id, name: 'Big mug', status: 'archived', taxRate: null })).data,
    ).toMatchObject({ id, name: 'Big mug', status: 'archived', price: '8.00', taxRate: null });
    await devour.destroy('product', id);
    expect(await caught(devour.find('product', id))).toEqual({
      0: expect.objectContaining({ status: '404', code: 'resource_not_found' }),
    });
  });

  it('filters by lists, sorts and follows the link to the next page', async () => {
    const emails = [email(), email(), email()];
    for (const [at, each] of emails.entries()) await devour.create('customer', { name: `D${at}`, email: each });
    const first = await devour.findAll('customer', {
      filter: { email: emails },
      sort: '-createdAt',
      page: { size: 2 },
      fields: { customers: 'name' },
    });
    expect([names(first.data), first.data[0].email]).toEqual([['D2', 'D1'], undefined]);
    const second = await devour.request(first.links?.['next'] as string);
    expect([names(second.data), second.links?.['next']]).toEqual([['D0'], null]);
    expect(names((await devour.request(second.links?.['prev'] as string)).data)).toEqual(['D2', 'D1']);
  });

  it('repeats a request under one key, which it sends with everything', async () => {
    const client = devourFor(api, key);
    client.headers = { 'Idempotency-Key': randomUUID() };
    const sent = { name: 'Once', price: '1', currency: 'EUR' };
    const [first, second] = [await client.create('product', sent), await client.create('product', sent)];
    expect(second.data).toEqual(first.data);
    expect((await client.find('product', first.data.id)).data).toMatchObject({ id: first.data.id });
    await client.destroy('product', first.data.id);
  });

  it('gets refusals by the attribute they are about', async () => {
    const refused = await caught(devour.create('customer', { name: 'D', email: 'nowhere' }));
    expect(refused).toEqual({ email: expect.objectContaining({ status: '422', code: 'attributes_invalid' }) });
    const taken = email();
    await devour.create('customer', { name: 'D', email: taken });
    expect(await caught(devour.create('customer', { name: 'D', email: taken }))).toEqual({
      email: expect.objectContaining({ status: '422', code: 'customer_email_taken' }),
    });
  });

  it('follows money from a link to its payment, and reads the merchant, currencies, quotes and events', async () => {
    expect((await devour.find('paymentLink', paid.link, { include: 'target.payments' })).data).toMatchObject({
      status: 'completed',
      target: { id: paid.invoice, status: 'PAID', payments: [{ id: paid.payment, status: 'applied' }] },
    });
    const reference = randomUUID();
    const link = (
      await devour.create('paymentLink', {
        amount: '15',
        currency: 'EUR',
        paymentType: 'Invoice',
        expiresAt: IN_A_DAY,
        reference,
        payCurrencies: ['USDC'],
      })
    ).data;
    expect(link).toMatchObject({ type: 'paymentLinks', status: 'created', amount: '15.00', target: null });
    expect((await devour.findAll('paymentLink', { filter: { reference } })).data).toMatchObject([{ id: link.id }]);
    expect(
      (await devour.findAll('invoice', { filter: { status: ['PAID', 'CANCELLED'] }, include: 'payments' })).data,
    ).toMatchObject([{ id: paid.invoice, payments: [{ transactionHash: paid.hash }] }]);
    const me = (await devour.find('merchant', 'me')).data;
    expect((await devour.update('merchant', { id: me.id, lateGraceSeconds: 60 })).data).toMatchObject({
      id: me.id,
      lateGraceSeconds: 60,
    });
    expect((await devour.findAll('currency', { filter: { kind: 'fiat' } })).data.map(({ id }: Json) => id)).toEqual([
      'EUR',
      'USD',
    ]);
    expect((await devour.create('quote', { amount: '50', currency: 'USD', payCurrency: 'XLM' })).data).toMatchObject({
      amount: '50.00',
      status: 'open',
    });
    expect(
      (await devour.findAll('event', { filter: { eventType: ['invoice.paid'] }, include: 'subject' })).data,
    ).toMatchObject([{ subject: { id: paid.invoice, status: 'PAID' } }]);
  });
});

describe('spraypaint', () => {
  let models: ReturnType<typeof spraypaintFor>;
  beforeAll(() => {
    models = spraypaintFor(app.url, PARTNER, key);
  });

  it('creates, reads, includes, changes and removes', async () => {
    const { Product, TaxRate } = models;
    const rate = new TaxRate({ name: 'VAT', percentage: '19' });
    expect(await rate.save()).toBe(true);
    const product = new Product({ name: 'Cap', sku: sku(), price: '12', currency: 'EUR', taxRate: rate });
    expect(await product.save({ with: 'taxRate.id' })).toBe(true);
    expect([product.price, product.isPersisted]).toEqual(['12.00', true]);
    const read = (
      await Product.includes('taxRate')
        .select({ products: ['name', 'taxRate'], taxRates: ['name'] })
        .find(product.id)
    ).data;
    expect([read.name, read.price, read.taxRate.id, read.taxRate.name]).toEqual(['Cap', undefined, rate.id, 'VAT']);
    product.price = '13.5';
    expect(await product.save()).toBe(true);
    expect(product.price).toBe('13.50');
    expect(await product.destroy()).toBe(true);
    expect(await caught(Product.find(product.id))).toMatchObject({
      message: 'record not found',
      response: { status: 404 },
    });
  });

  it('filters by lists, sorts and pages by cursor', async () => {
    const { Customer } = models;
    const from = (
      await new Customer({ name: 'before', email: email() })
        .save()
        .then(() => app.sql<{ at: Date }>("select max(created_at) + interval '1 ms' as at from customers"))
    )[0]?.at.toISOString();
    const emails = [email(), email(), email()];
    for (const [at, each] of emails.entries())
      await new Customer({ name: `S${at}`, email: each, isFavorite: at === 1 }).save();
    // A list is sent with commas between, which texts may hold themselves: what is made from now on is these three.
    const mine = Customer.where({ createdAt: { from } }).order({ createdAt: 'desc' }).per(2);
    const first = await mine.all();
    expect(names(first.data)).toEqual(['S2', 'S1']);
    const after = new URL(first.raw.links.next).searchParams.get('page[after]');
    expect(names((await mine.extraParams({ 'page[after]': after }).all()).data)).toEqual(['S0']);
    expect((await mine.per(1).all()).data[0].isFavorite).toBe(false);
    expect((await Customer.where({ email: emails[0], createdAt: { from: IN_A_DAY } }).all()).data).toEqual([]);
  });

  it('marks the attributes that were refused', async () => {
    const customer = new models.Customer({ name: 'S', email: 'nowhere' });
    expect(await customer.save()).toBe(false);
    expect(customer.errors).toMatchObject({
      email: { code: 'attributes_invalid', attribute: 'email', message: expect.any(String) },
    });
    expect(await caught(models.Customer.page(2).all())).toMatchObject({ response: { status: 400 } });
  });

  it('marks the record itself where no attribute is at fault', async () => {
    const own = spraypaintFor(app.url, PARTNER, key).Customer;
    const options = own.fetchOptions.bind(own);
    own.fetchOptions = () => ({ ...options(), headers: { ...options().headers, 'Idempotency-Key': 'spray' } });
    expect(await new own({ name: 'S', email: email() }).save()).toBe(true);
    const other = new own({ name: 'T', email: email() });
    expect(await other.save()).toBe(false);
    expect(other.errors).toMatchObject({
      base: { code: 'idempotency_key_reused', message: expect.stringContaining('send a new key') },
    });
  });

  it('follows money from a link to its payment, and reads the merchant and events', async () => {
    const link = (await models.PaymentLink.includes({ target: 'payments' }).find(paid.link)).data;
    expect([link.status, link.target.status, link.target.payments[0].transactionHash]).toEqual([
      'completed',
      'PAID',
      paid.hash,
    ]);
    const [payment] = (await models.Payment.where({ status: 'applied' }).includes('invoice').all()).data;
    expect([payment.id, payment.invoice.id]).toEqual([paid.payment, paid.invoice]);
    const invoice = new models.Invoice({
      currency: 'XLM',
      lines: [{ description: 'Beans', rate: '3' }],
      reference: 'R-1',
    });
    expect([await invoice.save(), invoice.amount, invoice.status]).toEqual([true, '3.00', 'PENDING']);
    const me = (await models.Merchant.find('me')).data;
    me.name = 'Spray & Co';
    expect([await me.save(), me.name]).toEqual([true, 'Spray & Co']);
    const [event] = (await models.Event.where({ subjectId: paid.payment }).includes('subject').all()).data;
    expect([event.eventType, event.subject.id]).toEqual([expect.stringMatching(/^payment\./), paid.payment]);
  });
});

/** Both read and write documents and leave HTTP to others. */
describe('jsona and yayson', () => {
  const PATH = 'payment_links?include=target.payments';

  it('jsona builds models, and documents that are accepted back', async () => {
    const jsona = new Jsona();
    const [link] = jsona.deserialize((await partner.get(`${PATH}&filter[status]=completed`)).body) as Json[];
    expect(link).toMatchObject({
      type: 'paymentLinks',
      id: paid.link,
      status: 'completed',
      target: { type: 'invoices', status: 'PAID', payments: [{ id: paid.payment, amount: '12.50' }] },
    });
    const rate = jsona.deserialize(
      (
        await partner.send(
          'POST',
          'tax_rates',
          jsona.serialize({ stuff: { type: 'taxRates', name: 'VAT', percentage: '19' } as Json }),
        )
      ).body,
    ) as Json;
    const draft = {
      type: 'products',
      name: 'Pen',
      price: '2',
      currency: 'EUR',
      taxRate: { type: 'taxRates', id: rate.id },
      relationshipNames: ['taxRate'],
    };
    const made = await partner.send(
      'POST',
      'products?include=taxRate',
      jsona.serialize({ stuff: draft as Json, includeNames: ['taxRate'] }),
    );
    const product = jsona.deserialize(made.body) as Json;
    expect(product).toMatchObject({ name: 'Pen', price: '2.00', taxRate: { id: rate.id, name: 'VAT' } });
    const change = jsona.serialize({
      stuff: { type: 'products', id: product.id, price: '3', taxRate: null, relationshipNames: ['taxRate'] } as Json,
    });
    expect((await partner.send('PATCH', `products/${product.id}`, change)).body.data).toMatchObject({
      attributes: { price: '3.00' },
      relationships: { taxRate: { data: null } },
    });
  });

  it('yayson fills its store', async () => {
    const { Store } = yayson();
    const store = new Store();
    const [link] = store.syncAll((await partner.get(`${PATH}&filter[status]=completed`)).body) as Json[];
    expect(link).toMatchObject({
      id: paid.link,
      target: { id: paid.invoice, payments: [{ id: paid.payment, transactionHash: paid.hash }] },
    });
    expect(store.find('payments', paid.payment)).toMatchObject({ status: 'applied' });
    const [event] = store.syncAll((await partner.get(`events?filter[subjectId]=${paid.link}`)).body) as Json[];
    expect(event).toMatchObject({ eventType: 'link.created', subject: { id: paid.link, status: 'completed' } });
    const alone = new Store().sync((await partner.get(`payments/${paid.payment}`)).body) as Json;
    expect(alone).toMatchObject({ amount: '12.50', invoice: { id: paid.invoice } });
  });
});
