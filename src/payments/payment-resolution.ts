import type { ResolutionAction } from './recorded-payment';

/** What a human decided about money held in suspense; one at a time for a payment, never changed. */
export interface PaymentResolution {
  readonly merchantId: string;
  readonly id: string;
  readonly paymentId: string;
  readonly network: string;
  readonly action: ResolutionAction;
  readonly heldAs: string;
  readonly invoiceId: string | null;
  readonly reason: string | null;
  readonly refundTransactionHash: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  /** When the money was taken off the invoice it was attached to, which another one has replaced: it is held again. */
  readonly undoneAt: Date | null;
}
