import {
  Asset,
  AuthClawbackEnabledFlag,
  type AuthFlag,
  AuthRevocableFlag,
  Claimant,
  Keypair,
  Memo,
  Operation,
} from '@stellar/stellar-sdk';
import { BalanceCheckService } from '../../src/payments/balance-check.service';
import { BalancesRepository } from '../../src/payments/balances.repository';
import { ApiClient } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import { TestWallet } from '../support/wallet';

describe('balances against the ledger', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  /** The job of the running service looks as well, so what counts is what any look has found. */
  const look = async (): ReturnType<BalancesRepository['unexplained']> => {
    await app.get(BalanceCheckService).check('sandbox', 10);
    return app.get(BalancesRepository).unexplained();
  };

  it('explains recorded payments and spending, and tells of money that came another way', async () => {
    const { wallet, client } = await app.merchant();
    const payer = await app.wallet();
    const check = (): Promise<number> => app.get(BalanceCheckService).check('sandbox', 10);
    expect(await check()).toBe(0);
    const link = (await client.post('/api/links', { amount: 7, asset: 'XLM' })).body;
    await payer.pay(wallet.address, '7', { memo: Memo.text(link.legacyInvoiceNumber) });
    await payer.pay(wallet.address, '2');
    await wallet.pay(payer.address, '1');
    expect(await check()).toBe(0);
    await payer.submit([
      Operation.createClaimableBalance({
        asset: Asset.native(),
        amount: '5',
        claimants: [new Claimant(wallet.address, Claimant.predicateUnconditional())],
      }),
    ]);
    const claimable = await wallet.server.claimableBalances().claimant(wallet.address).call();
    await wallet.submit([Operation.claimClaimableBalance({ balanceId: claimable.records[0]?.id ?? '' })]);
    const [found, ...more] = await eventually(look, (rows) => rows.length > 0);
    expect(more).toEqual([]);
    // Five lumens less the fee of claiming them, which left the same account.
    expect(found).toMatchObject({
      network: 'sandbox',
      account: wallet.address,
      asset: 'native',
      unexplained: 49_999_900n,
    });
    expect(await check()).toBe(0);
  });

  it('notices a payment that was never recorded', async () => {
    const { wallet } = await app.merchant();
    const payer = await app.wallet();
    await app.get(BalanceCheckService).check('sandbox', 10);
    await payer.pay(wallet.address, '3');
    await eventually(
      () => app.sql('select 1 from payments where account = $1 and amount = 30000000', [wallet.address]),
      (rows) => rows.length === 1,
    );
    await app.sql('delete from payments where account = $1 and amount = 30000000', [wallet.address]);
    const found = await eventually(look, (rows) => rows.some((row) => row.account === wallet.address));
    expect(found.find((row) => row.account === wallet.address)).toMatchObject({ unexplained: 30_000_000n });
  });
});

describe('an issuer that takes its coins back', () => {
  const issuer = Keypair.random();
  const coin = new Asset('USDC', issuer.publicKey());
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start({ env: { USDC_ISSUER_SANDBOX: issuer.publicKey() } });
  });
  afterAll(() => app.stop());

  it('A17 does so from the merchant: the invoice stays PAID, the payment on record, and the next one is counted', async () => {
    const treasury = TestWallet.unfunded(app.horizonUrl, app.network.passphrase, issuer);
    await treasury.friendbot();
    await treasury.submit([
      Operation.setOptions({ setFlags: (AuthRevocableFlag | AuthClawbackEnabledFlag) as AuthFlag }),
    ]);
    const [shop, payer] = [await app.wallet(), await app.wallet()];
    for (const wallet of [shop, payer]) await wallet.submit([Operation.changeTrust({ asset: coin })]);
    await treasury.pay(payer.address, '100', { asset: coin });
    const client = new ApiClient(app.url, { authorization: `Bearer ${await shop.signIn(app.url)}` });
    const ask = async (): Promise<{ id: string; legacyInvoiceNumber: string }> =>
      (await client.post('/api/links', { amount: '10', asset: 'USDC' })).body;
    const pay = async (link: { id: string; legacyInvoiceNumber: string }): Promise<void> => {
      await payer.pay(shop.address, '10', { asset: coin, memo: Memo.text(link.legacyInvoiceNumber) });
      await eventually(
        () => app.client.get(`/api/links/${link.id}/status`),
        ({ body }) => body.status === 'CONFIRMED',
      );
    };
    const look = (): Promise<number> => app.get(BalanceCheckService).check('sandbox', 10);

    const [first, second] = [await ask(), await ask()];
    await pay(first);
    expect(await look()).toBe(0);
    await treasury.submit([Operation.clawback({ asset: coin, from: shop.address, amount: '10' })]);
    const account = await shop.server.loadAccount(shop.address);
    expect(account.balances.find((each) => 'asset_code' in each && each.asset_code === 'USDC')?.balance).toBe(
      '0.0000000',
    );
    expect(await look()).toBe(0);
    expect((await app.client.get(`/api/links/${first.id}/status`)).body.status).toBe('CONFIRMED');
    await pay(second);
    expect(await look()).toBe(0);
    expect(await app.sql('select disposition, amount from payments where account = $1', [shop.address])).toEqual(
      Array(2).fill({ disposition: 'applied', amount: 100_000_000n }),
    );
  });
});
