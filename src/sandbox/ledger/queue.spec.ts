import { Asset, type Keypair, Operation, TransactionBuilder, type xdr } from '@stellar/stellar-sdk/base';

import { GENESIS_TIME, PASSPHRASE, TestLedger } from './ledger.fixture';
import { SandboxLedger } from './sandbox-ledger';

const XLM = Asset.native();

function setUp(maxOperationsPerLedger?: number): {
  net: TestLedger;
  keys: Keypair[];
  pay: (amount: string) => xdr.Operation;
} {
  const options = { passphrase: PASSPHRASE, genesisTime: GENESIS_TIME };
  const engine = SandboxLedger.genesis(
    maxOperationsPerLedger === undefined ? options : { ...options, maxOperationsPerLedger },
  );
  const net = new TestLedger(engine);
  const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].flatMap((name) => net.fund([name]));
  return { net, keys, pay: (amount) => Operation.payment({ destination: net.root.publicKey(), asset: XLM, amount }) };
}

it('knows the same transaction again, and takes one per account', () => {
  const {
    net,
    keys: [a],
    pay,
  } = setUp();
  const first = net.build(a!, [pay('1')]);
  const hash = Buffer.from(first.hash()).toString('hex');
  expect(net.submit(first)).toEqual({ status: 'PENDING', hash });
  expect(net.submit(first)).toEqual({ status: 'DUPLICATE', hash });
  expect(net.submit(net.build(a!, [pay('2')])).status).toBe('TRY_AGAIN_LATER');
  expect(net.submit(net.build(a!, [pay('2')], { sequenceShift: 1n })).status).toBe('TRY_AGAIN_LATER');
  expect(net.engine.pendingCount()).toBe(1);
  net.close();
  expect(net.submit(first)).toMatchObject({ status: 'ERROR', resultCodes: { transaction: 'tx_bad_seq' } });
  expect(net.submit(net.build(a!, [pay('2')])).status).toBe('PENDING');
});

it('replaces a waiting transaction by a fee bump of ten times its rate', () => {
  const {
    net,
    keys: [a, b],
    pay,
  } = setUp();
  const waiting = net.build(a!, [pay('1')]);
  net.submit(waiting);
  const bump = (fee: string): { toXDR(): string } => {
    const transaction = TransactionBuilder.buildFeeBumpTransaction(b!, fee, waiting, PASSPHRASE);
    transaction.sign(b!);
    return transaction;
  };
  expect(net.submit(bump('999'))).toMatchObject({
    status: 'ERROR',
    resultCodes: { transaction: 'tx_insufficient_fee' },
  });
  expect(net.submit(bump('1000')).status).toBe('PENDING');
  expect(net.engine.pendingCount()).toBe(1);
  expect(net.close().transactions.map(({ resultCodes }) => resultCodes.transaction)).toEqual([
    'tx_fee_bump_inner_success',
  ]);
});

it('makes a fee source answer for all it has promised', () => {
  const {
    net,
    keys: [a, b, c],
    pay,
  } = setUp();
  const bump = (inner: Keypair): { toXDR(): string } => {
    const transaction = TransactionBuilder.buildFeeBumpTransaction(
      c!,
      '3000000000',
      net.build(inner, [pay('1')]),
      PASSPHRASE,
    );
    transaction.sign(c!);
    return transaction;
  };
  expect(net.submit(bump(a!)).status).toBe('PENDING');
  expect(net.submit(bump(b!))).toMatchObject({
    status: 'ERROR',
    resultCodes: { transaction: 'tx_insufficient_balance' },
  });
});

it('does not count what a replacement replaces', () => {
  const {
    net,
    keys: [a, , c],
    pay,
  } = setUp();
  const inner = net.build(a!, [pay('1')]);
  for (const fee of ['475000000', '4750000000']) {
    const transaction = TransactionBuilder.buildFeeBumpTransaction(c!, fee, inner, PASSPHRASE);
    transaction.sign(c!);
    expect(net.submit(transaction).status).toBe('PENDING');
  }
  expect(net.engine.pendingCount()).toBe(1);
});

it('keeps the order of arrival', () => {
  const { net, keys, pay } = setUp();
  const hashes = keys.toReversed().map((key) => net.submit(net.build(key, [pay('1')])).hash);
  const { transactions } = net.close();
  expect(transactions.map(({ hash }) => hash)).toEqual(hashes);
  expect(transactions.map(({ order }) => order)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

it('drops and bans a transaction that expired while it waited', () => {
  const {
    net,
    keys: [a],
    pay,
  } = setUp();
  const transaction = net.build(a!, [pay('1')], { conditions: { timebounds: { minTime: 0, maxTime: net.time + 10 } } });
  expect(net.submit(transaction).status).toBe('PENDING');
  net.time += 20;
  expect(net.close().transactions).toEqual([]);
  expect(net.engine.pendingCount()).toBe(0);
  expect(net.submit(transaction).status).toBe('TRY_AGAIN_LATER');
  for (let ledger = 0; ledger < 10; ledger += 1) net.close();
  expect(net.submit(transaction)).toMatchObject({ status: 'ERROR', resultCodes: { transaction: 'tx_too_late' } });
});

it('lets the best bids into a full ledger at the lowest included rate, and drops what waited four ledgers', () => {
  const {
    net,
    keys: [a, b, c, d, e, f, g],
    pay,
  } = setUp(1);
  const bids: [Keypair, string][] = [
    [a!, '100'],
    [b!, '500'],
    [c!, '300'],
    [d!, '400'],
    [e!, '200'],
    [f!, '150'],
    [g!, '120'],
  ];
  for (const [key, fee] of bids) net.submit(net.build(key, [pay('1')], { fee }));
  const charged = Array.from({ length: 4 }, () => net.close().transactions.map(({ feeCharged }) => feeCharged));
  expect(charged).toEqual([[500n], [400n], [300n], [200n]]);
  expect(net.engine.pendingCount()).toBe(0);
  expect(net.submit(net.build(a!, [pay('1')])).status).toBe('TRY_AGAIN_LATER');
});

it('raises a close time that does not move on', () => {
  const { net } = setUp();
  const last = net.engine.header.closeTime;
  expect(net.engine.close(0).header.closeTime).toBe(last + 1);
});
