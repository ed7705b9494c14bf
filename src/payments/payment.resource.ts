import { type Amount, formatAmount } from '../common/money';
import type { Network } from '../common/network';
import { choiceFilter, codeFilter, instantRangeFilter } from '../jsonapi/filters';
import { defineResource } from '../jsonapi/resource';
import { OUTCOMES, type Outcome } from './payment-matcher';

export type ResolutionAction = 'attach' | 'refund' | 'dismiss';

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
export function paymentState({ disposition, resolution }: Pick<RecordedPayment, 'disposition' | 'resolution'>): PaymentState {
  if (disposition === 'applied') return 'applied';
  if (resolution === 'refund') return 'refunded';
  return resolution === 'dismiss' ? 'dismissed' : 'held';
}

const PRINTABLE = /^[\x20-\x7e]*$/;

/** Text and ids as they are; hashes, and text that is not plain ASCII, as hex. */
function memoValue({ memoType, memo }: RecordedPayment): string | null {
  if (memoType === 'none') return null;
  const text = memo.toString('latin1');
  return (memoType === 'text' || memoType === 'id') && PRINTABLE.test(text) ? text : memo.toString('hex');
}

export const payments = defineResource({
  type: 'payments',
  path: 'payments',
  readScope: 'payments:read',
  id: (payment: RecordedPayment) => payment.id,
  attributes: {
    status: paymentState,
    disposition: 'disposition',
    outcome: 'outcome',
    kind: 'kind',
    amount: ({ amount }) => formatAmount(amount, 2),
    assetCode: 'assetCode',
    assetIssuer: 'assetIssuer',
    network: 'network',
    account: 'account',
    muxedId: 'muxedId',
    from: 'fromAddress',
    memoType: 'memoType',
    memo: memoValue,
    transactionHash: 'transactionHash',
    operationId: ({ operationId }) => operationId.toString(),
    ledger: 'ledger',
    closedAt: 'closedAt',
    recordedAt: 'recordedAt',
  },
  relationships: {
    invoice: { to: 'one', types: ['invoices'], linkage: ({ invoiceId }) => (invoiceId === null ? null : { type: 'invoices', id: invoiceId }) },
    resolution: { to: 'one', types: ['paymentResolutions'], linkage: ({ resolutionId }) => (resolutionId === null ? null : { type: 'paymentResolutions', id: resolutionId }) },
  },
  filters: {
    status: choiceFilter(PAYMENT_STATES),
    disposition: choiceFilter(['applied', 'suspense']),
    outcome: choiceFilter(OUTCOMES),
    transactionHash: codeFilter(64),
    recordedAt: instantRangeFilter(),
  },
  sorts: { recordedAt: (payment) => payment.recordedAt.toISOString() },
  defaultSort: '-recordedAt',
});
