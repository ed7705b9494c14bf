import { Account, Asset, type Keypair, MuxedAccount, Operation } from '@stellar/stellar-sdk/base';

import { TestLedger } from './ledger.fixture';

const XLM = Asset.native();

function setUp(): { net: TestLedger; issuer: Keypair; a: Keypair; b: Keypair } {
  const net = new TestLedger();
  const [issuer, a, b] = net.fund(['issuer', 'a', 'b']) as [Keypair, Keypair, Keypair];
  return { net, issuer, a, b };
}

function muxed(key: Keypair, id: string): string {
  return new MuxedAccount(new Account(key.publicKey(), '0'), id).accountId();
}

describe('create_account', () => {
  it('starts the sequence at the ledger and tells three effects', () => {
    const net = new TestLedger();
    const fresh = net.key('fresh').publicKey();
    const applied = net.must(net.root, [Operation.createAccount({ destination: fresh, startingBalance: '2' })]);
    expect(net.engine.account(fresh)).toMatchObject({
      balance: 20_000_000n,
      sequence: BigInt(applied.ledger) << 32n,
      subentries: 0,
    });
    expect(applied.operations[0]).toMatchObject({
      index: 1,
      type: 'create_account',
      typeI: 0,
      details: { starting_balance: '2.0000000', funder: net.root.publicKey(), account: fresh },
      participants: [net.root.publicKey(), fresh],
      effects: [
        { type: 'account_created', typeI: 0, account: fresh, details: { starting_balance: '2.0000000' } },
        {
          type: 'account_debited',
          typeI: 3,
          account: net.root.publicKey(),
          details: { asset_type: 'native', amount: '2.0000000' },
        },
        { type: 'signer_created', typeI: 10, account: fresh, details: { weight: 1, public_key: fresh, key: '' } },
      ],
    });
  });
});

describe('payment', () => {
  it('moves native money and tells both sides', () => {
    const { net, a, b } = setUp();
    const applied = net.must(a, [Operation.payment({ destination: b.publicKey(), asset: XLM, amount: '2.5' })]);
    expect(applied.operations[0]?.details).toEqual({
      asset_type: 'native',
      from: a.publicKey(),
      to: b.publicKey(),
      amount: '2.5000000',
    });
    expect(applied.operations[0]?.effects).toEqual([
      {
        type: 'account_credited',
        typeI: 2,
        account: b.publicKey(),
        details: { asset_type: 'native', amount: '2.5000000' },
      },
      {
        type: 'account_debited',
        typeI: 3,
        account: a.publicKey(),
        details: { asset_type: 'native', amount: '2.5000000' },
      },
    ]);
    expect(net.balance(b, XLM)).toBe(10_025_000_000n);
    expect(net.balance(a, XLM)).toBe(10_000_000_000n - 25_000_000n - 100n);
  });

  it('keeps muxed addresses, and drops an id of 0 as Horizon does', () => {
    const { net, a, b } = setUp();
    const to = muxed(b, '77');
    const from = muxed(a, '0');
    const applied = net.must(a, [Operation.payment({ source: from, destination: to, asset: XLM, amount: '1' })]);
    expect(applied.operations[0]?.source).toBe(from);
    expect(applied.operations[0]?.details).toMatchObject({
      from: a.publicKey(),
      from_muxed: from,
      to: b.publicKey(),
      to_muxed: to,
      to_muxed_id: '77',
    });
    expect(applied.operations[0]?.details).not.toHaveProperty('from_muxed_id');
    expect(applied.operations[0]?.effects[0]).toMatchObject({
      account: b.publicKey(),
      details: { account_muxed: to, account_muxed_id: '77' },
    });
  });

  it('creates an asset at its issuer and destroys it there, also when the issuer is gone', () => {
    const { net, issuer, a, b } = setUp();
    const usd = net.issue(issuer, 'USD', [a], '100');
    net.must(a, [Operation.payment({ destination: issuer.publicKey(), asset: usd, amount: '40' })]);
    expect(net.balance(a, usd)).toBe(600_000_000n);
    net.must(issuer, [Operation.accountMerge({ destination: b.publicKey() })]);
    net.must(a, [Operation.payment({ destination: issuer.publicKey(), asset: usd, amount: '10' })]);
    expect(net.balance(a, usd)).toBe(500_000_000n);
  });

  it('to itself succeeds in native whatever the amount', () => {
    const { net, a } = setUp();
    net.must(a, [Operation.payment({ destination: a.publicKey(), asset: XLM, amount: '900000' })]);
    expect(net.balance(a, XLM)).toBe(10_000_000_000n - 100n);
  });
});

describe('account_merge', () => {
  it('has no amount of its own, only in the effects and in the result', () => {
    const { net, a, b } = setUp();
    const applied = net.must(a, [Operation.accountMerge({ destination: b.publicKey() })]);
    expect(applied.operations[0]?.details).toEqual({ account: a.publicKey(), into: b.publicKey() });
    expect(applied.operations[0]?.effects.map(({ type }) => type)).toEqual([
      'account_credited',
      'account_debited',
      'account_removed',
    ]);
    expect(applied.operations[0]?.effects[0]?.details).toEqual({ asset_type: 'native', amount: '999.9999900' });
    expect(net.engine.account(a.publicKey())).toBeUndefined();
    expect(net.balance(b, XLM)).toBe(20_000_000_000n - 100n);
  });
});

describe('trust', () => {
  it('needs the issuer when the issuer says so, and leaves with its offers', () => {
    const { net, issuer, a, b } = setUp();
    net.must(issuer, [Operation.setOptions({ setFlags: 3 as never })]);
    const usd = new Asset('USDLONG', issuer.publicKey());
    const opened = net.must(a, [Operation.changeTrust({ asset: usd, limit: '500' })]);
    expect(opened.operations[0]?.details).toEqual({
      asset_type: 'credit_alphanum12',
      asset_code: 'USDLONG',
      asset_issuer: issuer.publicKey(),
      limit: '500.0000000',
      trustee: issuer.publicKey(),
      trustor: a.publicKey(),
    });
    const pay = Operation.payment({ destination: a.publicKey(), asset: usd, amount: '5' });
    expect(net.run(issuer, [pay]).codes).toEqual(['tx_failed', 'op_not_authorized']);
    const allowed = net.must(issuer, [
      Operation.allowTrust({ trustor: a.publicKey(), assetCode: 'USDLONG', authorize: true }),
    ]);
    expect(allowed.operations[0]?.effects.map(({ type }) => type)).toEqual([
      'trustline_authorized',
      'trustline_flags_updated',
    ]);
    net.must(issuer, [pay]);
    net.must(a, [Operation.manageSellOffer({ selling: usd, buying: XLM, amount: '5', price: '1' })]);
    expect(net.engine.offersOf(a.publicKey())).toHaveLength(1);
    net.must(issuer, [
      Operation.setTrustLineFlags({ trustor: a.publicKey(), asset: usd, flags: { authorized: false } }),
    ]);
    expect(net.engine.offersOf(a.publicKey())).toEqual([]);
    expect(net.engine.account(a.publicKey())).toMatchObject({ subentries: 1, buyingLiabilities: 0n });
    expect(net.engine.trustlinesOf(a.publicKey())[0]).toMatchObject({
      authorized: false,
      sellingLiabilities: 0n,
      balance: 50_000_000n,
    });
    expect(net.run(a, [Operation.payment({ destination: b.publicKey(), asset: usd, amount: '1' })]).codes[1]).toBe(
      'op_no_trust',
    );
  });

  it('is clawed back where the issuer may', () => {
    const { net, issuer, a } = setUp();
    net.must(issuer, [Operation.setOptions({ setFlags: 10 as never })]);
    const usd = net.issue(issuer, 'USD', [a], '9');
    const applied = net.must(issuer, [Operation.clawback({ asset: usd, from: a.publicKey(), amount: '4' })]);
    expect(net.balance(a, usd)).toBe(50_000_000n);
    expect(applied.operations[0]?.details).toMatchObject({
      asset_code: 'USD',
      from: a.publicKey(),
      amount: '4.0000000',
    });
  });

  it('ends only when nothing is left on it', () => {
    const { net, issuer, a } = setUp();
    const usd = net.issue(issuer, 'USD', [a], '9');
    const end = Operation.changeTrust({ asset: usd, limit: '0' });
    expect(net.run(a, [end]).codes).toEqual(['tx_failed', 'op_invalid_limit']);
    net.must(a, [Operation.payment({ destination: issuer.publicKey(), asset: usd, amount: '9' })]);
    const applied = net.must(a, [end]);
    expect(applied.operations[0]?.effects[0]).toMatchObject({
      type: 'trustline_removed',
      details: { limit: '0.0000000' },
    });
    expect(net.engine.account(a.publicKey())!.subentries).toBe(0);
  });
});

describe('settings', () => {
  it('sets options and tells each as an effect', () => {
    const { net, a, b } = setUp();
    const applied = net.must(a, [
      Operation.setOptions({
        homeDomain: 'example.com',
        inflationDest: b.publicKey(),
        setFlags: 3 as never,
        masterWeight: 10,
        lowThreshold: 1,
        medThreshold: 2,
        highThreshold: 3,
        signer: { ed25519PublicKey: b.publicKey(), weight: 5 },
      }),
    ]);
    expect(applied.operations[0]?.details).toEqual({
      home_domain: 'example.com',
      inflation_dest: b.publicKey(),
      master_key_weight: 10,
      signer_key: b.publicKey(),
      signer_weight: 5,
      set_flags: [1, 2],
      set_flags_s: ['auth_required', 'auth_revocable'],
      low_threshold: 1,
      med_threshold: 2,
      high_threshold: 3,
    });
    expect(new Set(applied.operations[0]?.effects.map(({ type }) => type))).toEqual(
      new Set([
        'account_home_domain_updated',
        'account_thresholds_updated',
        'account_flags_updated',
        'account_inflation_destination_updated',
        'signer_updated',
        'signer_created',
      ]),
    );
    const removed = net.must(a, [Operation.setOptions({ signer: { ed25519PublicKey: b.publicKey(), weight: 0 } })]);
    expect(removed.operations[0]?.effects).toMatchObject([
      { type: 'signer_removed', details: { public_key: b.publicKey(), weight: 0 } },
    ]);
    expect(net.engine.account(a.publicKey())).toMatchObject({
      thresholds: [10, 1, 2, 3],
      signers: [],
      subentries: 0,
      homeDomain: 'example.com',
    });
  });

  it('keeps data entries, also one named like a member of every object', () => {
    const { net, a } = setUp();
    const set = (name: string, value: string | null): ReturnType<TestLedger['must']> =>
      net.must(a, [Operation.manageData({ name, value })]);
    expect(set('__proto__', 'one').operations[0]?.effects[0]).toMatchObject({
      type: 'data_created',
      details: { name: '__proto__', value: 'b25l' },
    });
    expect(set('__proto__', 'two').operations[0]?.effects[0]?.type).toBe('data_updated');
    expect(Object.entries(net.engine.account(a.publicKey())!.data)).toEqual([['__proto__', 'dHdv']]);
    expect(set('__proto__', null).operations[0]).toMatchObject({
      details: { value: '' },
      effects: [{ type: 'data_removed' }],
    });
    expect(net.engine.account(a.publicKey())!.subentries).toBe(0);
  });

  it('bumps a sequence forwards only', () => {
    const { net, a } = setUp();
    const { sequence } = net.engine.account(a.publicKey())!;
    const applied = net.must(a, [Operation.bumpSequence({ bumpTo: (sequence + 100n).toString() })]);
    expect(applied.operations[0]?.effects).toMatchObject([
      { type: 'sequence_bumped', details: { new_seq: (sequence + 100n).toString() } },
    ]);
    expect(net.must(a, [Operation.bumpSequence({ bumpTo: '1' })]).operations[0]?.effects).toEqual([]);
    expect(net.engine.account(a.publicKey())!.sequence).toBe(sequence + 101n);
  });
});
