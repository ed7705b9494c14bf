import { Asset, Operation, TransactionBuilder, xdr } from '@stellar/stellar-sdk/base';
import { TestLedger } from './ledger.fixture';

describe('payments', () => {
  it('pays and tells the story as Horizon does', () => {
    const net = new TestLedger();
    const [a, b] = net.fund(['a', 'b']);
    const applied = net.must(a!, [Operation.payment({ destination: b!.publicKey(), asset: Asset.native(), amount: '2.5' })]);
    expect(applied.operations[0]).toMatchObject({ type: 'payment', typeI: 1, source: a!.publicKey(), details: { asset_type: 'native', from: a!.publicKey(), to: b!.publicKey(), amount: '2.5000000' } });
    expect(applied.operations[0]!.effects.map((e) => e.type)).toEqual(['account_credited', 'account_debited']);
    expect(net.engine.account(b!.publicKey())!.balance).toBe(10_025_000_000n);
    expect(net.engine.account(a!.publicKey())!.balance).toBe(10_000_000_000n - 25_000_000n - 100n);
    void xdr; void TransactionBuilder;
  });
});
