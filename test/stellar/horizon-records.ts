import {
  Account,
  Asset,
  Keypair,
  Memo,
  Operation,
  TransactionBuilder,
  type Transaction,
} from '@stellar/stellar-sdk/base';

/** Horizon records around really signed transactions, for tests that need answers whose hashes are true. */

export const PASSPHRASE = 'Test SDF Network ; September 2015';
export const payer = Keypair.fromRawEd25519Seed(Buffer.alloc(32, 11));
export const merchant = Keypair.fromRawEd25519Seed(Buffer.alloc(32, 12)).publicKey();
export const issuer = Keypair.fromRawEd25519Seed(Buffer.alloc(32, 13)).publicKey();
export const LEDGER = 52_419_504;
export const CREATED_AT = '2026-11-20T10:00:00Z';

export type JsonRecord = Record<string, unknown>;

const APPLIED = Buffer.concat([Buffer.alloc(7), Buffer.from([100]), Buffer.alloc(12)]).toString('base64');
const FAILED = Buffer.concat([
  Buffer.alloc(7),
  Buffer.from([100]),
  Buffer.from([255, 255, 255, 255]),
  Buffer.alloc(8),
]).toString('base64');

export function signedTransaction(memo: Memo = Memo.none(), sequence = '1'): Transaction {
  const transaction = new TransactionBuilder(new Account(payer.publicKey(), sequence), {
    fee: '100',
    networkPassphrase: PASSPHRASE,
    timebounds: { minTime: 0, maxTime: 1_900_000_000 },
  })
    .addOperation(Operation.payment({ destination: merchant, asset: Asset.native(), amount: '10' }))
    .addMemo(memo)
    .build();
  transaction.sign(payer);
  return transaction;
}

export function hashOf(transaction: { hash(): Uint8Array }): string {
  return Buffer.from(transaction.hash()).toString('hex');
}

/** `/transactions/{hash}`, or the `transaction` member of a joined record. */
export function transactionRecord(transaction: Transaction, change: JsonRecord = {}): JsonRecord {
  const { type, value } = transaction.memo;
  const memo: JsonRecord = {};
  if (type === 'text')
    Object.assign(memo, {
      memo: Buffer.from(value as Uint8Array).toString(),
      memo_bytes: Buffer.from(value as Uint8Array).toString('base64'),
    });
  else if (type === 'id') memo['memo'] = value;
  else if (type !== 'none') memo['memo'] = Buffer.from(value as Uint8Array).toString('base64');
  return {
    id: hashOf(transaction),
    paging_token: (BigInt(LEDGER) * 4294967296n + 4096n).toString(),
    successful: true,
    hash: hashOf(transaction),
    ledger: LEDGER,
    created_at: CREATED_AT,
    source_account: transaction.source,
    source_account_sequence: transaction.sequence,
    fee_charged: '100',
    max_fee: '100',
    operation_count: 1,
    envelope_xdr: transaction.toXdr(),
    result_xdr: change['successful'] === false ? FAILED : APPLIED,
    memo_type: type,
    ...memo,
    signatures: [],
    ...change,
  };
}

/** TOID of the n-th operation of the n-th transaction in the test ledger. */
export function toid(order: number, index = 1): bigint {
  return (BigInt(LEDGER) << 32n) | (BigInt(order) << 12n) | BigInt(index);
}

/** A record of `/payments?join=transactions`. */
export function operationRecord(
  order: number,
  change: JsonRecord = {},
  transaction = signedTransaction(),
  transactionChange: JsonRecord = {},
): JsonRecord {
  const id = toid(order).toString();
  return {
    id,
    paging_token: id,
    transaction_successful: true,
    source_account: payer.publicKey(),
    type: 'payment',
    type_i: 1,
    created_at: CREATED_AT,
    transaction_hash: hashOf(transaction),
    transaction: transactionRecord(transaction, transactionChange),
    asset_type: 'native',
    from: payer.publicKey(),
    to: merchant,
    amount: '10.0000000',
    ...change,
  };
}

export function page(records: readonly unknown[]): JsonRecord {
  const links = {
    self: { href: 'https://evil.example/' },
    next: { href: 'https://evil.example/' },
    prev: { href: 'https://evil.example/' },
  };
  return { _links: links, _embedded: { records } };
}

/** The same transaction wrapped in a fee bump, as Horizon prints it. */
export function feeBumpRecord(
  inner: Transaction,
  asked: 'inner' | 'outer',
): { record: JsonRecord; outer: string; inner: string } {
  const bump = TransactionBuilder.buildFeeBumpTransaction(payer, '500', inner, PASSPHRASE);
  bump.sign(payer);
  const hashes = { outer: hashOf(bump), inner: hashOf(inner) };
  const result = Buffer.concat([
    Buffer.alloc(11),
    Buffer.from([1]),
    Buffer.from(inner.hash()),
    Buffer.alloc(24),
  ]).toString('base64');
  const record = transactionRecord(inner, {
    id: hashes[asked],
    hash: hashes[asked],
    envelope_xdr: bump.toXdr(),
    result_xdr: result,
    fee_bump_transaction: { hash: hashes.outer, signatures: [] },
    inner_transaction: { hash: hashes.inner, signatures: [], max_fee: '100' },
  });
  return { record, ...hashes };
}

export function accountRecord(address: string, change: JsonRecord = {}): JsonRecord {
  return {
    id: address,
    account_id: address,
    sequence: '160470889244710503',
    subentry_count: 2,
    thresholds: { low_threshold: 1, med_threshold: 2, high_threshold: 3 },
    flags: {},
    balances: [
      {
        balance: '100.5000000',
        limit: '922337203685.4775807',
        buying_liabilities: '0.0000000',
        selling_liabilities: '1.0000000',
        asset_type: 'credit_alphanum4',
        asset_code: 'USDC',
        asset_issuer: issuer,
        is_authorized: true,
      },
      {
        balance: '3.0000000',
        asset_type: 'liquidity_pool_shares',
        liquidity_pool_id: 'ab'.repeat(32),
        limit: '9.0000000',
      },
      {
        balance: '10.0000000',
        buying_liabilities: '0.0000000',
        selling_liabilities: '0.5000000',
        asset_type: 'native',
      },
    ],
    signers: [{ weight: 1, key: address, type: 'ed25519_public_key' }],
    data: {},
    num_sponsoring: 1,
    num_sponsored: 2,
    ...change,
  };
}
