import { Account, Keypair, Operation, TransactionBuilder, type xdr } from '@stellar/stellar-sdk/base';
import { type Amount, type Asset, amountOf, STROOPS_PER_UNIT } from '../common/money';
import type { Memo } from '../stellar/memo';
import { buildPayment } from '../stellar/transactions';
import { sandboxIssuers } from './sandbox-keys';
import { sdkAsset } from './seed';

/** What one visit to the faucet gives. */
const LUMENS_A_WALLET = amountOf('10000');
const COINS_A_ROUND = amountOf('1000');
/** Reserve of the account and the fees of its transactions: what the first wallet must keep. */
const KEPT = amountOf('5');
/** A transaction carries at most 20 signatures, and every wallet that is emptied adds one. */
const MOST_WALLETS = 20;
const MOST_ROUNDS = 50;
const FEE_STROOPS = 10_000n;
/** How long a transaction may wait for a ledger. */
const PAYMENT_SECONDS = 300;

interface TestPayment {
  /** Base URL of the sandbox's Horizon surface. */
  readonly horizonUrl: string;
  readonly passphrase: string;
  /** 32 random bytes for each wallet asked for. */
  readonly seed: () => Uint8Array;
  readonly now: Date;
  readonly destination: string;
  readonly asset: Asset;
  readonly amount: Amount;
  /** For a path payment: what the wallet gives instead, at most how much of it, and through which assets. */
  readonly from?: { readonly asset: Asset; readonly maxAmount: Amount; readonly path: readonly Asset[] };
  readonly memo: Memo;
  /** True when the payment may open the destination's account. */
  readonly mayOpenAccount: boolean;
}

/** The sandbox cannot or will not make this payment; the message says why. */
export class TestPaymentRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TestPaymentRefused';
  }
}

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Pays with a new wallet that is not kept, over the network's public surface like any stranger: fund, trust or
 * gather, pay. Returns the hash of the payment (lower-case hex). Throws `TestPaymentRefused`.
 *
 * @public loaded by `checkout` with its first use, which the search for dead code does not follow
 */
export async function payWithTestWallet(payment: TestPayment): Promise<string> {
  const { asset, amount } = given(payment);
  const wallets = Array.from({ length: walletsFor(payment) }, () =>
    Keypair.fromRawEd25519Seed(Buffer.from(payment.seed())),
  );
  const [payer, ...helpers] = wallets as [Keypair, ...Keypair[]];
  await Promise.all(wallets.map((wallet) => faucet(payment, wallet)));
  if (asset.issuer === null) {
    if (helpers.length > 0)
      await submit(
        payment,
        await signed(
          payment,
          wallets,
          helpers.map((helper) =>
            Operation.accountMerge({ source: helper.publicKey(), destination: payer.publicKey() }),
          ),
        ),
      );
  } else {
    await submit(payment, await signed(payment, [payer], [Operation.changeTrust({ asset: sdkAsset(asset) })]));
    await Promise.all(Array.from({ length: rounds(amount) }, () => faucet(payment, payer, asset.code)));
  }
  return submit(payment, await signedPayment(payment, payer));
}

/** What leaves the wallet, at most. */
function given({ asset, amount, from }: TestPayment): Pick<TestPayment, 'asset' | 'amount'> {
  return from === undefined ? { asset, amount } : { asset: from.asset, amount: from.maxAmount };
}

/** Refuses what the faucet's money would not cover, before any of it is taken. */
function walletsFor(payment: TestPayment): number {
  const { passphrase } = payment;
  const { asset, amount } = given(payment);
  if (asset.issuer === null) {
    const wallets = Number((amount + KEPT + LUMENS_A_WALLET - 1n) / LUMENS_A_WALLET);
    if (wallets > MOST_WALLETS) throw tooMuch(LUMENS_A_WALLET * BigInt(MOST_WALLETS) - KEPT, asset);
    return wallets;
  }
  if (
    !Object.entries(sandboxIssuers(passphrase)).some(([code, issuer]) => code === asset.code && issuer === asset.issuer)
  )
    throw new TestPaymentRefused(`The sandbox's faucet does not give ${asset.code} of this issuer.`);
  if (rounds(amount) > MOST_ROUNDS) throw tooMuch(COINS_A_ROUND * BigInt(MOST_ROUNDS), asset);
  return 1;
}

function rounds(amount: Amount): number {
  return Number((amount + COINS_A_ROUND - 1n) / COINS_A_ROUND);
}

function tooMuch(most: Amount, asset: Asset): TestPaymentRefused {
  return new TestPaymentRefused(
    `A test wallet can pay at most ${most / STROOPS_PER_UNIT} ${asset.code}. Pay larger amounts in parts with a wallet of your own.`,
  );
}

async function faucet(payment: TestPayment, wallet: Keypair, code?: string): Promise<void> {
  const answer = await ask(
    payment,
    `/friendbot?addr=${wallet.publicKey()}${code === undefined ? '' : `&asset=${code}`}`,
  );
  if (answer.status !== 200) throw failure('The faucet', answer);
}

async function signed(
  payment: TestPayment,
  signers: readonly Keypair[],
  operations: readonly xdr.Operation[],
): Promise<string> {
  const [payer] = signers as [Keypair];
  const source = new Account(payer.publicKey(), (await sequenceOf(payment, payer)).toString());
  const builder = new TransactionBuilder(source, {
    fee: FEE_STROOPS.toString(),
    networkPassphrase: payment.passphrase,
    timebounds: { minTime: 0, maxTime: maxTime(payment) },
  });
  for (const operation of operations) builder.addOperation(operation);
  const transaction = builder.build();
  transaction.sign(...signers);
  return transaction.toXdr();
}

async function signedPayment(payment: TestPayment, payer: Keypair): Promise<string> {
  const { passphrase, destination, asset, amount, from, memo, mayOpenAccount } = payment;
  const opens =
    from === undefined &&
    mayOpenAccount &&
    asset.issuer === null &&
    (await ask(payment, `/accounts/${destination}`)).status === 404;
  const { envelopeXdr } = buildPayment({
    passphrase,
    sender: { address: payer.publicKey(), sequence: await sequenceOf(payment, payer) },
    kind: from !== undefined ? 'path_payment_strict_receive' : opens ? 'create_account' : 'payment',
    ...(from === undefined ? {} : { from }),
    destination,
    muxedId: null,
    asset,
    amount,
    memo,
    maxTime: new Date(maxTime(payment) * 1000),
    feeStroops: FEE_STROOPS,
  });
  const transaction = TransactionBuilder.fromXdr(envelopeXdr, passphrase);
  transaction.sign(payer);
  return transaction.toXdr();
}

function maxTime({ now }: TestPayment): number {
  return Math.floor(now.getTime() / 1000) + PAYMENT_SECONDS;
}

async function sequenceOf(payment: TestPayment, wallet: Keypair): Promise<bigint> {
  const answer = await ask(payment, `/accounts/${wallet.publicKey()}`);
  const sequence = answer.body['sequence'];
  if (answer.status !== 200 || typeof sequence !== 'string') throw failure('The sandbox', answer);
  return BigInt(sequence);
}

async function submit(payment: TestPayment, envelopeXdr: string): Promise<string> {
  const answer = await ask(payment, '/transactions', new URLSearchParams({ tx: envelopeXdr }));
  const hash = answer.body['hash'];
  if (answer.status === 200 && typeof hash === 'string') return hash;
  throw refusalOf(answer, payment.asset);
}

const REASONS: Readonly<Record<string, (asset: Asset) => string>> = {
  op_no_destination: () => "The merchant's account does not exist on the sandbox yet. Fund it with the faucet first.",
  op_no_trust: (asset) => `The merchant's account does not accept ${asset.code} yet: it has no trustline.`,
  op_line_full: (asset) => `The merchant's account cannot hold this much more ${asset.code}.`,
  op_not_authorized: (asset) => `The merchant's account is not authorised to hold ${asset.code}.`,
  op_over_source_max: () => 'The price moved while the test wallet was paying. Please try again.',
  op_too_few_offers: (asset) => `Nobody on the sandbox's market sells this much ${asset.code} now.`,
};

function refusalOf(answer: Answer, asset: Asset): Error {
  const extras = answer.body['extras'] as { result_codes?: { operations?: readonly string[] } } | undefined;
  const reason = extras?.result_codes?.operations?.map((code) => REASONS[code]).find((each) => each !== undefined);
  return reason === undefined ? failure('The sandbox', answer) : new TestPaymentRefused(reason(asset));
}

/** Not the payment's fault: reported as a defect, with the network's answer. */
function failure(who: string, { status, body }: Answer): Error {
  return new Error(`${who} answered ${status}: ${JSON.stringify(body).slice(0, 300)}`);
}

async function ask({ horizonUrl }: TestPayment, path: string, form?: URLSearchParams): Promise<Answer> {
  const response = await fetch(horizonUrl + path, form === undefined ? {} : { method: 'POST', body: form });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}
