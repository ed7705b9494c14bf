import type { LinkKind } from './link-kinds';
import type { LinkStatus } from './link-states';

/** A link that is held, as it is now, with the invoice that it is held for. */
export interface LinkOfInvoice {
  readonly merchantId: string;
  /** Of the link. */
  readonly id: string;
  readonly kind: LinkKind;
  readonly status: LinkStatus;
  /** The invoice that a single-use link shows. */
  readonly invoiceId: string | null;
  readonly expiresAt: Date | null;
  /** The invoice: a payer's choice when it is `chosen`, else born with the link. */
  readonly choice: string;
  readonly chosen: boolean;
}
