import { Memo } from '@stellar/stellar-sdk/base';
import fc from 'fast-check';
import { muxedAddress } from '../../src/stellar/address';
import { JsonUnreadable } from '../../src/stellar/json';
import { decodeRecord, mergeCredit, type DecodedRecord } from '../../src/stellar/horizon-decode';
import {
  feeBumpRecord,
  issuer,
  LEDGER,
  merchant,
  operationRecord,
  page,
  PASSPHRASE,
  payer,
  signedTransaction,
  toid,
  type JsonRecord,
} from './horizon-records';

const decode = (record: unknown, isWatched?: (address: string) => boolean): DecodedRecord =>
  decodeRecord(record, { passphrase: PASSPHRASE, isWatched }, 5n);
const only = (record: unknown): DecodedRecord['credits'][number] => {
  const { credits, unreadable } = decode(record);
  expect(unreadable).toBeNull();
  expect(credits).toHaveLength(1);
  return credits[0] as DecodedRecord['credits'][number];
};

describe('what is a credit', () => {
  it('payment, with all its facts', () => {
    const credit = only(
      operationRecord(
        1,
        { asset_type: 'credit_alphanum4', asset_code: 'USDC', asset_issuer: issuer, amount: '922337203685.4775807' },
        signedTransaction(Memo.text('INV-0001')),
      ),
    );
    expect(credit).toMatchObject({
      operationId: toid(1),
      index: 0,
      kind: 'payment',
      account: merchant,
      muxedId: null,
      from: payer.publicKey(),
      asset: { code: 'USDC', issuer },
      amount: 9223372036854775807n,
      ledger: LEDGER,
      closedAt: new Date('2026-11-20T10:00:00Z'),
    });
    expect(credit.memo).toMatchObject({ type: 'text' });
    expect(Buffer.from(credit.memo.bytes).toString()).toBe('INV-0001');
  });

  it('A07: a muxed destination is split, also id 0 whose text Horizon leaves out', () => {
    expect(only(operationRecord(1, { to_muxed: muxedAddress(merchant, 77n), to_muxed_id: '77' }))).toMatchObject({
      account: merchant,
      muxedId: 77n,
    });
    expect(only(operationRecord(1, { to_muxed: muxedAddress(merchant, 0n) }))).toMatchObject({
      account: merchant,
      muxedId: 0n,
    });
  });

  it('A11: a path payment counts by what arrived', () => {
    const record = operationRecord(1, {
      type: 'path_payment_strict_send',
      type_i: 13,
      amount: '0.0100000',
      asset_type: 'credit_alphanum4',
      asset_code: 'USDC',
      asset_issuer: issuer,
      source_amount: '1000.0000000',
      source_asset_type: 'credit_alphanum4',
      source_asset_code: 'JUNK',
      source_asset_issuer: payer.publicKey(),
    });
    expect(only(record)).toMatchObject({ kind: 'path_payment', amount: 100_000n, asset: { code: 'USDC', issuer } });
  });

  it('A14: an account created by someone else', () => {
    const created = (balance: string): JsonRecord =>
      operationRecord(1, {
        type: 'create_account',
        type_i: 0,
        account: merchant,
        funder: payer.publicKey(),
        starting_balance: balance,
        amount: undefined,
        to: undefined,
      });
    expect(only(created('4.0000000'))).toMatchObject({
      kind: 'create_account',
      account: merchant,
      amount: 40_000_000n,
      asset: { code: 'XLM', issuer: null },
    });
    expect(decode(created('0.0000000'))).toMatchObject({ credits: [], unreadable: null });
  });

  it('A15: a merge, once its effects are known', () => {
    const { merge } = decode(
      operationRecord(1, {
        type: 'account_merge',
        type_i: 8,
        account: payer.publicKey(),
        into: merchant,
        amount: undefined,
      }),
    );
    if (merge === null) throw new Error('no merge');
    const effect = { type: 'account_credited', account: merchant, asset_type: 'native', amount: '3.9999700' };
    expect(mergeCredit(merge, page([{ type: 'account_debited', account: payer.publicKey() }, effect]))).toMatchObject({
      kind: 'account_merge',
      from: payer.publicKey(),
      amount: 39_999_700n,
    });
    expect(mergeCredit(merge, page([{ ...effect, amount: '0.0000000' }]))).toBeNull();
    for (const effects of [
      [],
      [effect, effect],
      [{ ...effect, amount: 3.99997 }],
      [{ ...effect, asset_type: 'credit_alphanum4' }],
    ])
      expect(() => mergeCredit(merge, page(effects))).toThrow(JsonUnreadable);
  });

  it('A12: a failed transaction is none', () => {
    expect(decode(operationRecord(1, { transaction_successful: false }))).toMatchObject({
      credits: [],
      unreadable: null,
    });
    expect(decode(operationRecord(1, {}, signedTransaction(), { successful: false })).unreadable?.reason).toMatch(
      /failed transaction/,
    );
    const lying = operationRecord(1, {}, signedTransaction(), {
      result_xdr: Buffer.concat([Buffer.alloc(8), Buffer.from([255, 255, 255, 255]), Buffer.alloc(8)]).toString(
        'base64',
      ),
    });
    expect(decode(lying)).toMatchObject({
      credits: [],
      unreadable: { reason: expect.stringMatching(/result_xdr/) as string },
    });
  });

  it('A02: a fee bump counts under its outer hash', () => {
    const bumped = feeBumpRecord(signedTransaction(), 'outer');
    expect(
      only({ ...operationRecord(1), transaction_hash: bumped.outer, transaction: bumped.record }).transactionHash,
    ).toBe(bumped.outer);
    const aliased = feeBumpRecord(signedTransaction(), 'inner');
    expect(
      decode({ ...operationRecord(1), transaction_hash: aliased.inner, transaction: aliased.record }).unreadable
        ?.reason,
    ).toMatch(/outer hash/);
  });
});

describe('A18: contract transfers', () => {
  const change = {
    asset_type: 'credit_alphanum4',
    asset_code: 'USDC',
    asset_issuer: issuer,
    type: 'transfer',
    from: payer.publicKey(),
    to: merchant,
    amount: '5.0000000',
  };
  const call = (changes: unknown): JsonRecord =>
    operationRecord(1, {
      type: 'invoke_host_function',
      type_i: 24,
      asset_balance_changes: changes,
      to: undefined,
      from: undefined,
      amount: undefined,
    });

  it('credits transfers and mints, numbered by their place', () => {
    const contract = 'CA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUWDA';
    const { credits } = decode(
      call([
        { ...change, type: 'burn', to: undefined },
        { ...change, to: contract },
        { ...change, from: contract, destination_muxed_id: '9' },
        { ...change, type: 'mint', from: undefined },
      ]),
    );
    expect(credits).toMatchObject([
      { index: 2, kind: 'contract_transfer', from: contract, muxedId: 9n, amount: 50_000_000n },
      { index: 3, from: issuer, muxedId: null },
    ]);
  });

  it.each([undefined, null, [], [{ ...change, amount: '0.0000000' }]])('moves nothing with %j', (changes) => {
    expect(decode(call(changes))).toMatchObject({ credits: [], unreadable: null });
  });

  it.each<[string, unknown]>([
    ['no list', {}],
    ['a number inside', [5]],
    ['unknown kind', [{ ...change, type: 'gift' }]],
    ['no code', [{ ...change, asset_code: undefined }]],
    ['token of a contract', [{ ...change, asset_type: 'contract', asset_issuer: undefined }]],
    ['long code called short', [{ ...change, asset_code: 'USDCOIN' }]],
    ['amount as a number', [{ ...change, amount: 5 }]],
    ['negative', [{ ...change, amount: '-5.0000000' }]],
    ['id beyond 64 bits', [{ ...change, destination_muxed_id: '18446744073709551616' }]],
    ['one good and one odd', [change, { ...change, to: 'nobody' }]],
  ])('odd: %s', (_name, changes) => {
    const { credits, unreadable } = decode(call(changes));
    expect(credits).toEqual([]);
    expect(unreadable?.operationId).toBe(toid(1));
  });
});

describe('A19, A37: what does not add up is set aside, never credited', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['a list', []],
    ['empty', {}],
    ['no type', operationRecord(1, { type: undefined })],
    ['unknown type', operationRecord(1, { type: 'teleport' })],
    ['amount as a number', operationRecord(1, { amount: 10 })],
    ['negative amount', operationRecord(1, { amount: '-10.0000000' })],
    ['zero', operationRecord(1, { amount: '0.0000000' })],
    ['six decimals', operationRecord(1, { amount: '10.000000' })],
    ['exponent', operationRecord(1, { amount: '1e7' })],
    ['more than int64', operationRecord(1, { amount: '922337203685.4775808' })],
    ['abc', operationRecord(1, { amount: 'abc' })],
    ['success as a text', operationRecord(1, { transaction_successful: 'true' })],
    ['no asset type', operationRecord(1, { asset_type: undefined })],
    ['native with an issuer', operationRecord(1, { asset_code: 'XLM', asset_issuer: issuer })],
    [
      'issuer that is no address',
      operationRecord(1, { asset_type: 'credit_alphanum4', asset_code: 'USDC', asset_issuer: 'Circle' }),
    ],
    ['muxed id of another', operationRecord(1, { to_muxed: muxedAddress(merchant, 1n), to_muxed_id: '2' })],
    ['muxed account of another', operationRecord(1, { to_muxed: muxedAddress(issuer, 1n) })],
    ['muxed id without address', operationRecord(1, { to_muxed_id: '2' })],
    ['30 February', operationRecord(1, { created_at: '2026-02-30T10:00:00Z' })],
    ['another time than its transaction', operationRecord(1, { created_at: '2026-11-20T10:00:05Z' })],
    ['another ledger than its transaction', operationRecord(1, {}, signedTransaction(), { ledger: LEDGER + 1 })],
    ['paging token unlike the id', operationRecord(1, { paging_token: toid(2).toString() })],
    ['no transaction', operationRecord(1, { transaction: undefined })],
    [
      'another transaction',
      {
        ...operationRecord(1),
        transaction: operationRecord(1, {}, signedTransaction(Memo.none(), '9'))['transaction'],
      },
    ],
    [
      'an envelope of another transaction',
      operationRecord(1, {}, signedTransaction(), { envelope_xdr: signedTransaction(Memo.none(), '9').toXdr() }),
    ],
    [
      'a memo that was not signed',
      operationRecord(1, {}, signedTransaction(Memo.text('INV-1')), {
        memo: 'INV-2',
        memo_bytes: Buffer.from('INV-2').toString('base64'),
      }),
    ],
    [
      'a memo of another type',
      operationRecord(1, {}, signedTransaction(Memo.text('1')), { memo_type: 'id', memo_bytes: undefined }),
    ],
    [
      'a memo that is missing',
      operationRecord(1, {}, signedTransaction(Memo.text('1')), {
        memo_type: 'none',
        memo: undefined,
        memo_bytes: undefined,
      }),
    ],
  ])('%s', (_name, record) => {
    const { credits, unreadable, merge } = decode(record);
    expect([credits, merge]).toEqual([[], null]);
    expect(unreadable?.reason).toBeTruthy();
    expect(typeof unreadable?.raw).toBe('string');
  });

  it('A27: a transaction of another network', () => {
    const { credits, unreadable } = decodeRecord(
      operationRecord(1),
      { passphrase: 'Public Global Stellar Network ; September 2015' },
      5n,
    );
    expect([credits, unreadable?.reason]).toEqual([[], 'the envelope does not have this hash on our network']);
  });

  it('keeps 64 KiB of it', () => {
    expect(
      Buffer.byteLength(
        decode({ ...operationRecord(1), type: 'teleport', junk: 'x'.repeat(10_000_000) }).unreadable?.raw ?? '',
      ),
    ).toBe(65_536);
  });

  it('never throws, whatever one member becomes', () => {
    const members = Object.keys(operationRecord(1));
    fc.assert(
      fc.property(fc.constantFrom(...members), fc.jsonValue(), (member, value) => {
        const { credits, unreadable } = decode({ ...operationRecord(1), [member]: value });
        expect(credits.length + (unreadable === null ? 0 : 1)).toBeLessThanOrEqual(1);
        for (const credit of credits) expect(credit.account === merchant || member === 'to').toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('accounts nobody watches', () => {
  const watched = (address: string): boolean => address === merchant;

  it('leave no trace, readable or not', () => {
    expect(decode(operationRecord(1, { to: issuer }), watched)).toMatchObject({ credits: [], unreadable: null });
    expect(decode(operationRecord(1, { to: issuer, amount: 5 }), watched).unreadable).toBeNull();
    expect(
      decode(operationRecord(1, { type: 'teleport', to: issuer, transaction: {} }), watched).unreadable,
    ).toBeNull();
    expect(
      decode(operationRecord(1, { type: 'account_merge', account: payer.publicKey(), into: issuer }), watched).merge,
    ).toBeNull();
  });

  it('but doubt is kept', () => {
    expect(decode(operationRecord(1, { amount: 5 }), watched).unreadable).not.toBeNull();
    expect(decode(operationRecord(1, { to: null }), watched).unreadable).not.toBeNull();
    expect(decode(operationRecord(1, { type: 'teleport', beneficiary: merchant }), watched).unreadable).not.toBeNull();
    expect(decode(operationRecord(1), watched).credits).toHaveLength(1);
  });
});
