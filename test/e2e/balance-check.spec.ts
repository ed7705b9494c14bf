import { Asset, Claimant, Memo, Operation } from '@stellar/stellar-sdk';
import { BalanceCheckService } from '../../src/payments/balance-check.service';
import { BalancesRepository } from '../../src/payments/balances.repository';
import { eventually, TestApp } from '../support/app';

describe('balances against the ledger', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

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
    await payer.submit([Operation.createClaimableBalance({ asset: Asset.native(), amount: '5', claimants: [new Claimant(wallet.address, Claimant.predicateUnconditional())] })]);
    const claimable = await wallet.server.claimableBalances().claimant(wallet.address).call();
    await wallet.submit([Operation.claimClaimableBalance({ balanceId: claimable.records[0]?.id ?? '' })]);
    expect(await eventually(check, (alarms) => alarms > 0)).toBe(1);
    const [found, ...more] = await app.get(BalancesRepository).unexplained();
    expect(more).toEqual([]);
    // Five lumens less the fee of claiming them, which left the same account.
    expect(found).toMatchObject({ network: 'sandbox', account: wallet.address, asset: 'native', unexplained: 49_999_900n });
    expect(await check()).toBe(0);
  });

  it('notices a payment that was never recorded', async () => {
    const { wallet } = await app.merchant();
    const payer = await app.wallet();
    await app.get(BalanceCheckService).check('sandbox', 10);
    await payer.pay(wallet.address, '3');
    await eventually(
      // Three credits came from the faucet.
      () => app.sql('select 1 from payments where account = $1', [wallet.address]),
      (rows) => rows.length === 4,
    );
    await app.sql('delete from payments where account = $1 and amount = 30000000', [wallet.address]);
    await eventually(
      () => app.get(BalanceCheckService).check('sandbox', 10),
      (alarms) => alarms === 1,
    );
    expect((await app.get(BalancesRepository).unexplained()).find((each) => each.account === wallet.address)).toMatchObject({ unexplained: 30_000_000n });
  });
});
