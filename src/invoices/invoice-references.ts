import { muxedAddress } from '../stellar/address';
import type { Invoice } from './invoice';

/** Every way in which a payment may name its invoice. Any one of them is enough. */
export interface PaymentReferences {
  /** MEMO_TEXT; `memoType` is what a wallet calls its type. */
  readonly memo: string;
  readonly memoType: 'text';
  /** MEMO_ID, decimal: for exchanges and wallets that take numbers only. */
  readonly memoId: string;
  /** Destination and MEMO_ID in one M... address (SEP-23): no memo then. */
  readonly muxedAddress: string;
}

export function paymentReferences({
  memo,
  referenceNumber,
  destination,
}: Pick<Invoice, 'memo' | 'referenceNumber' | 'destination'>): PaymentReferences {
  return {
    memo,
    memoType: 'text',
    memoId: referenceNumber.toString(),
    muxedAddress: muxedAddress(destination, referenceNumber),
  };
}
