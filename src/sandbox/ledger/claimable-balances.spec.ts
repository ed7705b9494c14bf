import {
  Asset,
  AuthClawbackEnabledFlag,
  AuthRevocableFlag,
  Claimant,
  getClaimableBalanceIdFromResult,
  type Keypair,
  Operation,
  xdr,
} from '@stellar/stellar-sdk/base';

import { TestLedger } from './ledger.fixture';

const XLM = Asset.native();

function setUp(): { net: TestLedger; a: Keypair; b: Keypair; c: Keypair } {
  const net = new TestLedger();
  const [a, b, c] = net.fund(['a', 'b', 'c']) as [Keypair, Keypair, Keypair];
  return { net, a, b, c };
}

function lock(
  net: TestLedger,
  from: Keypair,
  claimants: Claimant[],
  asset = XLM,
  amount = '10',
): { id: string; applied: ReturnType<TestLedger['must']> } {
  const transaction = net.build(from, [Operation.createClaimableBalance({ asset, amount, claimants })]);
  const id = transaction.getClaimableBalanceId(0);
  const { applied } = net.runTransaction(transaction);
  if (applied?.successful !== true) throw new Error('expected success');
  return { id, applied };
}

it('has the id that the SDK predicts and reads from the result', () => {
  const { net, a, b } = setUp();
  const { id, applied } = lock(net, a, [new Claimant(b.publicKey())]);
  expect(net.engine.claimableBalance(id)).toMatchObject({ id, amount: 100_000_000n, sponsor: a.publicKey() });
  expect(getClaimableBalanceIdFromResult(xdr.TransactionResult.fromXdr(applied.resultXdr, 'base64'), 0)).toBe(id);
});

it('locks one reserve per claimant with the source and frees it when claimed', () => {
  const { net, a, b, c } = setUp();
  const { id, applied } = lock(net, a, [new Claimant(b.publicKey()), new Claimant(c.publicKey())]);
  expect(net.engine.account(a.publicKey())).toMatchObject({ numSponsoring: 2, balance: 9_900_000_000n - 100n });
  expect(applied.operations[0]?.details).toMatchObject({
    asset: 'native',
    amount: '10.0000000',
    sponsor: a.publicKey(),
  });
  expect(applied.operations[0]?.effects.map(({ type }) => type)).toEqual([
    'claimable_balance_created',
    'claimable_balance_claimant_created',
    'claimable_balance_claimant_created',
    'account_debited',
    'claimable_balance_sponsorship_created',
  ]);
  const claimed = net.must(b, [Operation.claimClaimableBalance({ balanceId: id })]);
  expect(claimed.operations[0]).toMatchObject({ details: { balance_id: id, claimant: b.publicKey() } });
  expect(claimed.operations[0]?.effects.map(({ type }) => type)).toEqual([
    'claimable_balance_claimed',
    'account_credited',
    'claimable_balance_sponsorship_removed',
  ]);
  expect(net.engine.account(a.publicKey())!.numSponsoring).toBe(0);
  expect(net.engine.claimableBalance(id)).toBeUndefined();
  expect(net.run(c, [Operation.claimClaimableBalance({ balanceId: id })]).codes[1]).toBe('op_does_not_exist');
});

it('is found by claimant, sponsor and asset', () => {
  const { net, a, b, c } = setUp();
  const usd = net.issue(c, 'USD', [a], '50');
  const one = lock(net, a, [new Claimant(b.publicKey())]).id;
  const two = lock(net, a, [new Claimant(c.publicKey())], usd, '1').id;
  const ids = (filter: Parameters<typeof net.engine.claimableBalances>[0]): string[] =>
    net.engine.claimableBalances(filter).map(({ id }) => id);
  expect(ids({ claimant: b.publicKey() })).toEqual([one]);
  expect(ids({ sponsor: a.publicKey() })).toEqual([one, two]);
  expect(ids({ asset: { code: 'USD', issuer: c.publicKey() } })).toEqual([two]);
});

it('turns relative times into absolute ones and judges by close time', () => {
  const { net, a, b, c } = setUp();
  const soon = Claimant.predicateBeforeRelativeTime('60');
  const { id, applied } = lock(net, a, [
    new Claimant(b.publicKey(), soon),
    new Claimant(c.publicKey(), Claimant.predicateNot(soon)),
  ]);
  const end = applied.closeTime + 60;
  const text = new Date(end * 1000).toISOString().replace('.000', '');
  expect(applied.operations[0]?.details).toMatchObject({
    claimants: [{ predicate: { rel_before: '60' } }, { predicate: { not: { rel_before: '60' } } }],
  });
  expect(net.engine.claimableBalance(id)?.claimants[0]).toMatchObject({
    predicate: { abs_before: text, abs_before_epoch: String(end) },
  });
  const claim = Operation.claimClaimableBalance({ balanceId: id });
  expect(net.run(c, [claim]).codes[1]).toBe('op_cannot_claim');
  net.time = end - 5;
  expect(net.run(b, [claim]).codes[1]).toBe('op_cannot_claim');
  expect(net.run(c, [claim]).codes).toEqual(['tx_success', 'op_success']);
});

it('reads and, or and nested predicates', () => {
  const { net, a, b } = setUp();
  const before = (seconds: number): xdr.ClaimPredicate => Claimant.predicateBeforeAbsoluteTime(String(seconds));
  const after = (seconds: number): xdr.ClaimPredicate => Claimant.predicateNot(before(seconds));
  const window = Claimant.predicateAnd(after(net.time + 100), before(net.time + 200));
  const { id } = lock(net, a, [new Claimant(b.publicKey(), Claimant.predicateOr(window, after(net.time + 10_000)))]);
  const claim = Operation.claimClaimableBalance({ balanceId: id });
  expect(net.run(b, [claim]).codes[1]).toBe('op_cannot_claim');
  net.time += 300;
  expect(net.run(b, [claim]).codes[1]).toBe('op_cannot_claim');
  net.time += 10_000;
  expect(net.run(b, [claim]).codes[1]).toBe('op_success');
});

it('refuses predicates deeper than core does', () => {
  const { net, a, b } = setUp();
  let deep = Claimant.predicateUnconditional();
  for (let level = 0; level < 4; level += 1) deep = Claimant.predicateNot(deep);
  const operation = Operation.createClaimableBalance({
    asset: XLM,
    amount: '1',
    claimants: [new Claimant(b.publicKey(), deep)],
  });
  expect(net.run(a, [operation]).codes).toEqual(['tx_failed', 'op_malformed']);
});

it('goes back to the issuer where clawback is on', () => {
  const { net, a, b, c } = setUp();
  net.must(c, [Operation.setOptions({ setFlags: (AuthRevocableFlag | AuthClawbackEnabledFlag) as never })]);
  const usd = net.issue(c, 'USD', [a], '50');
  const { id } = lock(net, a, [new Claimant(b.publicKey())], usd, '5');
  const applied = net.must(c, [Operation.clawbackClaimableBalance({ balanceId: id })]);
  expect(applied.operations[0]).toMatchObject({ details: { balance_id: id } });
  expect(net.engine.claimableBalance(id)).toBeUndefined();
});

describe('sponsored reserves', () => {
  it('let an account exist without a stroop of its own', () => {
    const { net, a, c } = setUp();
    const usd = new Asset('USD', c.publicKey());
    const fresh = net.key('fresh');
    const applied = net.must(
      a,
      [
        Operation.beginSponsoringFutureReserves({ sponsoredId: fresh.publicKey() }),
        Operation.createAccount({ destination: fresh.publicKey(), startingBalance: '0' }),
        Operation.changeTrust({ asset: usd, source: fresh.publicKey() }),
        Operation.manageData({ name: 'x', value: 'y', source: fresh.publicKey() }),
        Operation.setOptions({ signer: { ed25519PublicKey: c.publicKey(), weight: 1 }, source: fresh.publicKey() }),
        Operation.endSponsoringFutureReserves({ source: fresh.publicKey() }),
      ],
      { signers: [a, fresh] },
    );
    expect(net.engine.account(fresh.publicKey())).toMatchObject({
      balance: 0n,
      numSponsored: 5,
      subentries: 3,
      sponsor: a.publicKey(),
    });
    expect(net.engine.account(a.publicKey())!.numSponsoring).toBe(5);
    expect(applied.operations.map(({ details }) => details['sponsor'])).toEqual([
      undefined,
      a.publicKey(),
      a.publicKey(),
      a.publicKey(),
      a.publicKey(),
      undefined,
    ]);
    expect(applied.operations[5]?.details).toEqual({ begin_sponsor: a.publicKey() });
    expect(
      applied.operations
        .flatMap(({ effects }) => effects.map(({ type }) => type))
        .filter((type) => type.includes('sponsorship')),
    ).toEqual([
      'account_sponsorship_created',
      'trustline_sponsorship_created',
      'data_sponsorship_created',
      'signer_sponsorship_created',
    ]);
  });

  it('come back to the sponsor when the entries go', () => {
    const { net, a, b } = setUp();
    net.must(
      a,
      [
        Operation.beginSponsoringFutureReserves({ sponsoredId: b.publicKey() }),
        Operation.manageSellOffer({
          selling: XLM,
          buying: new Asset('USD', a.publicKey()),
          amount: '1',
          price: '1',
          source: a.publicKey(),
        }),
        Operation.manageData({ name: 'x', value: 'y', source: b.publicKey() }),
        Operation.endSponsoringFutureReserves({ source: b.publicKey() }),
      ],
      { signers: [a, b] },
    );
    expect(net.engine.account(a.publicKey())).toMatchObject({ numSponsoring: 1, subentries: 1 });
    const removed = net.must(b, [Operation.manageData({ name: 'x', value: null })]);
    expect(removed.operations[0]?.effects.map(({ type }) => type)).toEqual([
      'data_removed',
      'data_sponsorship_removed',
    ]);
    expect(net.engine.account(a.publicKey())!.numSponsoring).toBe(0);
    expect(net.engine.account(b.publicKey())).toMatchObject({ numSponsored: 0, subentries: 0 });
  });
});
