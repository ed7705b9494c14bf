import { randomUUID } from 'node:crypto';
import { Asset, Operation, type Transaction, TransactionBuilder } from '@stellar/stellar-sdk';
import { amountOf, formatLedgerAmount } from '../../src/common/money';
import { QuotesService } from '../../src/rates/quotes.service';
import { ExchangeRoutesService } from '../../src/rates/exchange-routes.service';
import type { Answer } from '../support/api-client';
import { ApiClient } from '../support/api-client';
import { TestApp } from '../support/app';
import { PartnerCaller } from '../support/partner-caller';
import { RateSource } from '../support/rate-source';
import type { KeyWish } from '../support/shop';

const BASE = '/api/public/v1';

/** A second source of rates, of which the test decides what it says. */
let spot: RateSource;
let spotPrices: Record<string, string>;
let app: TestApp;
beforeAll(async () => {
  spot = await RateSource.start((asset, fiat) => spotPrices[`${asset}-${fiat}`]);
  app = await TestApp.start({ env: { ...spot.env, FIATS: 'USD,EUR,JPY' } });
});
afterAll(async () => {
  await app.stop();
  await spot.stop();
});
beforeEach(() => {
  spotPrices = {};
});

interface Caller {
  readonly merchantId: string;
  readonly get: (path: string) => Promise<Answer>;
  readonly post: (
    path: string,
    attributes: Record<string, unknown>,
    headers?: Record<string, string>,
  ) => Promise<Answer>;
}

async function caller(wish: KeyWish = {}): Promise<Caller> {
  const { merchantId, key } = await app.shop(wish);
  const partner = PartnerCaller.bearer(app.url, key);
  return {
    merchantId,
    get: (path) => partner.get(path),
    post: (path, attributes, headers) => partner.create('quotes', path, { attributes }, headers),
  };
}

const QUOTE = { amount: '100.00', currency: 'EUR', payCurrency: 'XLM' };

describe('currencies', () => {
  it('are listed with what one payment may be', async () => {
    const { get } = await caller();
    const { status, body } = await get('/currencies');
    expect([status, body.data.map(({ id }: { id: string }) => id)]).toEqual([
      200,
      ['EUR', 'EURC', 'JPY', 'USD', 'USDC', 'XLM'],
    ]);
    expect(body.data[0]).toEqual({
      type: 'currencies',
      id: 'EUR',
      attributes: {
        kind: 'fiat',
        name: 'Euro',
        decimals: 2,
        minimum: '10.00',
        maximum: '100000.00',
        settlementAsset: 'EURC',
        networks: [],
      },
      links: { self: `${app.url}${BASE}/currencies/EUR` },
    });
    expect((await get('/currencies?filter[kind]=asset&page[size]=2')).body).toMatchObject({
      data: [{ id: 'EURC' }, { id: 'USDC' }],
      links: { next: expect.stringContaining('page%5Bafter%5D=') },
    });
  });

  it('are read by their code', async () => {
    const { get } = await caller();
    const issuer = (await app.wallet()).coin('USDC').getIssuer();
    expect((await get('/currencies/USDC')).body.data.attributes).toMatchObject({
      kind: 'asset',
      settlementAsset: 'USDC',
      networks: [{ network: 'sandbox', issuer }],
    });
    for (const id of ['usdc', 'USDT', 'constructor']) expect((await get(`/currencies/${id}`)).status).toBe(404);
  });

  it('walk backwards and forwards over their pages', async () => {
    const { get } = await caller();
    const first = (await get('/currencies?page[size]=4')).body;
    const second = (await get(first.links.next.slice(app.url.length + BASE.length))).body;
    const back = (await get(second.links.prev.slice(app.url.length + BASE.length))).body;
    expect([second.data.map(({ id }: { id: string }) => id), second.links.next]).toEqual([['USDC', 'XLM'], null]);
    expect(back.data).toEqual(first.data);
  });
});

describe('exchange rates', () => {
  it('are what the sources agree on, or null', async () => {
    const { get } = await caller();
    spotPrices = { 'XLM-EUR': '0.0926' };
    const { body } = await get('/exchange_rates?filter[payCurrency]=XLM');
    const rows = body.data.map(
      ({ id, attributes }: { id: string; attributes: { rate: string | null; sources: { source: string }[] } }) => [
        id,
        attributes.rate,
        attributes.sources.map(({ source }) => source),
      ],
    );
    expect(rows).toEqual([
      ['sandbox.XLM.EUR', '0.0925962962962', ['order-books', 'spot']],
      ['sandbox.XLM.JPY', null, []],
      ['sandbox.XLM.USD', '0.1', ['order-books']],
    ]);
    expect((await get('/exchange_rates/sandbox.EURC.EUR')).body.data.attributes).toMatchObject({
      network: 'sandbox',
      currency: 'EUR',
      payCurrency: 'EURC',
      rate: '1',
    });
    for (const id of ['public.XLM.EUR', 'sandbox.XLM.GBP', 'x'])
      expect((await get(`/exchange_rates/${id}`)).status).toBe(404);
  });
});

describe('quotes', () => {
  it('fix an amount and are found again', async () => {
    const { get, post } = await caller();
    const { status, body, headers } = await post('/quotes', { ...QUOTE, payCurrency: 'USDC' });
    expect([status, headers.get('location')]).toEqual([201, body.data.links.self]);
    expect(body.data.attributes).toMatchObject({
      network: 'sandbox',
      currency: 'EUR',
      amount: '100.00',
      payCurrency: 'USDC',
      payAmount: '108.0100000',
      rate: '0.925925925925',
      status: 'open',
    });
    expect(body.data.attributes.sources).toEqual([
      { source: 'order-books', rate: '0.925925925925', observedAt: expect.any(String) },
    ]);
    const { createdAt, expiresAt } = body.data.attributes;
    expect(Date.parse(expiresAt) % 1000).toBe(0);
    expect(Date.parse(createdAt) + 900_000 - Date.parse(expiresAt)).toBeLessThan(1000);
    expect((await get(`/quotes/${body.data.id}`)).body.data).toEqual(body.data);
    expect((await get('/quotes')).body.data).toEqual([body.data]);
  });

  it('are made once under one key', async () => {
    const { get, post } = await caller();
    const key = { 'idempotency-key': randomUUID() };
    const [first, second] = [await post('/quotes', QUOTE, key), await post('/quotes', QUOTE, key)];
    expect([second.status, second.text, second.headers.get('idempotent-replayed')]).toEqual([201, first.text, 'true']);
    expect((await post('/quotes', { ...QUOTE, amount: '101' }, key)).status).toBe(422);
    expect((await get('/quotes')).body.data).toHaveLength(1);
  });

  it('do not exist while the sources disagree (503)', async () => {
    const { get, post } = await caller();
    spotPrices = { 'EURC-USD': '1.2' };
    const { status, body, headers } = await post('/quotes', { ...QUOTE, currency: 'USD', payCurrency: 'EURC' });
    expect([status, body.errors[0].code, headers.get('retry-after')]).toEqual([503, 'rate_unavailable', '10']);
    expect((await get('/quotes')).body.data).toEqual([]);
  });

  it('have no rate where no source knows the currency', async () => {
    const { post } = await caller();
    expect((await post('/quotes', { ...QUOTE, amount: '20000', currency: 'JPY' })).body.errors).toMatchObject([
      { status: '503', code: 'rate_unavailable' },
    ]);
  });

  it.each([
    [{ amount: '5.00' }, 'amount_below_minimum', '/data/attributes/amount', 'amount: 5.00, minimum: 10.00'],
    [{ amount: '500000' }, 'amount_above_maximum', '/data/attributes/amount', 'amount: 500000.00, maximum: 100000.00'],
    [{ amount: '10.005' }, 'amount_too_precise', '/data/attributes/amount', undefined],
    [{ amount: 100 }, 'attributes_invalid', '/data/attributes/amount', undefined],
    [{ amount: '1e3' }, 'attributes_invalid', '/data/attributes/amount', undefined],
    [{ amount: '0' }, 'attributes_invalid', '/data/attributes/amount', undefined],
    [{ amount: '999999999999' }, 'attributes_invalid', '/data/attributes/amount', undefined],
    [{ currency: 'USDC' }, 'currency_unsupported', '/data/attributes/currency', undefined],
    [{ payCurrency: 'BTC' }, 'unsupported_pay_currency', '/data/attributes/payCurrency', undefined],
    [{ network: 'public' }, 'attributes_invalid', '/data/attributes/network', undefined],
    [{ payAmount: '1' }, 'attributes_invalid', '/data/attributes/payAmount', undefined],
  ])('refuse %j as %s', async (more, code, pointer, detail) => {
    const { post } = await caller();
    const { status, body } = await post('/quotes', { ...QUOTE, ...more });
    expect([status, body.errors]).toEqual([
      422,
      [
        expect.objectContaining({
          status: '422',
          code,
          source: { pointer },
          ...(detail === undefined ? {} : { detail }),
        }),
      ],
    ]);
  });

  it('ask for scopes and stay with their merchant: the same 404 as for none (E)', async () => {
    const [ada, bob, reader] = [
      await caller(),
      await caller(),
      await caller({ scopes: ['quotes:read', 'rates:read'] }),
    ];
    const { body } = await ada.post('/quotes', QUOTE);
    const [foreign, absent] = [await bob.get(`/quotes/${body.data.id}`), await bob.get(`/quotes/${randomUUID()}`)];
    const bare = (answer: Answer): unknown => [
      answer.status,
      answer.body.errors.map((error: Record<string, unknown>) => ({ ...error, id: '' })),
    ];
    expect([foreign.status, bare(foreign)]).toEqual([404, bare(absent)]);
    expect((await reader.post('/quotes', QUOTE)).status).toBe(403);
    expect((await new ApiClient(app.url).get(`${BASE}/quotes`)).status).toBe(401);
  });
});

describe('paying with another asset', () => {
  it('leaves the merchant the exact amount, at no more than was said', async () => {
    const [payer, merchant] = [await app.wallet(), await app.wallet(['USDC'])];
    const amount = amountOf('25.0000001');
    const before = await balance(merchant.address);
    const route = await app.get(ExchangeRoutesService).route({ network: 'sandbox', from: 'XLM', to: 'USDC', amount });
    expect(route).toMatchObject({ destinationAmount: amount, path: [] });
    expect(route.sendMax > route.sourceAmount && route.sendMax * 100n <= route.referenceAmount * 103n + 100n).toBe(
      true,
    );
    const payment = {
      sendAsset: Asset.native(),
      destAsset: merchant.coin('USDC'),
      destAmount: formatLedgerAmount(amount),
      destination: merchant.address,
      path: [],
    };
    await payer.submit([
      Operation.pathPaymentStrictReceive({ ...payment, sendMax: formatLedgerAmount(route.sendMax) }),
    ]);
    expect(await balance(merchant.address)).toBe(before + amount);
    await expect(
      payer.submit([
        Operation.pathPaymentStrictReceive({ ...payment, sendMax: formatLedgerAmount(route.sourceAmount / 2n) }),
      ]),
    ).rejects.toThrow('400');
  });

  async function balance(address: string): Promise<bigint> {
    const { balances } = await (await app.wallet()).server.loadAccount(address);
    return amountOf(balances.find((each) => 'asset_code' in each && each.asset_code === 'USDC')?.balance ?? '0');
  }
});

it('a quote ends with the transaction that pays it: the network refuses a late one', async () => {
  const [{ merchantId }, payer, merchant] = [await caller(), await app.wallet(), await app.wallet()];
  const quote = await app
    .get(QuotesService)
    .quote({ merchantId, network: 'sandbox', amount: amountOf('10'), currency: 'EUR', asset: 'XLM' });
  const payment = Operation.payment({
    destination: merchant.address,
    asset: Asset.native(),
    amount: formatLedgerAmount(quote.payAmount),
  });
  const prepared = async (): Promise<Transaction> => {
    const builder = new TransactionBuilder(await payer.server.loadAccount(payer.address), {
      fee: '1000',
      networkPassphrase: payer.passphrase,
      timebounds: { minTime: 0, maxTime: quote.expiresAt.getTime() / 1000 },
    });
    const transaction = builder.addOperation(payment).build();
    transaction.sign(payer.keypair);
    return transaction;
  };
  await payer.server.submitTransaction(await prepared());
  const late = await prepared();
  // The network's time passes the end of the quote.
  app.network.faults.arm('clock_skew', { seconds: 901 });
  await app.network.closeLedger();
  const refusal = await payer.server
    .submitTransaction(late)
    .catch((error: unknown) => JSON.stringify((error as { response?: { data?: unknown } }).response?.data));
  expect(refusal).toContain('tx_too_late');
});
