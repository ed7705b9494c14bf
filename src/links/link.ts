import type { Network } from '../common/network';
import type { LinkKind } from './link-kinds';
import type { LinkStatus } from './link-states';
import type { ShopTerms } from './shop-terms';
import type { Recurrence } from './terms/recurrence';

/**
 * A shareable request to pay. A standard link is single use: with a fixed price in an asset it has its invoice from
 * birth and shares its public id, otherwise it gets one when a payer has chosen. Other
 * kinds open an invoice for every checkout and count the slots of their limit.
 */
export interface Link extends ShopTerms {
  readonly merchantId: string;
  readonly id: string;
  readonly publicId: string;
  readonly kind: LinkKind;
  readonly status: LinkStatus;
  readonly network: Network;
  readonly invoiceId: string | null;
  readonly direction: 'invoice' | 'payout';
  readonly title: string | null;
  readonly description: string | null;
  readonly amount: bigint | null;
  readonly scale: number;
  /** Bounds and offers of an open amount. */
  readonly minimum: bigint | null;
  readonly maximum: bigint | null;
  readonly presets: bigint[] | null;
  readonly maxPayments: number | null;
  readonly maxQuantity: number | null;
  /** How often those who subscribe are asked; null for every other kind. */
  readonly recurrence: Recurrence | null;
  readonly currency: string;
  readonly accountCurrency: string | null;
  readonly payCurrencies: string[] | null;
  readonly paymentMethods: string[];
  readonly reference: string | null;
  readonly successRedirectUrl: string | null;
  readonly unsuccessRedirectUrl: string | null;
  readonly metadata: Record<string, string>;
  readonly expiresAt: Date | null;
  /** Invoices of a reusable link that may still be paid, and those that were paid within its limit; read as a number, which holds 2^53. */
  readonly slotsUsed: number;
  readonly paymentsMade: number;
  readonly paymentsOverLimit: number;
  readonly version: bigint;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
