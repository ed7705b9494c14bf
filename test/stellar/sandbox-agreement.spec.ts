import {
  Asset,
  Keypair,
  Memo,
  Operation,
  TransactionBuilder,
  Account,
  type Transaction,
} from '@stellar/stellar-sdk/base';
import fastify, { type FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import { SystemClock } from '../../src/common/clock';
import { NATIVE } from '../../src/common/money';
import { registerHorizon } from '../../src/sandbox/horizon/register-horizon';
import { sandboxAsset, sandboxKeypair } from '../../src/sandbox/sandbox-keys';
import { SandboxNetwork } from '../../src/sandbox/sandbox-network';
import { MemoryStore } from '../../src/sandbox/sandbox-store';
import { muxedAddress } from '../../src/stellar/address';
import { HorizonClient } from '../../src/stellar/horizon-client';
import { HorizonLedgerSource } from '../../src/stellar/horizon-ledger-source';
import type { Credit, SubmitOutcome } from '../../src/stellar/ledger-source';
import { textMemo, type Memo as LedgerMemo } from '../../src/stellar/memo';
import { buildPayment } from '../../src/stellar/transactions';

const PASSPHRASE = 'Agreement Test Network ; November 2026';
const wallet = (label: string): Keypair => sandboxKeypair(label, PASSPHRASE);
const payer = wallet('payer');
const merchant = wallet('merchant');
const usdc = sandboxAsset('USDC', PASSPHRASE);
const sdkUsdc = new Asset('USDC', usdc.issuer as string);
const watched = (address: string): boolean => address === merchant.publicKey();

let network: SandboxNetwork;
let server: FastifyInstance;
let source: HorizonLedgerSource;
const stop = new AbortController();

beforeAll(async () => {
  const clock = new SystemClock();
  network = new SandboxNetwork({ passphrase: PASSPHRASE, store: new MemoryStore(), clock, ledgerMs: 20 });
  await network.load();
  void network.run(clock, stop.signal);
  server = fastify();
  await registerHorizon(server, network, { prefix: '/sandbox/horizon', baseUrl: 'http://127.0.0.1' });
  await server.listen({ port: 0, host: '127.0.0.1' });
  const client = new HorizonClient(
    `http://127.0.0.1:${(server.server.address() as AddressInfo).port}/sandbox/horizon`,
    { clock, deadlineMs: 3000, submitDeadlineMs: 3000 },
  );
  source = new HorizonLedgerSource({ network: 'sandbox', passphrase: PASSPHRASE, client, clock });
  for (const key of [payer, merchant])
    expect((await client.record(`/friendbot?addr=${key.publicKey()}`))?.['successful']).toBe(true);
  await apply(merchant, [Operation.changeTrust({ asset: sdkUsdc })]);
});

afterAll(async () => {
  stop.abort();
  await server.close();
});

type SdkOperation = ReturnType<typeof Operation.payment>;

async function built(key: Keypair, operations: SdkOperation[], memo: Memo = Memo.none()): Promise<Transaction> {
  const sequence = (await source.account(key.publicKey()))?.sequence ?? 0n;
  const builder = new TransactionBuilder(new Account(key.publicKey(), sequence.toString()), {
    fee: '1000',
    networkPassphrase: PASSPHRASE,
  })
    .addMemo(memo)
    .setTimeout(60);
  operations.forEach((operation) => builder.addOperation(operation));
  const transaction = builder.build();
  transaction.sign(key);
  return transaction;
}

async function apply(key: Keypair, operations: SdkOperation[], memo?: Memo): Promise<SubmitOutcome> {
  const outcome = await source.submit((await built(key, operations, memo)).toXdr());
  expect(outcome).toMatchObject({ kind: 'applied' });
  return outcome;
}

/** Everything from the beginning, page by page. */
async function allCredits(isWatched?: (address: string) => boolean): Promise<Credit[]> {
  const credits: Credit[] = [];
  let cursor = 0n;
  for (;;) {
    const found = await source.creditsAfter(
      cursor,
      5,
      isWatched === undefined ? undefined : (addresses) => Promise.resolve(new Set(addresses.filter(isWatched))),
    );
    expect(found.unreadable).toEqual([]);
    credits.push(...found.credits);
    cursor = found.cursor;
    if (found.records < 5) return credits;
  }
}

async function creditsOf(outcome: SubmitOutcome): Promise<readonly Credit[]> {
  if (outcome.kind !== 'applied') throw new Error(outcome.kind);
  const byHash = (await source.transaction(outcome.hash))?.credits ?? [];
  const paged = (await allCredits(watched)).filter((credit) => credit.transactionHash === outcome.hash);
  expect(paged).toEqual(byHash.filter((credit) => watched(credit.account)));
  return paged;
}

it('knows the network', async () => {
  await expect(source.status()).resolves.toMatchObject({ elderLedger: 1 });
});

it('submits what buildPayment built, and sees it by hash and in the feed', async () => {
  const sequence = (await source.account(payer.publicKey()))?.sequence as bigint;
  const { envelopeXdr, hash } = buildPayment({
    passphrase: PASSPHRASE,
    sender: { address: payer.publicKey(), sequence },
    kind: 'payment',
    destination: merchant.publicKey(),
    muxedId: 7n,
    asset: NATIVE,
    amount: 12_345_678n,
    memo: textMemo('INV-0001') as LedgerMemo,
    maxTime: new Date(Date.now() + 60_000),
    feeStroops: 1000n,
  });
  const transaction = TransactionBuilder.fromXdr(envelopeXdr, PASSPHRASE);
  transaction.sign(payer);
  const outcome = await source.submit(transaction.toXdr());
  expect(outcome).toMatchObject({ kind: 'applied', hash });
  await expect(source.submit(transaction.toXdr())).resolves.toEqual(outcome);
  await expect(creditsOf(outcome)).resolves.toMatchObject([
    {
      kind: 'payment',
      account: merchant.publicKey(),
      muxedId: 7n,
      amount: 12_345_678n,
      memo: { type: 'text' },
      from: payer.publicKey(),
    },
  ]);
});

it('sees several operations, muxed id 0, path payments, new accounts and merges', async () => {
  const child = wallet('child');
  await expect(
    creditsOf(
      await apply(
        payer,
        [
          Operation.payment({
            destination: muxedAddress(merchant.publicKey(), 0n),
            asset: Asset.native(),
            amount: '1',
          }),
          Operation.pathPaymentStrictReceive({
            sendAsset: Asset.native(),
            sendMax: '1000',
            destination: merchant.publicKey(),
            destAsset: sdkUsdc,
            destAmount: '2.5',
          }),
          Operation.createAccount({ destination: child.publicKey(), startingBalance: '20' }),
        ],
        Memo.id('18446744073709551615'),
      ),
    ),
  ).resolves.toMatchObject([
    { kind: 'payment', muxedId: 0n, memo: { type: 'id' } },
    { kind: 'path_payment', asset: usdc, amount: 25_000_000n, muxedId: null },
  ]);
  const created = (await allCredits()).find((credit) => credit.account === child.publicKey());
  expect(created).toMatchObject({ kind: 'create_account', amount: 200_000_000n, from: payer.publicKey() });
  const merged = await creditsOf(
    await apply(child, [Operation.accountMerge({ destination: merchant.publicKey() })], Memo.hash(Buffer.alloc(32, 3))),
  );
  expect(merged).toMatchObject([
    { kind: 'account_merge', amount: 199_999_900n, from: child.publicKey(), memo: { type: 'hash' } },
  ]);
});

it('A02: a fee bump is one transaction under two hashes', async () => {
  const inner = await built(payer, [
    Operation.payment({ destination: merchant.publicKey(), asset: Asset.native(), amount: '3' }),
  ]);
  const bump = TransactionBuilder.buildFeeBumpTransaction(merchant, '5000', inner, PASSPHRASE);
  bump.sign(merchant);
  const outcome = await source.submit(bump.toXdr());
  const outer = Buffer.from(bump.hash()).toString('hex');
  expect(outcome).toMatchObject({ kind: 'applied', hash: outer });
  const byInner = await source.transaction(Buffer.from(inner.hash()).toString('hex'));
  expect(byInner).toEqual(await source.transaction(outer));
  expect(byInner?.credits).toMatchObject([{ transactionHash: outer, amount: 30_000_000n }]);
});

it('A12: a failed transaction is found and moved nothing', async () => {
  const failing = await built(payer, [
    Operation.payment({ destination: merchant.publicKey(), asset: sdkUsdc, amount: '3' }),
  ]);
  await expect(source.submit(failing.toXdr())).resolves.toEqual({
    kind: 'rejected',
    transactionCode: 'tx_failed',
    operationCodes: ['op_src_no_trust'],
  });
  await expect(source.transaction(Buffer.from(failing.hash()).toString('hex'))).resolves.toMatchObject({
    successful: false,
    credits: [],
  });
});

it.each(['submit_504_then_success', 'submit_reset_after', 'submit_false_bad_seq'] as const)(
  '%s never loses nor repeats a payment',
  async (fault) => {
    network.faults.arm(fault, { times: 1 });
    const transaction = await built(payer, [
      Operation.payment({ destination: merchant.publicKey(), asset: Asset.native(), amount: '4' }),
    ]);
    const first = await source.submit(transaction.toXdr());
    expect(['applied', 'unknown']).toContain(first.kind);
    await expect(source.submit(transaction.toXdr())).resolves.toMatchObject({ kind: 'applied' });
    const hash = Buffer.from(transaction.hash()).toString('hex');
    expect((await allCredits(watched)).filter((credit) => credit.transactionHash === hash)).toHaveLength(1);
  },
);

it('tells balances, and prices by which a path can be had', async () => {
  const account = await source.account(merchant.publicKey());
  expect(account?.balances.find((line) => line.asset.code === 'USDC')).toMatchObject({
    balance: 25_000_000n,
    authorized: true,
  });
  const book = await source.orderBook(NATIVE, usdc);
  expect([book.bids.length, book.asks.length]).toEqual([expect.any(Number), expect.any(Number)]);
  expect(book.asks[0]?.price.n).toBeGreaterThan(0n);
  const paths = await source.strictReceivePaths(payer.publicKey(), usdc, 10_000_000n);
  expect(paths.find((path) => path.sourceAsset.issuer === null)?.sourceAmount).toBeGreaterThan(10_000_000n);
});
