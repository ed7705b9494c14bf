import {
  Account,
  Asset,
  BASE_FEE,
  Claimant,
  Memo,
  MuxedAccount,
  Operation,
  type Keypair,
  TransactionBuilder,
} from '@stellar/stellar-sdk';
import { sandboxKeypair } from '../../src/sandbox/sandbox-keys';
import { PASSPHRASE, SandboxServer } from './sandbox-server';

interface Refusal {
  response: { status: number; data: { extras: { result_codes: { transaction: string; operations?: string[] } } } };
}

describe('the stock client against the sandbox', () => {
  let sandbox: SandboxServer;
  let alice: Keypair;
  let bob: Keypair;

  beforeAll(async () => {
    sandbox = await SandboxServer.start();
    alice = await sandbox.wallet('alice', true);
    bob = await sandbox.wallet('bob', true);
  });
  afterAll(() => sandbox.stop());

  const balance = async (who: Keypair, code: string): Promise<string> => {
    const { balances } = await sandbox.horizon.loadAccount(who.publicKey());
    const line = balances.find((one) =>
      code === 'XLM' ? one.asset_type === 'native' : 'asset_code' in one && one.asset_code === code,
    );
    return line?.balance ?? '';
  };

  it('reads root, fees and ledgers', async () => {
    const root = await sandbox.horizon.root();
    expect(root.network_passphrase).toBe(PASSPHRASE);
    expect(root.history_elder_ledger).toBe(1);
    expect((await sandbox.horizon.feeStats()).last_ledger_base_fee).toBe('100');
    const ledger = await sandbox.horizon.ledgers().ledger(2).call();
    expect(ledger as unknown as { sequence: number }).toMatchObject({ sequence: 2 });
    expect((await sandbox.get('/health')).body).toEqual({ database_connected: true, core_up: true, core_synced: true });
  });

  it('pays with a memo and finds it joined', async () => {
    const before = await balance(bob, 'USDC');
    const sent = await sandbox.submit(
      alice,
      [Operation.payment({ destination: bob.publicKey(), asset: sandbox.usdc, amount: '12.5' })],
      Memo.text('INV-0001'),
    );
    expect(sent.successful).toBe(true);
    expect(Number(await balance(bob, 'USDC'))).toBe(Number(before) + 12.5);
    const page = await sandbox.get(`/accounts/${bob.publicKey()}/payments?order=desc&limit=1&join=transactions`);
    const [record] = page.body._embedded.records;
    expect(record).toMatchObject({
      type: 'payment',
      amount: '12.5000000',
      from: alice.publicKey(),
      asset_code: 'USDC',
      transaction: { memo: 'INV-0001', memo_type: 'text', hash: sent.hash },
    });
  });

  it('keeps muxed ids, and leaves out the id 0 as Go does', async () => {
    for (const id of ['77', '0']) {
      const muxed = new MuxedAccount(new Account(bob.publicKey(), '0'), id).accountId();
      await sandbox.submit(alice, [Operation.payment({ destination: muxed, asset: sandbox.usdc, amount: '1' })]);
      const { body } = await sandbox.get(`/accounts/${bob.publicKey()}/payments?order=desc&limit=1`);
      const [record] = body._embedded.records;
      expect(record).toMatchObject({ to: bob.publicKey(), to_muxed: muxed });
      expect(record?.['to_muxed_id']).toBe(id === '0' ? undefined : id);
    }
    expect(
      (await sandbox.get(`/accounts/${new MuxedAccount(new Account(bob.publicKey(), '0'), '1').accountId()}`)).status,
    ).toBe(400);
  });

  it('creates and merges accounts', async () => {
    const carol = sandboxKeypair('carol', PASSPHRASE);
    await sandbox.submit(alice, [Operation.createAccount({ destination: carol.publicKey(), startingBalance: '5' })]);
    const created = await sandbox.horizon.payments().forAccount(carol.publicKey()).call();
    expect(created.records.map((record) => record.type)).toEqual(['create_account']);
    const merged = await sandbox.submit(carol, [Operation.accountMerge({ destination: bob.publicKey() })]);
    const effects = await sandbox.horizon.effects().forTransaction(merged.hash).call();
    expect(effects.records.map((effect) => effect.type)).toContain('account_removed');
    expect(effects.records.find((effect) => effect.type === 'account_credited')).toMatchObject({ amount: '4.9999900' });
    expect((await sandbox.get(`/accounts/${carol.publicKey()}`)).status).toBe(404);
    expect((await sandbox.get(`/accounts/${carol.publicKey()}/payments`)).status).toBe(200);
  });

  it('finds and pays paths', async () => {
    const paths = await sandbox.horizon.strictReceivePaths([sandbox.usdc], sandbox.eurc, '10').call();
    const best = paths.records[0];
    expect(best).toMatchObject({
      source_asset_code: 'USDC',
      destination_amount: '10.0000000',
      source_amount: '10.8100000',
      path: [],
    });
    const send = await sandbox.horizon.strictSendPaths(sandbox.usdc, '10', [sandbox.eurc]).call();
    expect(Number(send.records[0]?.destination_amount)).toBeGreaterThan(9.2);
    const sent = await sandbox.submit(alice, [
      Operation.pathPaymentStrictReceive({
        sendAsset: sandbox.usdc,
        sendMax: '11',
        destination: bob.publicKey(),
        destAsset: sandbox.eurc,
        destAmount: '10',
        path: [],
      }),
    ]);
    const [operation] = (await sandbox.horizon.operations().forTransaction(sent.hash).call()).records;
    expect(operation).toMatchObject({
      type: 'path_payment_strict_receive',
      amount: '10.0000000',
      source_amount: '10.8100000',
    });
    const trades = await sandbox.horizon.trades().forAccount(alice.publicKey()).order('desc').limit(1).call();
    expect(trades.records[0]).toMatchObject({ counter_account: alice.publicKey(), trade_type: 'orderbook' });
    const own = await sandbox.horizon.strictReceivePaths(alice.publicKey(), sandbox.usdc, '1').call();
    expect(own.records.some((path) => path.source_asset_type === 'native')).toBe(true);
    const book = await sandbox.horizon.orderbook(sandbox.eurc, sandbox.usdc).call();
    expect(book.asks[0]?.price).toBe('1.0810000');
    expect(book.bids[0]?.price).toBe('1.0790000');
  });

  it('creates and claims claimable balances', async () => {
    const created = await sandbox.submit(alice, [
      Operation.createClaimableBalance({
        asset: sandbox.usdc,
        amount: '3',
        claimants: [new Claimant(bob.publicKey())],
      }),
    ]);
    const { records } = await sandbox.horizon.claimableBalances().claimant(bob.publicKey()).call();
    expect(records).toHaveLength(1);
    const balanceId = records[0]?.id ?? '';
    await sandbox.submit(bob, [Operation.claimClaimableBalance({ balanceId })]);
    expect((await sandbox.get(`/claimable_balances/${balanceId}`)).status).toBe(404);
    const operations = await sandbox.horizon.operations().forClaimableBalance(balanceId).call();
    expect(operations.records.map((record) => record.type)).toEqual([
      'create_claimable_balance',
      'claim_claimable_balance',
    ]);
    expect(operations.records[0]?.transaction_hash).toBe(created.hash);
  });

  it('finds a fee bump by its outer and its inner hash', async () => {
    const inner = await sandbox.build(
      alice,
      [Operation.payment({ destination: bob.publicKey(), asset: sandbox.usdc, amount: '1' })],
      Memo.id('9'),
    );
    const outer = TransactionBuilder.buildFeeBumpTransaction(bob, String(Number(BASE_FEE) * 3), inner, PASSPHRASE);
    outer.sign(bob);
    await sandbox.horizon.submitTransaction(outer);
    const [outerHash, innerHash] = [outer, inner].map((one) => Buffer.from(one.hash()).toString('hex')) as [
      string,
      string,
    ];
    const byOuter = await sandbox.horizon.transactions().transaction(outerHash).call();
    const byInner = await sandbox.horizon.transactions().transaction(innerHash).call();
    expect(byOuter).toMatchObject({
      hash: outerHash,
      fee_account: bob.publicKey(),
      source_account: alice.publicKey(),
      memo: '9',
    });
    expect(byInner).toMatchObject({
      hash: innerHash,
      paging_token: byOuter.paging_token,
      fee_charged: '200',
      max_fee: '600',
    });
    expect(byInner.inner_transaction).toMatchObject({ hash: innerHash, max_fee: '100' });
    const [operation] = (await sandbox.horizon.operations().forTransaction(innerHash).call()).records;
    expect(operation?.transaction_hash).toBe(outerHash);
  });

  it('answers failed transactions with result codes, again and again', async () => {
    const transaction = await sandbox.build(alice, [
      Operation.payment({ destination: bob.publicKey(), asset: sandbox.usdc, amount: '999999' }),
    ]);
    for (let round = 0; round < 2; round += 1) {
      const error = (await sandbox.horizon
        .submitTransaction(transaction)
        .catch((caught: unknown) => caught)) as Refusal;
      expect(error.response.status).toBe(400);
      expect(error.response.data.extras.result_codes).toEqual({
        transaction: 'tx_failed',
        operations: ['op_underfunded'],
      });
    }
    const hash = Buffer.from(transaction.hash()).toString('hex');
    const listed = await sandbox.get(`/transactions/${hash}/operations`);
    expect(listed.body._embedded.records[0]).toMatchObject({ transaction_successful: false });
    const last = `/accounts/${alice.publicKey()}/payments?order=desc&limit=1`;
    expect((await sandbox.get(last)).body._embedded.records[0]?.transaction_hash).not.toBe(hash);
    expect((await sandbox.get(`${last}&include_failed=true`)).body._embedded.records[0]?.transaction_hash).toBe(hash);
  });

  it('refuses at the door with transaction-level codes and no operations', async () => {
    const old = new TransactionBuilder(new Account(alice.publicKey(), '1'), {
      fee: BASE_FEE,
      networkPassphrase: PASSPHRASE,
    })
      .addOperation(Operation.bumpSequence({ bumpTo: '0' }))
      .setTimeout(0)
      .build();
    old.sign(alice);
    const { status, body } = await sandbox.post('/transactions', old.toXDR());
    expect(status).toBe(400);
    expect(body.extras.result_codes).toEqual({ transaction: 'tx_bad_seq' });
    expect((await sandbox.post('/transactions', 'not xdr')).body['type']).toBe(
      'https://stellar.org/horizon-errors/transaction_malformed',
    );
  });

  it('takes asynchronous submissions', async () => {
    const transaction = await sandbox.build(alice, [
      Operation.payment({ destination: bob.publicKey(), asset: sandbox.usdc, amount: '1' }),
    ]);
    const envelope = transaction.toXDR();
    const first = await sandbox.post('/transactions_async', envelope);
    expect([first.status, first.body['tx_status']]).toEqual([201, 'PENDING']);
    expect((await sandbox.horizon.submitTransaction(transaction)).hash).toBe(first.body['hash']);
  });

  it('explains the friendbot', async () => {
    const again = await sandbox.get(`/friendbot?addr=${alice.publicKey()}`);
    expect([again.status, again.body['detail']]).toEqual([400, 'account already funded to starting balance']);
    const dave = await sandbox.wallet('dave');
    const bare = await sandbox.get(`/friendbot?addr=${dave.publicKey()}&asset=USDC`);
    expect(bare.status).toBe(400);
    expect(bare.body['detail']).toMatch(/no trustline to USDC:G/);
    expect(await balance(dave, 'XLM')).toBe('10000.0000000');
    expect((await sandbox.get('/friendbot?addr=nobody')).body.extras).toMatchObject({ invalid_field: 'addr' });
    const crowd = await Promise.all(Array.from({ length: 30 }, (_, at) => sandbox.wallet(`crowd-${at}`)));
    expect(crowd).toHaveLength(30);
  });

  it('pages through 450 payments to the end, both ways', async () => {
    const eve = await sandbox.wallet('eve');
    const cursor = (await sandbox.get('/payments?order=desc&limit=1')).body._embedded.records[0]?.paging_token ?? '';
    for (let batch = 0; batch < 5; batch += 1) {
      await sandbox.submit(
        alice,
        Array.from({ length: 90 }, () =>
          Operation.payment({ destination: eve.publicKey(), asset: Asset.native(), amount: '0.0000001' }),
        ),
      );
    }
    const seen: string[] = [];
    let page = await sandbox.horizon.payments().cursor(cursor).limit(200).join('transactions').call();
    while (page.records.length > 0) {
      seen.push(...page.records.map((record) => record.paging_token));
      page = await page.next();
    }
    expect(seen).toHaveLength(450);
    expect(new Set(seen).size).toBe(450);
    expect([...seen].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))).toEqual(seen);
    const back = await page.prev();
    expect(back.records.map((record) => record.paging_token)).toEqual(seen.slice(-201, -1).reverse());
    const own = await sandbox.horizon.payments().forAccount(eve.publicKey()).limit(200).order('desc').call();
    expect(own.records.map((record) => record.paging_token)).toEqual(seen.slice(-200).reverse());
  });

  it('lists accounts, offers and assets', async () => {
    const holders = await sandbox.horizon.accounts().forAsset(sandbox.usdc).limit(200).call();
    expect(holders.records.map(({ id }) => id)).toContain(alice.publicKey());
    expect((await sandbox.horizon.accounts().forSigner(bob.publicKey()).call()).records.map(({ id }) => id)).toContain(
      bob.publicKey(),
    );
    const [asset] = (await sandbox.horizon.assets().forCode('USDC').call()).records;
    expect(asset).toMatchObject({ asset_issuer: sandbox.issuers.USDC, flags: { auth_required: false } });
    const maker = sandboxKeypair('market-maker', PASSPHRASE).publicKey();
    const offers = await sandbox.horizon.offers().forAccount(maker).limit(200).call();
    expect(offers.records).toHaveLength(30);
    const [offer] = offers.records;
    expect(await sandbox.horizon.offers().offer(String(offer?.id)).call()).toMatchObject({ seller: maker });
    await sandbox.submit(bob, [Operation.manageData({ name: 'config.memo_required', value: '1' })]);
    const data = await sandbox.get(`/accounts/${bob.publicKey()}/data/config.memo_required`);
    expect(data.body).toEqual({ value: 'MQ==' });
    expect(data.headers.get('latest-ledger')).toMatch(/^\d+$/);
  });
});
