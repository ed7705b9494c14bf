import { type InnerTransactionResultPair, TransactionResult } from '@stellar/stellar-sdk/xdr';

import type { ResultCodes } from './contract';
import type { Trade } from './effects';
import type { LedgerTransaction } from './envelope';
import type { OfferResult } from './operations/manage-offer';
import { OPERATION_CODES, type OperationRefused } from './refusal';
import { operationCodeName, TRANSACTION_CODES, type TransactionCode } from './result-codes';
import {
  assetWire,
  type OperationBodyWire,
  type OperationResultWire,
  publicKeyWire,
  type ResultWire,
  type WireOf,
} from './wire';

type ResultOf<T extends ResultWire['type']> = Extract<ResultWire, { type: T }>;
type OfferSuccess = Extract<ResultOf<3>['manageSellOfferResult'], { code: 0 }>['success'];
type ClaimAtomWire = OfferSuccess['offersClaimed'][number];
type TransactionResultWire = WireOf<typeof TransactionResult>;
type InnerResultWire = WireOf<typeof InnerTransactionResultPair>['result'];

/** How a transaction ended: its own code, and those of its operations when it came to them. */
export interface Verdict {
  readonly code: TransactionCode;
  readonly operations?: readonly OperationResultWire[];
}

export interface EncodedResult {
  readonly xdr: string;
  readonly codes: ResultCodes;
}

export function claimAtom(trade: Trade): ClaimAtomWire {
  const orderBook = {
    sellerId: publicKeyWire(trade.seller),
    offerId: trade.offerId,
    assetSold: assetWire(trade.sold.asset),
    amountSold: trade.sold.amount,
    assetBought: assetWire(trade.bought.asset),
    amountBought: trade.bought.amount,
  };
  return { type: 1, orderBook };
}

export function offerSuccess({ trades, effect, offer }: OfferResult): OfferSuccess {
  const offersClaimed = trades.map(claimAtom);
  if (offer === undefined) return { offersClaimed, offer: { effect: 2 } };
  const entry = {
    sellerId: publicKeyWire(offer.seller),
    offerId: offer.id,
    selling: assetWire(offer.selling),
    buying: assetWire(offer.buying),
    amount: offer.amount,
    price: { n: offer.price.n, d: offer.price.d },
    flags: offer.passive ? 1 : 0,
    ext: { v: 0 as const },
  };
  return { offersClaimed, offer: { effect: effect === 'created' ? 0 : 1, offer: entry } };
}

export function refusedResult(body: OperationBodyWire, { code }: Pick<OperationRefused, 'code'>): OperationResultWire {
  if (typeof code === 'string') return { code: OPERATION_CODES[code] };
  const member = Object.keys(emptySuccess(body.type)).find((key) => key !== 'type') as string;
  // Every result is a union over its code whose refusals carry nothing else, so the code is the whole member.
  return { code: 0, tr: { type: body.type, [member]: { code } } as unknown as ResultWire };
}

/** The result of an operation that was not reached: core leaves the success it started with. */
export function untouchedResult(body: OperationBodyWire): OperationResultWire {
  return { code: 0, tr: emptySuccess(body.type) };
}

export function encodeResult(
  transaction: LedgerTransaction,
  verdict: Verdict,
  fees: { charged: bigint; inner: bigint },
): EncodedResult {
  const { feeBump, contentHash } = transaction;
  if (feeBump === null)
    return encoded({ feeCharged: fees.charged, result: plainResult(verdict), ext: { v: 0 } }, codesOf(verdict));
  const isSuccess = verdict.code === 'tx_success';
  const inner: InnerResultWire = { feeCharged: fees.inner, result: plainResult(verdict), ext: { v: 0 } };
  const innerResultPair = { transactionHash: contentHash, result: inner };
  const code = isSuccess ? 'tx_fee_bump_inner_success' : 'tx_fee_bump_inner_failed';
  const { transaction: innerTransaction, ...operations } = codesOf(verdict);
  return encoded(
    { feeCharged: fees.charged, result: { code: isSuccess ? 1 : -13, innerResultPair }, ext: { v: 0 } },
    { transaction: code, innerTransaction, ...operations },
  );
}

/** For what stops the outer transaction of a fee bump before the inner one is looked at. */
export function encodeOuterResult(code: TransactionCode, feeCharged: bigint): EncodedResult {
  return encoded({ feeCharged, result: plainResult({ code }), ext: { v: 0 } }, { transaction: code });
}

function plainResult({ code, operations }: Verdict): InnerResultWire['result'] {
  const results = [...(operations ?? [])];
  if (code === 'tx_success') return { code: 0, results };
  if (code === 'tx_failed') return { code: -1, results };
  return { code: TRANSACTION_CODES[code] } as InnerResultWire['result'];
}

function codesOf({ code, operations }: Verdict): ResultCodes {
  if (operations === undefined || (code !== 'tx_success' && code !== 'tx_failed')) return { transaction: code };
  return { transaction: code, operations: operations.map(operationCodeName) };
}

function encoded(wire: TransactionResultWire, codes: ResultCodes): EncodedResult {
  return { xdr: Buffer.from(TransactionResult.schema.encode(wire)).toString('base64'), codes };
}

const NO_KEY = { type: 0, ed25519: new Uint8Array(32) } as const;
const NO_HASH = new Uint8Array(32);
const NOTHING_PAID = { offers: [], last: { destination: NO_KEY, asset: { type: 0 as const }, amount: 0n } };
const NOTHING_OFFERED: OfferSuccess = { offersClaimed: [], offer: { effect: 2 } };

const EMPTY_SUCCESSES: { readonly [T in ResultWire['type']]: ResultOf<T> } = {
  0: { type: 0, createAccountResult: { code: 0 } },
  1: { type: 1, paymentResult: { code: 0 } },
  2: { type: 2, pathPaymentStrictReceiveResult: { code: 0, success: NOTHING_PAID } },
  3: { type: 3, manageSellOfferResult: { code: 0, success: NOTHING_OFFERED } },
  4: { type: 4, createPassiveSellOfferResult: { code: 0, success: NOTHING_OFFERED } },
  5: { type: 5, setOptionsResult: { code: 0 } },
  6: { type: 6, changeTrustResult: { code: 0 } },
  7: { type: 7, allowTrustResult: { code: 0 } },
  8: { type: 8, accountMergeResult: { code: 0, sourceAccountBalance: 0n } },
  9: { type: 9, inflationResult: { code: 0, payouts: [] } },
  10: { type: 10, manageDataResult: { code: 0 } },
  11: { type: 11, bumpSeqResult: { code: 0 } },
  12: { type: 12, manageBuyOfferResult: { code: 0, success: NOTHING_OFFERED } },
  13: { type: 13, pathPaymentStrictSendResult: { code: 0, success: NOTHING_PAID } },
  14: { type: 14, createClaimableBalanceResult: { code: 0, balanceId: { type: 0, v0: NO_HASH } } },
  15: { type: 15, claimClaimableBalanceResult: { code: 0 } },
  16: { type: 16, beginSponsoringFutureReservesResult: { code: 0 } },
  17: { type: 17, endSponsoringFutureReservesResult: { code: 0 } },
  18: { type: 18, revokeSponsorshipResult: { code: 0 } },
  19: { type: 19, clawbackResult: { code: 0 } },
  20: { type: 20, clawbackClaimableBalanceResult: { code: 0 } },
  21: { type: 21, setTrustLineFlagsResult: { code: 0 } },
  22: { type: 22, liquidityPoolDepositResult: { code: 0 } },
  23: { type: 23, liquidityPoolWithdrawResult: { code: 0 } },
  24: { type: 24, invokeHostFunctionResult: { code: 0, success: NO_HASH } },
  25: { type: 25, extendFootprintTtlResult: { code: 0 } },
  26: { type: 26, restoreFootprintResult: { code: 0 } },
};

function emptySuccess(type: OperationBodyWire['type']): ResultWire {
  return EMPTY_SUCCESSES[type];
}
