import type { Asset as SdkAsset, Memo as SdkMemo, Operation } from '@stellar/stellar-sdk/base';
import { formatLedgerAmount, sameAsset, NATIVE, type Amount, type Asset } from '../common/money';
import { muxedAddress } from './address';
import { hashHex } from './envelope';
import { hashMemo, textMemo, type Memo } from './memo';
import { stellarSdk } from './sdk';

export { EnvelopeUnreadable, MAX_ENVELOPE_CHARACTERS } from './envelope';
export {
  checkExchange,
  checkPayment,
  type ExpectedPayment,
  type PaymentDifference,
  type PreparedExchange,
} from './payment-check';
export { inspectPayment, type PaymentFacts } from './payment-inspection';

export type PaymentKind = 'payment' | 'create_account' | 'path_payment_strict_receive';

/** One payment, to be signed by the sender's wallet. */
export interface PaymentPlan {
  readonly passphrase: string;
  /** G address and its current sequence; the transaction takes the next. */
  readonly sender: { readonly address: string; readonly sequence: bigint };
  readonly kind: PaymentKind;
  /** G... */
  readonly destination: string;
  /** Id within the destination; not with create_account, which cannot name one. */
  readonly muxedId: bigint | null;
  /** What arrives. */
  readonly asset: Asset;
  readonly amount: Amount;
  readonly memo: Memo;
  /** After this instant the network refuses it (whole seconds, rounded down). */
  readonly maxTime: Date;
  /** Most the sender will pay for inclusion, stroops. */
  readonly feeStroops: bigint;
  /** For a path payment: what leaves the sender, at most how much of it, and through which assets. */
  readonly from?: { readonly asset: Asset; readonly maxAmount: Amount; readonly path: readonly Asset[] };
}

export interface UnsignedTransaction {
  readonly envelopeXdr: string;
  /** Lower-case hex; signing does not change it. */
  readonly hash: string;
}

/** Builds the unsigned envelope. Throws RangeError when the plan contradicts itself. */
export function buildPayment(plan: PaymentPlan): UnsignedTransaction {
  if (plan.amount <= 0n) throw new RangeError('a payment needs a positive amount');
  const { Account, TransactionBuilder } = stellarSdk();
  const account = new Account(plan.sender.address, plan.sender.sequence.toString());
  const maxTime = Math.floor(plan.maxTime.getTime() / 1000);
  const transaction = new TransactionBuilder(account, {
    fee: plan.feeStroops.toString(),
    networkPassphrase: plan.passphrase,
    timebounds: { minTime: 0, maxTime },
  })
    .addOperation(operationOf(plan))
    .addMemo(sdkMemo(plan.memo))
    .build();
  return { envelopeXdr: transaction.toXdr(), hash: hashHex(transaction) };
}

function operationOf(plan: PaymentPlan): ReturnType<typeof Operation.payment> {
  const { Operation: build } = stellarSdk();
  const amount = formatLedgerAmount(plan.amount);
  if (plan.kind === 'create_account') {
    if (!sameAsset(plan.asset, NATIVE) || plan.muxedId !== null)
      throw new RangeError('an account is created with XLM and without an id');
    return build.createAccount({ destination: plan.destination, startingBalance: amount });
  }
  const destination = plan.muxedId === null ? plan.destination : muxedAddress(plan.destination, plan.muxedId);
  if (plan.kind === 'payment') return build.payment({ destination, asset: sdkAsset(plan.asset), amount });
  if (plan.from === undefined) throw new RangeError('a path payment needs what it is paid from');
  return build.pathPaymentStrictReceive({
    sendAsset: sdkAsset(plan.from.asset),
    sendMax: formatLedgerAmount(plan.from.maxAmount),
    destination,
    destAsset: sdkAsset(plan.asset),
    destAmount: amount,
    path: plan.from.path.map(sdkAsset),
  });
}

function sdkAsset(asset: Asset): SdkAsset {
  const { Asset: Sdk } = stellarSdk();
  return asset.issuer === null ? Sdk.native() : new Sdk(asset.code, asset.issuer);
}

function sdkMemo(memo: Memo): SdkMemo {
  const { Memo: Sdk } = stellarSdk();
  const bytes = Buffer.from(memo.bytes);
  switch (memo.type) {
    case 'none':
      return Sdk.none();
    case 'text':
      if (textMemo(bytes.toString('utf8')) === undefined) throw new RangeError('a text memo holds at most 28 bytes');
      return Sdk.text(bytes);
    case 'id':
      return Sdk.id(bytes.toString('utf8'));
    case 'hash':
    case 'return':
      if (hashMemo(memo.type, bytes) === undefined) throw new RangeError('a hash memo holds 32 bytes');
      return memo.type === 'hash' ? Sdk.hash(bytes) : Sdk.return(bytes);
  }
}
