import type { Amount } from '../common/money';
import type { Network } from '../common/network';
import type { Outcome } from './payment-matcher';

export const RESOLUTION_ACTIONS = ['attach', 'refund', 'dismiss'] as const;
export type ResolutionAction = (typeof RESOLUTION_ACTIONS)[number];

/** A credit as it was recorded, and what a human decided about it. */
export interface RecordedPayment {
  readonly merchantId: string;
  readonly id: string;
  readonly network: Network;
  readonly operationId: bigint;
  readonly changeIndex: number;
  readonly invoiceId: string | null;
  readonly disposition: 'applied' | 'suspense';
  readonly outcome: Outcome;
  readonly kind: string;
  readonly account: string;
  readonly muxedId: string | null;
  readonly fromAddress: string;
  readonly assetCode: string;
  readonly assetIssuer: string | null;
  readonly amount: Amount;
  readonly memoType: string;
  readonly memo: Buffer;
  readonly transactionHash: string;
  readonly ledger: number;
  readonly closedAt: Date;
  readonly recordedAt: Date;
  readonly resolutionId: string | null;
  readonly resolution: ResolutionAction | null;
}

export const PAYMENT_STATES = ['applied', 'held', 'refunded', 'dismissed'] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];

/** `held` waits for a human: the suspense inbox. */
export function paymentState({
  disposition,
  resolution,
}: Pick<RecordedPayment, 'disposition' | 'resolution'>): PaymentState {
  if (disposition === 'applied') return 'applied';
  if (resolution === 'refund') return 'refunded';
  return resolution === 'dismiss' ? 'dismissed' : 'held';
}
