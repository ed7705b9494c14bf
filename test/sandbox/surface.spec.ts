import { Asset, type Keypair, Operation } from '@stellar/stellar-sdk';
import { SandboxServer } from './sandbox-server';

describe('the HTTP surface', () => {
  let sandbox: SandboxServer;
  let alice: Keypair;

  beforeAll(async () => {
    sandbox = await SandboxServer.start();
    alice = await sandbox.wallet('alice', true);
  });
  afterAll(() => sandbox.stop());

  it('answers with Horizon types and headers', async () => {
    const page = await sandbox.get('/payments?limit=1');
    expect(page.headers.get('content-type')).toBe('application/hal+json; charset=utf-8');
    expect(page.headers.get('x-ratelimit-limit')).toMatch(/^\d+$/);
    expect(page.headers.get('latest-ledger')).toBeNull();
    const state = await sandbox.get(`/accounts/${alice.publicKey()}`);
    expect(state.headers.get('latest-ledger')).toBe(String(sandbox.network.history.latest?.sequence));
    const missing = await sandbox.get('/no/such/thing');
    expect([missing.status, missing.headers.get('content-type')]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
    ]);
  });

  it('takes forms only, and of a bounded size', async () => {
    const json = await sandbox.get('/transactions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"tx":"AAAA"}',
    });
    expect([json.status, json.body['type']]).toEqual([
      415,
      'https://stellar.org/horizon-errors/unsupported_media_type',
    ]);
    expect((await sandbox.post('/transactions', 'A'.repeat(300_000))).status).toBe(400);
    expect((await sandbox.post('/transactions', '')).body.extras).toEqual({ envelope_xdr: '' });
  });

  it.each([
    ['/payments?limit=201', 'limit'],
    ['/payments?cursor=zebra', 'cursor'],
    ['/payments?order=up', 'order'],
    ['/payments?join=ledgers', 'join'],
    ['/payments?include_failed=maybe', 'include_failed'],
    ['/accounts/GABC', 'account_id'],
    ['/accounts', 'signer'],
    ['/transactions/ABC', 'tx_id'],
    ['/order_book?selling_asset_type=native', 'buying_asset_type'],
    [
      '/paths/strict-receive?destination_asset_type=native&destination_amount=0&source_assets=native',
      'destination_amount',
    ],
    ['/paths/strict-receive?destination_asset_type=native&destination_amount=1', 'source_account'],
    ['/claimable_balances/12', 'id'],
    ['/trade_aggregations?resolution=5&base_asset_type=native&counter_asset_type=native', 'resolution'],
  ])('%s is a bad request that names %s', async (path, field) => {
    const { status, body } = await sandbox.get(path);
    expect([status, body.extras]).toMatchObject([400, { invalid_field: field }]);
  });

  it('keeps the prefix in every link, so that clients can follow it', async () => {
    const { body } = await sandbox.get('/payments?limit=2&join=transactions');
    const links = [...JSON.stringify(body).matchAll(/"href":"([^"]*)"/g)].map((match) => match[1] ?? '');
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((href) => !href.startsWith(sandbox.url))).toEqual([]);
    const next = await fetch(body._links['next']?.href ?? '');
    expect(next.status).toBe(200);
  });

  it('puts trades together by time', async () => {
    const path = (amount: string): ReturnType<typeof Operation.pathPaymentStrictSend> =>
      Operation.pathPaymentStrictSend({
        sendAsset: sandbox.usdc,
        sendAmount: amount,
        destination: alice.publicKey(),
        destAsset: Asset.native(),
        destMin: '1',
        path: [],
      });
    await sandbox.submit(alice, [path('1'), path('2')]);
    const aggregated = await sandbox.horizon
      .tradeAggregation(Asset.native(), sandbox.usdc, 0, Date.now() + 86_400_000, 604_800_000, 0)
      .call();
    const bucket = aggregated.records[0] as unknown as Record<string, string>;
    expect(bucket).toMatchObject({
      trade_count: '2',
      counter_volume: '3.0000000',
      open: '0.1001000',
      close: '0.1001000',
    });
    const trades = await sandbox.horizon.trades().forAssetPair(Asset.native(), sandbox.usdc).call();
    expect(trades.records.map(({ base_asset_type }) => base_asset_type)).toEqual(['native', 'native']);
    const offer = trades.records[0] as unknown as { base_offer_id: string };
    expect((await sandbox.get(`/offers/${offer.base_offer_id}/trades`)).body._embedded.records).toHaveLength(2);
  });

  it('keeps paths within what the account holds', async () => {
    const ask = async (amount: string): Promise<number> =>
      (
        await sandbox.get(
          `/paths/strict-receive?source_account=${alice.publicKey()}&destination_asset_type=native&destination_amount=${amount}`,
        )
      ).body._embedded.records.length;
    expect(await ask('100')).toBeGreaterThan(2);
    expect(await ask('50000')).toBe(0);
  });
});
