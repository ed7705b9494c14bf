import {
  Account,
  Asset as SdkAsset,
  Claimant,
  Keypair,
  Memo as SdkMemo,
  Operation,
  TransactionBuilder,
  type Transaction,
} from '@stellar/stellar-sdk/base';
import { amountOf, NATIVE, type Asset } from '../common/money';
import { muxedAddress } from './address';
import { idMemo, textMemo, type Memo } from './memo';
import {
  buildPayment,
  checkExchange,
  checkPayment,
  EnvelopeUnreadable,
  inspectPayment,
  type ExpectedPayment,
  type PaymentPlan,
  type PreparedExchange,
} from './transactions';

const TEST = 'Test SDF Network ; September 2015';
const PUBLIC = 'Public Global Stellar Network ; September 2015';
const payer = Keypair.fromRawEd25519Seed(Buffer.alloc(32, 1));
const merchant = Keypair.fromRawEd25519Seed(Buffer.alloc(32, 2)).publicKey();
const stranger = Keypair.fromRawEd25519Seed(Buffer.alloc(32, 3));
const USDC: Asset = { code: 'USDC', issuer: Keypair.fromRawEd25519Seed(Buffer.alloc(32, 4)).publicKey() };
const maxTime = new Date('2026-12-01T10:00:00Z');
const memo = textMemo('INV-0001') as Memo;

const plan: PaymentPlan = {
  passphrase: TEST,
  sender: { address: payer.publicKey(), sequence: 100n },
  kind: 'payment',
  destination: merchant,
  muxedId: null,
  asset: USDC,
  amount: amountOf('922337203685.4775807'),
  memo,
  maxTime,
  feeStroops: 1000n,
};
const expected: ExpectedPayment = {
  source: payer.publicKey(),
  destination: merchant,
  muxedId: null,
  asset: USDC,
  amount: plan.amount,
  memo,
  latestMaxTime: maxTime,
  kinds: ['payment'],
};

function signed(envelopeXdr: string, passphrase = TEST, key = payer): string {
  const transaction = TransactionBuilder.fromXdr(envelopeXdr, passphrase);
  transaction.sign(key);
  return transaction.toXdr();
}

describe('buildPayment', () => {
  it('builds what checkPayment accepts once it is signed', () => {
    const built = buildPayment(plan);
    const facts = inspectPayment(signed(built.envelopeXdr), TEST);
    expect(checkPayment(facts, expected)).toEqual([]);
    expect(facts).toMatchObject({
      source: payer.publicKey(),
      sequence: 101n,
      hash: built.hash,
      innerHash: null,
      feeSource: null,
      signedBySource: true,
      signedFor: TEST,
      maxTime: BigInt(maxTime.getTime() / 1000),
    });
  });

  it('addresses an id within the destination', () => {
    const { envelopeXdr } = buildPayment({ ...plan, muxedId: 0n });
    const facts = inspectPayment(signed(envelopeXdr), TEST);
    expect(facts.operations[0]).toMatchObject({ destination: merchant, muxedId: 0n });
    expect(checkPayment(facts, { ...expected, muxedId: 0n })).toEqual([]);
    expect(checkPayment(facts, expected)).toEqual(['muxed_id']);
  });

  it('creates an account with the whole amount', () => {
    const facts = inspectPayment(
      signed(buildPayment({ ...plan, kind: 'create_account', asset: NATIVE, amount: 15_000_000n }).envelopeXdr),
      TEST,
    );
    expect(facts.operations).toEqual([
      {
        type: 'create_account',
        source: null,
        destination: merchant,
        muxedId: null,
        asset: NATIVE,
        amount: 15_000_000n,
        exchange: null,
      },
    ]);
  });

  it('pays through a path', () => {
    const { envelopeXdr } = buildPayment({
      ...plan,
      kind: 'path_payment_strict_receive',
      amount: 5n,
      from: { asset: NATIVE, maxAmount: 70n, path: [{ code: 'EURC', issuer: USDC.issuer }] },
    });
    const facts = inspectPayment(signed(envelopeXdr), TEST);
    expect(facts.operations[0]).toMatchObject({ type: 'path_payment_strict_receive', asset: USDC, amount: 5n });
  });

  it.each([
    ['an id with create_account', { kind: 'create_account' as const, asset: NATIVE, muxedId: 1n }],
    ['an issued asset with create_account', { kind: 'create_account' as const }],
    ['a path payment from nothing', { kind: 'path_payment_strict_receive' as const }],
    ['zero', { amount: 0n }],
    ['a negative amount', { amount: -1n }],
    ['a memo of 29 bytes', { memo: { type: 'text' as const, bytes: Buffer.alloc(29, 65) } }],
    ['a hash of 31 bytes', { memo: { type: 'hash' as const, bytes: Buffer.alloc(31) } }],
  ])('refuses %s', (_name, change) => {
    expect(() => buildPayment({ ...plan, ...change })).toThrow(RangeError);
  });
});

/** A wallet that signs something else than it was given. */
function tampered(
  change: Partial<{
    operations: ReturnType<typeof Operation.payment>[];
    memo: SdkMemo;
    maxTime: number;
    minTime: number;
    source: Keypair;
    adjust: (builder: TransactionBuilder) => void;
  }>,
): string {
  const source = change.source ?? payer;
  const builder = new TransactionBuilder(new Account(source.publicKey(), '100'), {
    fee: '1000',
    networkPassphrase: TEST,
    timebounds: { minTime: change.minTime ?? 0, maxTime: change.maxTime ?? maxTime.getTime() / 1000 },
  });
  for (const operation of change.operations ?? [payment({})]) builder.addOperation(operation);
  builder.addMemo(change.memo ?? SdkMemo.text('INV-0001'));
  change.adjust?.(builder);
  const transaction = builder.build();
  transaction.sign(source);
  return transaction.toXdr();
}

const sdkUsdc = new SdkAsset('USDC', USDC.issuer as string);
function payment(change: Partial<Parameters<typeof Operation.payment>[0]>): ReturnType<typeof Operation.payment> {
  return Operation.payment({ destination: merchant, asset: sdkUsdc, amount: '922337203685.4775807', ...change });
}

describe('A30, A31: what is not the payment asked for is named, before any network call', () => {
  it('accepts the untouched payment', () => {
    expect(checkPayment(inspectPayment(tampered({}), TEST), expected)).toEqual([]);
  });

  it.each<[string, Parameters<typeof tampered>[0], string[]]>([
    ['destination', { operations: [payment({ destination: stranger.publicKey() })] }, ['destination']],
    ['amount one stroop less', { operations: [payment({ amount: '922337203685.4775806' })] }, ['amount']],
    ['issuer', { operations: [payment({ asset: new SdkAsset('USDC', stranger.publicKey()) })] }, ['asset']],
    ['native instead of issued', { operations: [payment({ asset: SdkAsset.native() })] }, ['asset']],
    ['memo text', { memo: SdkMemo.text('INV-0002') }, ['memo']],
    ['memo type', { memo: SdkMemo.id('1') }, ['memo']],
    ['no memo', { memo: SdkMemo.none() }, ['memo']],
    ['no time bounds', { maxTime: 0 }, ['time_bounds']],
    ['later time bounds', { maxTime: maxTime.getTime() / 1000 + 1 }, ['time_bounds']],
    [
      'extra payment',
      { operations: [payment({}), payment({ destination: stranger.publicKey() })] },
      ['operation_count'],
    ],
    ['operation of another account', { operations: [payment({ source: stranger.publicKey() })] }, ['operation_source']],
    ['muxed destination', { operations: [payment({ destination: muxedAddress(merchant, 9n) })] }, ['muxed_id']],
    ['other sender', { source: stranger }, ['source']],
    [
      'strict send',
      {
        operations: [
          Operation.pathPaymentStrictSend({
            sendAsset: sdkUsdc,
            sendAmount: '922337203685.4775807',
            destination: merchant,
            destAsset: sdkUsdc,
            destMin: '922337203685.4775807',
          }),
        ],
      },
      ['operation_type'],
    ],
    [
      'claimable balance',
      {
        operations: [
          Operation.createClaimableBalance({
            asset: sdkUsdc,
            amount: '922337203685.4775807',
            claimants: [new Claimant(merchant)],
          }),
        ],
      },
      ['operation_type', 'destination', 'asset', 'amount'],
    ],
    [
      'account merge',
      { operations: [Operation.accountMerge({ destination: merchant })] },
      ['operation_type', 'destination', 'asset', 'amount'],
    ],
    ['ledger bounds', { adjust: (builder) => void builder.setLedgerbounds(0, 5) }, ['preconditions']],
    ['extra signers', { adjust: (builder) => void builder.setExtraSigners([stranger.publicKey()]) }, ['preconditions']],
  ])('%s', (_name, change, differences) => {
    expect(checkPayment(inspectPayment(tampered(change), TEST), expected)).toEqual(differences);
  });

  it('time bounds that never hold', () => {
    const facts = inspectPayment(tampered({}), TEST);
    expect(checkPayment({ ...facts, minTime: (facts.maxTime ?? 0n) + 1n }, expected)).toEqual(['time_bounds']);
  });
});

describe('A30: a path payment is held to what was prepared', () => {
  const EURC: Asset = { code: 'EURC', issuer: USDC.issuer };
  const sdkEurc = new SdkAsset('EURC', USDC.issuer as string);
  const prepared: PreparedExchange = {
    sendAsset: NATIVE,
    sendMax: amountOf('70'),
    path: [EURC],
    amount: amountOf('5'),
    maxTime: new Date('2026-12-01T10:00:00.999Z'),
  };
  const asked: ExpectedPayment = {
    ...expected,
    amount: prepared.amount,
    atMost: amountOf('9'),
    latestMaxTime: new Date('2026-12-01T11:00:00Z'),
    kinds: ['payment', 'path_payment_strict_receive'],
  };
  const receive = (
    change: Partial<Parameters<typeof Operation.pathPaymentStrictReceive>[0]> = {},
  ): ReturnType<typeof Operation.payment> =>
    Operation.pathPaymentStrictReceive({
      sendAsset: SdkAsset.native(),
      sendMax: '70',
      destination: merchant,
      destAsset: sdkUsdc,
      destAmount: '5',
      path: [sdkEurc],
      ...change,
    });
  const differences = (envelopeXdr: string): string[] => {
    const facts = inspectPayment(envelopeXdr, TEST);
    return [...checkPayment(facts, asked), ...checkExchange(facts, prepared)];
  };

  it('accepts what was built, with another fee or sequence', () => {
    const { envelopeXdr } = buildPayment({
      ...plan,
      kind: 'path_payment_strict_receive',
      amount: prepared.amount,
      maxTime: prepared.maxTime,
      from: { asset: prepared.sendAsset, maxAmount: prepared.sendMax, path: prepared.path },
    });
    expect(differences(signed(envelopeXdr))).toEqual([]);
    expect(differences(tampered({ operations: [receive()] }))).toEqual([]);
  });

  it.each<[string, Parameters<typeof tampered>[0], string[]]>([
    ['one stroop more at most', { operations: [receive({ sendMax: '70.0000001' })] }, ['send_max']],
    ['one stroop less at most', { operations: [receive({ sendMax: '69.9999999' })] }, ['send_max']],
    ['given in another asset', { operations: [receive({ sendAsset: sdkUsdc })] }, ['send_asset']],
    [
      'given in the same code of another issuer',
      { operations: [receive({ sendAsset: new SdkAsset('XLM', stranger.publicKey()) })] },
      ['send_asset'],
    ],
    ['no stop on the way', { operations: [receive({ path: [] })] }, ['path']],
    ['one stop more', { operations: [receive({ path: [sdkEurc, sdkEurc] })] }, ['path']],
    [
      'through the same code of another issuer',
      { operations: [receive({ path: [new SdkAsset('EURC', stranger.publicKey())] })] },
      ['path'],
    ],
    [
      'the two assets swapped',
      { operations: [receive({ sendAsset: sdkUsdc, destAsset: SdkAsset.native() })] },
      ['asset', 'send_asset'],
    ],
    ['one stroop less arrives', { operations: [receive({ destAmount: '4.9999999' })] }, ['amount', 'amount']],
    ['more arrives, though no more than the whole bill', { operations: [receive({ destAmount: '6' })] }, ['amount']],
    [
      'another issuer arrives',
      { operations: [receive({ destAsset: new SdkAsset('USDC', stranger.publicKey()) })] },
      ['asset'],
    ],
    [
      'strict send, which may deliver less',
      {
        operations: [
          Operation.pathPaymentStrictSend({
            sendAsset: SdkAsset.native(),
            sendAmount: '70',
            destination: merchant,
            destAsset: sdkUsdc,
            destMin: '5',
            path: [sdkEurc],
          }),
        ],
      },
      ['operation_type', 'operation_type'],
    ],
    [
      'a payment beside it',
      { operations: [receive(), payment({ destination: stranger.publicKey() })] },
      ['operation_count'],
    ],
    ['an earlier end', { operations: [receive()], maxTime: maxTime.getTime() / 1000 - 1 }, ['time_bounds']],
    ['a later end', { operations: [receive()], maxTime: maxTime.getTime() / 1000 + 1 }, ['time_bounds']],
    ['a beginning', { operations: [receive()], minTime: 1 }, ['time_bounds']],
    ['another memo', { operations: [receive()], memo: SdkMemo.text('INV-0002') }, ['memo']],
    ['another sender', { operations: [receive()], source: stranger }, ['source']],
    [
      'nothing',
      { operations: [Operation.setOptions({})] },
      ['operation_type', 'destination', 'asset', 'amount', 'operation_type'],
    ],
  ])('%s', (_name, change, found) => {
    expect(differences(tampered(change))).toEqual(found);
  });
});

describe('signatures', () => {
  const unsigned = buildPayment(plan).envelopeXdr;

  it('A28: signed for another network, and says for which', () => {
    const facts = inspectPayment(signed(unsigned, TEST), PUBLIC);
    expect(facts).toMatchObject({ signedBySource: false, signedFor: TEST });
    expect(checkPayment(facts, expected)).toEqual(['network']);
  });

  it('unsigned, signed by someone else, or signed before a change', () => {
    expect(checkPayment(inspectPayment(unsigned, TEST), expected)).toEqual(['signature']);
    expect(checkPayment(inspectPayment(signed(unsigned, TEST, stranger), TEST), expected)).toEqual(['signature']);
    const before = TransactionBuilder.fromXdr(signed(unsigned), TEST) as Transaction;
    const after = TransactionBuilder.fromXdr(buildPayment({ ...plan, amount: 1n }).envelopeXdr, TEST) as Transaction;
    after.addDecoratedSignature(before.signatures[0] as Transaction['signatures'][number]);
    expect(checkPayment(inspectPayment(after.toXdr(), TEST), { ...expected, amount: 1n })).toEqual(['signature']);
  });

  it('a fee bump is judged by the transaction inside', () => {
    const inner = TransactionBuilder.fromXdr(signed(unsigned), TEST) as Transaction;
    const bump = TransactionBuilder.buildFeeBumpTransaction(stranger, '5000', inner, TEST);
    bump.sign(stranger);
    const facts = inspectPayment(bump.toXdr(), TEST);
    expect(facts).toMatchObject({
      source: payer.publicKey(),
      feeSource: stranger.publicKey(),
      innerHash: Buffer.from(inner.hash()).toString('hex'),
      hash: Buffer.from(bump.hash()).toString('hex'),
    });
    expect(checkPayment(facts, expected)).toEqual([]);
  });

  it('a muxed source is its account, and a uint64 memo is exact', () => {
    const id = idMemo(18446744073709551615n) as Memo;
    const facts = inspectPayment(signed(buildPayment({ ...plan, memo: id }).envelopeXdr), TEST);
    expect(checkPayment(facts, { ...expected, memo: id })).toEqual([]);
    expect(checkPayment(facts, { ...expected, memo: textMemo('18446744073709551615') as Memo })).toEqual(['memo']);
  });
});

describe('A32: what is no envelope is refused', () => {
  const bombs: [string, string, string][] = [
    ['5 MB of base64', 'A'.repeat(5_000_000), 'too_large'],
    ['just above the limit', 'A'.repeat(51_204), 'too_large'],
    ['just below the limit', 'A'.repeat(51_196), 'malformed'],
    ['empty', '', 'malformed'],
    ['not base64', 'hello world!', 'malformed'],
    ['zeros', Buffer.alloc(30_000).toString('base64'), 'malformed'],
    [
      'a fee bump in a fee bump',
      Buffer.concat([
        Buffer.from([0, 0, 0, 5, 0, 0, 0, 0]),
        Buffer.alloc(40),
        Buffer.from([0, 0, 0, 5]),
        Buffer.alloc(100),
      ]).toString('base64'),
      'malformed',
    ],
    ['100000 signatures', lastWordReplaced(100_000), 'malformed'],
    ['bytes left over', `${buildPayment(plan).envelopeXdr.slice(0, -1)}AAAA=`, 'malformed'],
    [
      'cut short',
      Buffer.from(buildPayment(plan).envelopeXdr, 'base64').subarray(0, -8).toString('base64'),
      'malformed',
    ],
  ];

  it.each(bombs)('%s', (_name, text, reason) => {
    expect(() => inspectPayment(text, TEST)).toThrow(expect.objectContaining({ reason }) as EnvelopeUnreadable);
  });
});

/** The unsigned envelope ends with its count of signatures. */
function lastWordReplaced(count: number): string {
  const bytes = Buffer.from(buildPayment(plan).envelopeXdr, 'base64');
  bytes.writeUInt32BE(count, bytes.length - 4);
  return bytes.toString('base64');
}
