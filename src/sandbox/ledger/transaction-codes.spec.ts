import { createHash } from 'node:crypto';
import { Asset, Keypair, Operation, StrKey, Transaction, TransactionBuilder, xdr } from '@stellar/stellar-sdk/base';

import { PASSPHRASE, TestLedger } from './ledger.fixture';
import { MalformedEnvelope } from './sandbox-ledger';

const XLM = Asset.native();

function setUp(): { net: TestLedger; a: Keypair; b: Keypair; c: Keypair; pay: xdr.Operation } {
  const net = new TestLedger();
  const [a, b, c] = net.fund(['a', 'b', 'c']) as [Keypair, Keypair, Keypair];
  return { net, a, b, c, pay: Operation.payment({ destination: b.publicKey(), asset: XLM, amount: '1' }) };
}

function times(minTime: number, maxTime: number): { conditions: { timebounds: { minTime: number; maxTime: number } } } {
  return { conditions: { timebounds: { minTime, maxTime } } };
}

describe('what the queue refuses', () => {
  it('text that is no envelope', () => {
    const { net } = setUp();
    for (const text of ['', 'AAAA', 'not base64!', Buffer.alloc(200).toString('base64')]) {
      expect(() => net.engine.submit(text, net.time)).toThrow(MalformedEnvelope);
    }
  });

  it('no operations', () => {
    const { net, a } = setUp();
    expect(net.run(a, []).codes).toEqual(['tx_missing_operation']);
  });

  it('too early, too late, and about to expire', () => {
    const { net, a, pay } = setUp();
    expect(net.run(a, [pay], times(net.time + 60, 0)).codes).toEqual(['tx_too_early']);
    expect(net.run(a, [pay], times(0, net.time - 1)).codes).toEqual(['tx_too_late']);
    expect(net.run(a, [pay], times(0, net.time + 9)).codes).toEqual(['tx_too_late']);
    expect(net.run(a, [pay], times(net.time, net.time + 10)).codes).toEqual(['tx_success', 'op_success']);
  });

  it('ledgers out of bounds', () => {
    const { net, a, pay } = setUp();
    const next = net.engine.header.sequence + 1;
    const bounds = (minLedger: number, maxLedger: number) => ({
      conditions: { ledgerbounds: { minLedger, maxLedger } },
    });
    expect(net.run(a, [pay], bounds(next + 1, 0)).codes).toEqual(['tx_too_early']);
    expect(net.run(a, [pay], bounds(0, next)).codes).toEqual(['tx_too_late']);
    expect(net.run(a, [pay], bounds(next, next + 1)).codes).toEqual(['tx_success', 'op_success']);
  });

  it('too small a fee', () => {
    const { net, a, pay } = setUp();
    expect(net.run(a, [pay], { fee: '99' }).codes).toEqual(['tx_insufficient_fee']);
  });

  it('an unknown source', () => {
    const { net, pay } = setUp();
    expect(net.run(net.key('stranger'), [pay]).codes).toEqual(['tx_no_source_account']);
  });

  it('a wrong sequence', () => {
    const { net, a, pay } = setUp();
    expect(net.run(a, [pay], { sequenceShift: 1n }).codes).toEqual(['tx_bad_seq']);
    expect(net.run(a, [pay], { sequenceShift: -1n }).codes).toEqual(['tx_bad_seq']);
  });

  it('a sequence outside its minimum, and takes one that jumps within it', () => {
    const { net, a, pay } = setUp();
    const now = net.engine.account(a.publicKey())!.sequence;
    const from = (minimum: bigint) => ({ sequenceShift: 10n, conditions: { minAccountSequence: minimum.toString() } });
    expect(net.run(a, [pay], from(now + 1n)).codes).toEqual(['tx_bad_seq']);
    expect(net.run(a, [pay], from(now)).codes).toEqual(['tx_success', 'op_success']);
    expect(net.engine.account(a.publicKey())!.sequence).toBe(now + 11n);
  });

  it('a sequence that is used already, even with a minimum below it', () => {
    const { net, a, pay } = setUp();
    expect(net.run(a, [pay], { sequenceShift: -1n, conditions: { minAccountSequence: '0' } }).codes).toEqual([
      'tx_bad_seq',
    ]);
  });

  it('the sequence that an account created in this ledger would start with', () => {
    const { net, a, pay } = setUp();
    const ledger = BigInt(net.engine.header.sequence + 2);
    net.must(a, [Operation.bumpSequence({ bumpTo: ((ledger << 32n) - 1n).toString() })]);
    expect(net.run(a, [pay]).codes).toEqual(['tx_bad_seq']);
    net.close();
    expect(net.run(a, [pay]).codes).toEqual(['tx_success', 'op_success']);
  });

  it('a source whose sequence is too young', () => {
    const { net, a, pay } = setUp();
    net.must(a, [pay]);
    expect(net.run(a, [pay], { conditions: { minAccountSequenceAge: 60n } }).codes).toEqual([
      'tx_bad_minseq_age_or_gap',
    ]);
    expect(net.run(a, [pay], { conditions: { minAccountSequenceLedgerGap: 5 } }).codes).toEqual([
      'tx_bad_minseq_age_or_gap',
    ]);
    expect(net.run(a, [pay], { conditions: { minAccountSequenceLedgerGap: 1 } }).codes).toEqual([
      'tx_success',
      'op_success',
    ]);
  });

  it('a missing, wrong or foreign-network signature', () => {
    const { net, a, b, pay } = setUp();
    expect(net.run(a, [pay], { signers: [] }).codes).toEqual(['tx_bad_auth']);
    expect(net.run(a, [pay], { signers: [b] }).codes).toEqual(['tx_bad_auth']);
    const foreign = new Transaction(net.build(a, [pay], { signers: [] }).toEnvelope(), 'Another network');
    foreign.sign(a);
    expect(net.runTransaction(foreign).codes).toEqual(['tx_bad_auth']);
  });

  it('a signature nobody needs', () => {
    const { net, a, b, pay } = setUp();
    expect(net.run(a, [pay], { signers: [a, b] }).codes).toEqual(['tx_bad_auth_extra']);
    expect(net.run(a, [pay], { signers: [a, a] }).codes).toEqual(['tx_bad_auth_extra']);
  });

  it('a source that cannot pay the fee it bids', () => {
    const { net, a, pay } = setUp();
    expect(net.run(a, [pay], { fee: '4294967295' }).codes).toEqual(['tx_success', 'op_success']);
    net.must(a, [Operation.payment({ destination: net.root.publicKey(), asset: XLM, amount: '997.9999' })]);
    expect(net.run(a, [pay], { fee: '100000' }).codes).toEqual(['tx_insufficient_balance']);
  });

  it('the same extra signer twice', () => {
    const { net, a, pay } = setUp();
    const transaction = net.build(a, [pay], { conditions: { extraSigners: [a.publicKey(), a.publicKey()] } });
    expect(net.runTransaction(transaction).codes).toEqual(['tx_malformed']);
  });

  it('decodes as the same code with the stock SDK', () => {
    const { net, a, pay } = setUp();
    const { answer } = net.run(a, [pay], { sequenceShift: 5n });
    if (answer.status !== 'ERROR') throw new Error('expected a refusal');
    expect(xdr.TransactionResult.fromXdr(answer.resultXdr, 'base64').result.type).toBe('txBadSeq');
  });
});

describe('signers', () => {
  it('a version 0 envelope counts like version 1 with the same hash', () => {
    const { net, a, pay } = setUp();
    const built = net.build(a, [pay], { conditions: { timebounds: { minTime: 0, maxTime: net.time + 100 } } });
    const wire = built.toEnvelope().toXdrObject();
    if (wire.type !== 2 || wire.v1.tx.cond.type !== 1 || wire.v1.tx.sourceAccount.type !== 0)
      throw new Error('unexpected envelope');
    const { sourceAccount, cond, ...rest } = wire.v1.tx;
    const tx = {
      ...rest,
      sourceAccountEd25519: sourceAccount.ed25519,
      timeBounds: cond.timeBounds,
      ext: { v: 0 as const },
    };
    const old = xdr.TransactionEnvelope.fromXdrObject({ type: 0, v0: { tx, signatures: wire.v1.signatures } });
    const answer = net.engine.submit(old.toXdr('base64'), net.time);
    expect(answer).toEqual({ status: 'PENDING', hash: Buffer.from(built.hash()).toString('hex') });
    expect(net.close().transactions[0]).toMatchObject({ successful: true, envelopeXdr: built.toXDR() });
  });

  it('two of three, with the master key switched off', () => {
    const { net, a, b, c, pay } = setUp();
    const add = (key: Keypair): xdr.Operation =>
      Operation.setOptions({ signer: { ed25519PublicKey: key.publicKey(), weight: 1 } });
    net.must(a, [
      add(b),
      add(c),
      add(net.key('d')),
      Operation.setOptions({ masterWeight: 0, lowThreshold: 1, medThreshold: 2, highThreshold: 3 }),
    ]);
    expect(net.run(a, [pay]).codes).toEqual(['tx_bad_auth']);
    expect(net.run(a, [pay], { signers: [b] }).codes).toEqual(['tx_failed', 'op_bad_auth']);
    expect(net.run(a, [pay], { signers: [b, b] }).codes).toEqual(['tx_failed', 'op_bad_auth']);
    expect(net.run(a, [pay], { signers: [b, net.key('d')] }).codes).toEqual(['tx_success', 'op_success']);
    expect(net.run(a, [pay], { signers: [b, c, net.key('d')] }).codes).toEqual(['tx_bad_auth_extra']);
    expect(net.run(a, [add(net.key('e'))], { signers: [b, c] }).codes).toEqual(['tx_failed', 'op_bad_auth']);
    expect(net.run(a, [Operation.bumpSequence({ bumpTo: '0' })], { signers: [c] }).codes).toEqual([
      'tx_success',
      'op_success',
    ]);
  });

  it('the preimage of a hash', () => {
    const { net, a, pay } = setUp();
    const preimage = Buffer.from('a secret of some length');
    const sha256Hash = createHash('sha256').update(preimage).digest('hex');
    net.must(a, [Operation.setOptions({ signer: { sha256Hash, weight: 1 } })]);
    const transaction = net.build(a, [pay], { signers: [] });
    transaction.signHashX(preimage);
    expect(net.runTransaction(transaction).codes).toEqual(['tx_success', 'op_success']);
    expect(net.engine.account(a.publicKey())!.signers).toHaveLength(1);
  });

  it('a transaction authorised beforehand, once', () => {
    const { net, a, pay } = setUp();
    const later = net.build(a, [pay], { signers: [], sequenceShift: 1n });
    net.must(a, [Operation.setOptions({ signer: { preAuthTx: later.hash(), weight: 1 } })]);
    expect(net.engine.account(a.publicKey())!.subentries).toBe(1);
    expect(net.runTransaction(later).codes).toEqual(['tx_success', 'op_success']);
    expect(net.engine.account(a.publicKey())).toMatchObject({ signers: [], subentries: 0 });
  });

  it('a signed payload as an extra signer', () => {
    const { net, a, c, pay } = setUp();
    const payload = Buffer.from('disclose this signature!');
    const body = Buffer.concat([c.rawPublicKey(), Buffer.from([0, 0, 0, payload.length]), payload]);
    const extra = StrKey.encodeSignedPayload(body);
    const transaction = net.build(a, [pay], { conditions: { extraSigners: [extra] } });
    expect(net.runTransaction(transaction).codes).toEqual(['tx_bad_auth']);
    const signature = c.sign(payload);
    const hint = Buffer.from(c.signatureHint()).map((byte, at) => byte ^ payload[payload.length - 4 + at]!);
    transaction.signatures.push(
      new xdr.DecoratedSignature({ hint: new xdr.SignatureHint(hint), signature: new xdr.Signature(signature) }),
    );
    expect(net.runTransaction(transaction).codes).toEqual(['tx_success', 'op_success']);
  });

  it('an account created in the same transaction signs for itself', () => {
    const { net, a } = setUp();
    const fresh = net.key('fresh');
    const create = Operation.createAccount({ destination: fresh.publicKey(), startingBalance: '5' });
    const data = Operation.manageData({ name: 'x', value: 'y', source: fresh.publicKey() });
    expect(net.run(a, [create, data]).codes).toEqual(['tx_failed', 'op_success', 'op_bad_auth']);
    expect(net.run(a, [create, data], { fee: '200', signers: [a, fresh] }).codes).toEqual([
      'tx_success',
      'op_success',
      'op_success',
    ]);
  });
});

describe('fee bumps', () => {
  function bump(payer: Keypair, inner: Transaction, fee: string, signers = [payer]): { toXDR(): string } {
    const transaction = TransactionBuilder.buildFeeBumpTransaction(payer, fee, inner, PASSPHRASE);
    for (const signer of signers) transaction.sign(signer);
    return transaction;
  }

  it('lets somebody else pay, also for a transaction without fee', () => {
    const { net, a, b, c, pay } = setUp();
    const inner = net.build(a, [pay], { fee: '0' });
    const outer = bump(c, inner, '300');
    const { applied, codes } = net.runTransaction(outer);
    expect(codes).toEqual(['tx_fee_bump_inner_success', 'op_success']);
    expect(applied).toMatchObject({ feeCharged: 200n, innerHash: Buffer.from(inner.hash()).toString('hex') });
    expect(net.engine.account(c.publicKey())!.balance).toBe(10_000_000_000n - 200n);
    expect(net.engine.account(a.publicKey())!.balance).toBe(10_000_000_000n - 10_000_000n);
    expect(net.engine.account(b.publicKey())!.balance).toBe(10_000_000_000n + 10_000_000n);
    const result = xdr.TransactionResult.fromXdr(applied!.resultXdr, 'base64');
    expect(result.result.type).toBe('txFeeBumpInnerSuccess');
  });

  it('is charged when the inner transaction fails', () => {
    const { net, a, c } = setUp();
    const inner = net.build(a, [
      Operation.payment({ destination: net.key('nobody').publicKey(), asset: XLM, amount: '1' }),
    ]);
    const { applied, codes } = net.runTransaction(bump(c, inner, '150'));
    expect(codes).toEqual(['tx_fee_bump_inner_failed', 'op_no_destination']);
    expect(applied!.resultCodes.innerTransaction).toBe('tx_failed');
    expect(applied!.feeCharged).toBe(200n);
    expect(net.engine.account(a.publicKey())!.sequence).toBe(BigInt(inner.sequence));
  });

  it('is refused for its own faults', () => {
    const { net, a, b, c, pay } = setUp();
    const inner = net.build(a, [pay], { fee: '500' });
    const cheap = TransactionBuilder.buildFeeBumpTransaction(c, '500', inner, PASSPHRASE).toEnvelope().toXdrObject();
    if (cheap.type !== 5) throw new Error('unexpected envelope');
    for (const [fee, expected] of [
      [150n, 'tx_insufficient_fee'],
      [900n, 'tx_insufficient_fee'],
    ] as const) {
      const lower = xdr.TransactionEnvelope.fromXdrObject({
        ...cheap,
        feeBump: { ...cheap.feeBump, tx: { ...cheap.feeBump.tx, fee } },
      });
      expect(net.engine.submit(lower.toXdr('base64'), net.time)).toMatchObject({
        status: 'ERROR',
        resultCodes: { transaction: expected },
      });
    }
    expect(net.runTransaction(bump(c, inner, '500', [b])).codes).toEqual(['tx_bad_auth']);
    expect(net.runTransaction(bump(c, inner, '500', [c, b])).codes).toEqual(['tx_bad_auth_extra']);
    expect(net.runTransaction(bump(net.key('stranger'), inner, '500')).codes).toEqual(['tx_no_source_account']);
    expect(net.runTransaction(bump(c, inner, '6000000000')).codes).toEqual(['tx_insufficient_balance']);
  });

  it('reports the fault of the inner transaction', () => {
    const { net, a, c, pay } = setUp();
    const { answer } = net.runTransaction(bump(c, net.build(a, [pay], { sequenceShift: 3n }), '200'));
    expect(answer).toMatchObject({
      status: 'ERROR',
      resultCodes: { transaction: 'tx_fee_bump_inner_failed', innerTransaction: 'tx_bad_seq' },
    });
  });
});

describe('what happens between queue and ledger', () => {
  it('charges the fee and consumes the sequence of a failing transaction, and nothing else', () => {
    const { net, a, b, pay } = setUp();
    const before = net.engine.account(a.publicKey())!;
    const { applied } = net.run(a, [
      pay,
      Operation.payment({ destination: net.key('nobody').publicKey(), asset: XLM, amount: '1' }),
    ]);
    expect(applied).toMatchObject({
      successful: false,
      feeCharged: 200n,
      resultCodes: { transaction: 'tx_failed', operations: ['op_success', 'op_no_destination'] },
    });
    expect(net.engine.account(a.publicKey())).toMatchObject({
      balance: before.balance - 200n,
      sequence: before.sequence + 1n,
    });
    expect(net.engine.account(b.publicKey())!.balance).toBe(10_000_000_000n);
    expect(applied!.operations.every(({ effects }) => effects.length === 0)).toBe(true);
  });

  it('tells each later operation apart even after one has failed', () => {
    const { net, a, pay } = setUp();
    const wrong = Operation.payment({ destination: net.key('nobody').publicKey(), asset: XLM, amount: '1' });
    const data = Operation.manageData({ name: 'gone', value: null });
    expect(net.run(a, [wrong, pay, data]).codes).toEqual([
      'tx_failed',
      'op_no_destination',
      'op_success',
      'op_data_name_not_found',
    ]);
  });

  it('takes back what a failing operation had begun before the next one runs', () => {
    const { net, a, b } = setUp();
    const tooMuch = Operation.payment({ destination: b.publicKey(), asset: XLM, amount: '5000' });
    const onward = Operation.payment({ source: b.publicKey(), destination: a.publicKey(), asset: XLM, amount: '5000' });
    expect(net.run(a, [tooMuch, onward], { signers: [a, b] }).codes).toEqual([
      'tx_failed',
      'op_underfunded',
      'op_underfunded',
    ]);
  });

  it('fails a transaction whose account was merged, bumped or drained by another of the same ledger', () => {
    const { net, a, b, c, pay } = setUp();
    const merge = net.build(c, [Operation.accountMerge({ source: a.publicKey(), destination: c.publicKey() })], {
      signers: [c, a],
    });
    net.submit(merge);
    net.submit(net.build(a, [pay]));
    const closed = net.close();
    expect(closed.transactions.map(({ resultCodes }) => resultCodes.transaction)).toEqual([
      'tx_success',
      'tx_no_source_account',
    ]);
    const bump = net.build(c, [Operation.bumpSequence({ source: b.publicKey(), bumpTo: '9000000000000000000' })], {
      signers: [c, b],
    });
    net.submit(bump);
    net.submit(net.build(b, [pay]));
    expect(net.close().transactions.map(({ resultCodes }) => resultCodes.transaction)).toEqual([
      'tx_success',
      'tx_bad_seq',
    ]);
  });

  it('fails a transaction that leaves a sponsorship open', () => {
    const { net, a, b } = setUp();
    const { codes, applied } = net.run(a, [Operation.beginSponsoringFutureReserves({ sponsoredId: b.publicKey() })]);
    expect(codes).toEqual(['tx_bad_sponsorship']);
    expect(applied).toMatchObject({ successful: false, feeCharged: 100n });
  });
});
