import type { Amount } from '../common/money';

/** Which link an invoice was made for, and where its price came from. */
export interface InvoiceOrigin {
  readonly linkPublicId: string;
  readonly successRedirectUrl: string | null;
  readonly unsuccessRedirectUrl: string | null;
  /** False where the merchant wants no codes for wallet apps on the page. */
  readonly showsCodes: boolean;
  /** What the payer chose to pay with, where the invoice was made by a choice. */
  readonly payCurrency: string | null;
  readonly quote: OriginQuote | null;
}

/** The promise that the invoice's total rests on. */
export interface OriginQuote {
  readonly currency: string;
  /** In the fiat currency. */
  readonly amount: Amount;
  /** Fiat per one unit of the invoice's asset, decimal text. */
  readonly rate: string;
  readonly expiresAt: Date;
}
