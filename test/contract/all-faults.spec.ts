import { SCOPES } from '../../src/common/principal';
import type { ApiClient, Json } from '../support/api-client';
import { TestApp } from '../support/app';
import { complaints, PartnerCaller } from '../support/partner-caller';

/** One wrong attribute hides no other: shapes and meanings are told together, whichever of them are wrong. */

let app: TestApp;
let partner: PartnerCaller;
let wallet: ApiClient;

beforeAll(async () => {
  app = await TestApp.start({ reconcile: false, env: { FIATS: 'EUR' } });
  const shop = await app.shop({ scopes: SCOPES });
  wallet = shop.client;
  partner = PartnerCaller.bearer(app.url, shop.key);
});
afterAll(() => app.stop());

const IN_A_DAY = new Date(Date.now() + 86_400_000).toISOString();
const PAST = '2001-01-01T00:00:00Z';

/** Attributes, each alone at fault: first by its shape, then by what it means. Sound ones stand for the rest. */
const BODIES: readonly (readonly [string, string, Record<string, Json>, Record<string, Json>, Record<string, Json>])[] =
  [
    [
      'paymentLinks',
      '/payment_links',
      { amount: '50', currency: 'XLM', paymentType: 'Invoice', expiresAt: IN_A_DAY },
      {
        kind: 'x',
        currency: 5,
        paymentType: 'Neither',
        expiresAt: 5,
        accountCurrency: 5,
        paymentMethods: 'x',
        payCurrencies: 'x',
        reference: 5,
        maxPayments: 'x',
        successRedirectUrl: 5,
        title: 5,
        description: 5,
        metadata: 5,
      },
      {
        amount: '0',
        currency: 'ZZZ',
        paymentType: 'Payout',
        expiresAt: PAST,
        accountCurrency: 'ZZZ',
        paymentMethods: ['nft'],
        payCurrencies: ['ZZZ'],
        maxPayments: 7,
        successRedirectUrl: 'javascript:x',
        unsuccessRedirectUrl: 'x',
      },
    ],
    [
      'invoices',
      '/invoices',
      { currency: 'XLM', lines: [{ description: 'x', rate: '1' }] },
      {
        currency: 5,
        lines: 'x',
        taxRate: 'x',
        discount: 'x',
        title: 5,
        notes: 5,
        reference: 5,
        clientName: 5,
        clientEmail: 'x',
        expiresAt: 5,
      },
      { currency: 'ZZZ', lines: [{ description: 'x', rate: '0' }], expiresAt: PAST },
    ],
    [
      'products',
      '/products',
      { name: 'x', price: '1', currency: 'EUR' },
      { name: 5, price: 5, currency: 5, sku: 5, description: 5, metadata: 5 },
      { currency: 'ZZZ' },
    ],
    ['products', '/products', { name: 'x', price: '1', currency: 'EUR' }, { name: 5, sku: 5 }, { price: '1.001' }],
    [
      'taxRates',
      '/tax_rates',
      { name: 'x', percentage: '1' },
      { name: 5, percentage: 'x', inclusive: 5, description: 5 },
      {},
    ],
    [
      'customers',
      '/customers',
      { name: 'x', email: 'x@example.com' },
      { name: 5, email: 'x', company: 5, address: 5, isFavorite: 5 },
      {},
    ],
    ['members', '/members', { wallet: 'x', role: 'viewer' }, { wallet: 'x', role: 'x' }, {}],
    [
      'receivingAccounts',
      '/receiving_accounts',
      { network: 'sandbox', address: 'x' },
      { network: 'x', address: 'x', isDefault: 5, signature: 5 },
      { network: 'public' },
    ],
    [
      'apiKeys',
      '/api_keys',
      { label: 'x' },
      { label: 5, network: 'x', scopes: ['x'], expiresAt: 5 },
      { network: 'public', expiresAt: PAST },
    ],
    [
      'clients',
      '/clients',
      { label: 'x' },
      { label: 5, network: 'x', scopes: ['x'], expiresAt: 5 },
      { network: 'public', expiresAt: PAST },
    ],
    [
      'quotes',
      '/quotes',
      { amount: '10', currency: 'EUR', payCurrency: 'XLM' },
      { amount: 5, currency: 5, payCurrency: 5, network: 5 },
      { amount: '0.0000001', payCurrency: 'ZZZ' },
    ],
    [
      'quotes',
      '/quotes',
      { amount: '10', currency: 'EUR', payCurrency: 'XLM' },
      { amount: 5 },
      { currency: 'ZZZ', network: 'nowhere' },
    ],
    [
      'webhookEndpoints',
      '/webhook_endpoints',
      { url: 'https://shop.example/' },
      { url: 5, description: 5, eventTypes: ['x'], network: 'x' },
      { url: 'ftp://x', network: 'public' },
    ],
    [
      'paymentResolutions',
      '/payment_resolutions',
      { action: 'dismiss', reason: 'x' },
      { action: 'x', reason: 5, refundTransactionHash: 'x' },
      { refundTransactionHash: 'a'.repeat(64) },
    ],
  ];

/** The attributes that a refusal blames. */
const blamed = async (type: string, path: string, attributes: Record<string, Json>): Promise<string[]> => {
  const answer = await partner.create(type, path, { attributes });
  expect([path, attributes, answer.status]).toEqual([path, attributes, 422]);
  return [...new Set(complaints(answer).map((each) => each.split('/')[3] ?? ''))].toSorted();
};

describe('of the partner API', () => {
  it.each(BODIES)(
    '%s tells all faults of shape and of meaning together',
    async (type, path, sound, shapes, meanings) => {
      for (const [name, value] of [...Object.entries(shapes), ...Object.entries(meanings)])
        expect([name, await blamed(type, path, { ...sound, [name]: value })]).toEqual([
          name,
          [
            ...new Set([
              name,
              ...(type === 'receivingAccounts' || type === 'members' ? await blamed(type, path, sound) : []),
            ]),
          ].toSorted(),
        ]);
      expect(await blamed(type, path, { ...sound, ...shapes })).toEqual(
        [...new Set([...Object.keys(shapes), ...(type === 'receivingAccounts' ? ['address'] : [])])].toSorted(),
      );
      if (Object.keys(meanings).length > 0)
        expect(await blamed(type, path, { ...sound, ...meanings })).toEqual(
          [...new Set([...Object.keys(meanings), ...(type === 'receivingAccounts' ? ['address'] : [])])].toSorted(),
        );
      // Each shape beside each meaning of another attribute.
      for (const [shape, wrong] of Object.entries(shapes)) {
        for (const [name, value] of Object.entries(meanings)) {
          if (shape === name || DEPENDS[`${type} ${name}`]?.includes(shape) === true) continue;
          expect([shape, name, await blamed(type, path, { ...sound, [shape]: wrong, [name]: value })]).toEqual([
            shape,
            name,
            expect.arrayContaining([shape, name]),
          ]);
        }
      }
    },
    120_000,
  );

  it('a wrong paymentType hides neither amount, currency nor expiry', async () => {
    expect(
      await blamed('paymentLinks', '/payment_links', {
        amount: '-1',
        currency: 'ZZZ',
        paymentType: 'x',
        expiresAt: PAST,
      }),
    ).toEqual(['amount', 'currency', 'expiresAt', 'paymentType']);
    expect(
      await blamed('paymentLinks', '/payment_links', { amount: '0.00001', currency: 'EUR', expiresAt: 'soon' }),
    ).toEqual(['', 'amount', 'expiresAt']);
  });

  it('goods that do not fit are told of with the terms', async () => {
    const answer = await partner.create('paymentLinks', '/payment_links', {
      attributes: { kind: 'product', amount: '5', currency: 'EUR', paymentType: 'x', expiresAt: PAST },
    });
    expect(complaints(answer).toSorted()).toEqual([
      'attributes_invalid /data',
      'attributes_invalid /data/attributes/amount',
      'attributes_invalid /data/attributes/paymentType',
      'expiry_in_past /data/attributes/expiresAt',
    ]);
  });

  it('changes too', async () => {
    const { id } = (
      await partner.create('products', '/products', { attributes: { name: 'x', price: '1', currency: 'EUR' } })
    ).body.data;
    expect(
      complaints(await partner.update('products', `/products/${id}`, { attributes: { name: 5, price: '1.001' } })),
    ).toEqual(['attributes_invalid /data/attributes/name', 'amount_too_precise /data/attributes/price']);
    const link = (
      await partner.create('paymentLinks', '/payment_links', {
        attributes: { amount: '50', currency: 'XLM', paymentType: 'Invoice', expiresAt: IN_A_DAY },
      })
    ).body.data;
    expect(
      complaints(
        await partner.update('paymentLinks', `/payment_links/${link.id}`, {
          attributes: { title: 5, expiresAt: PAST, successRedirectUrl: 'x', maxPayments: 7 },
        }),
      ).toSorted(),
    ).toEqual([
      'attributes_invalid /data/attributes/maxPayments',
      'attributes_invalid /data/attributes/successRedirectUrl',
      'attributes_invalid /data/attributes/title',
      'expiry_in_past /data/attributes/expiresAt',
    ]);
  });
});

/** What follows from another attribute cannot be said while that one is at fault. */
const DEPENDS: Readonly<Record<string, readonly string[]>> = {
  'paymentLinks amount': ['kind'],
  'paymentLinks maxPayments': ['kind'],
  'invoices lines': ['taxRate', 'discount'],
  'products price': ['currency'],
  'quotes amount': ['currency'],
  'quotes payCurrency': ['network'],
  'paymentResolutions refundTransactionHash': ['action'],
};

describe('of the wallet API', () => {
  const paths = async (path: string, body: object, method: 'post' | 'patch' = 'post'): Promise<string[]> => {
    const answer = await wallet[method](path, body);
    expect([path, answer.status]).toEqual([path, 400]);
    return (answer.body.details ?? []).map((each: Json) => each.path).toSorted();
  };

  it('links, invoices and webhooks tell all faults together', async () => {
    expect(
      await paths('/api/links', {
        amount: '-1',
        asset: 'DOGE',
        expiresAt: PAST,
        networkPassphrase: 'nowhere',
        metadata: { title: 5 },
      }),
    ).toEqual(['amount', 'asset', 'expiresAt', 'metadata.title', 'networkPassphrase']);
    expect(
      await paths('/api/links', { amount: '0.5', asset: 'XLM', expiresAt: 'soon', activateNewAccounts: true }),
    ).toEqual(['activateNewAccounts', 'expiresAt']);
    expect(
      await paths('/api/invoices', {
        currency: 'XLM',
        lineItems: [{ description: 'x', quantity: 1, rate: '5' }],
        taxRate: '1.00001',
        dueDate: PAST,
        title: 5,
        networkPassphrase: 'nowhere',
      }),
    ).toEqual(['dueDate', 'networkPassphrase', 'taxRate', 'title']);
    expect(await paths('/api/invoices', { currency: 'DOGE', amount: 'x', dueDate: 'soon' })).toEqual([
      'amount',
      'currency',
      'dueDate',
    ]);
    expect(
      await paths('/api/webhooks', { url: 'ftp://x', events: ['x'], description: 5, networkPassphrase: 'nowhere' }),
    ).toEqual(['description', 'events.0', 'networkPassphrase', 'url']);
    const { id } = (await wallet.post('/api/invoices', { currency: 'XLM', amount: '5' })).body;
    expect(
      await paths(
        `/api/invoices/${id as string}`,
        { title: 5, dueDate: PAST, taxRate: '1.00001', currency: 'DOGE' },
        'patch',
      ),
    ).toEqual(['currency', 'dueDate', 'taxRate', 'title']);
  });

  it('a single one keeps its own sentence', async () => {
    expect((await wallet.post('/api/links', { amount: '5', asset: 'XLM', expiresAt: PAST })).body).toEqual({
      error: 'expiresAt must be in the future',
    });
    expect((await wallet.post('/api/links', { amount: '5', asset: 'XLM', networkPassphrase: 'nowhere' })).body).toEqual(
      { error: 'Invalid network passphrase' },
    );
  });
});
