import type { PricedLine } from '../common/priced-line';
import type { Network } from '../common/network';
import type { StoredTax } from './invoice-totals';
import type { InvoiceStatus } from './invoice-states';

/** What a payer answered to the link of an invoice. */
export interface PayerAnswers {
  readonly address: Readonly<Record<'street' | 'city' | 'postalCode' | 'country', string>> | null;
  /** Answers by the keys of the link's questions. */
  readonly customFields: Readonly<Record<string, string>> | null;
}

/** One debt by one payer. Amounts are stroops; `destination` and the asset are fixed at birth (A38). */
export interface Invoice {
  readonly merchantId: string;
  readonly id: string;
  readonly publicId: string;
  readonly number: string;
  readonly status: InvoiceStatus;
  readonly network: Network;
  readonly destination: string;
  readonly assetCode: string;
  readonly assetIssuer: string | null;
  readonly title: string;
  readonly description: string | null;
  readonly notes: string | null;
  readonly reference: string | null;
  readonly clientName: string | null;
  readonly clientEmail: string | null;
  readonly clientCompany: string | null;
  readonly clientAddress: string | null;
  /** What the payer was asked for beside the money; null where nothing was. Never public. */
  readonly payer: PayerAnswers | null;
  readonly lines: PricedLine[];
  readonly subtotal: bigint;
  readonly taxRate: number | null;
  readonly taxes: StoredTax[];
  readonly taxAmount: bigint;
  readonly discount: bigint;
  readonly total: bigint;
  readonly scale: number;
  /** Whole, and without an end: what is paid in circles sums up beyond 64 bits. */
  readonly received: bigint;
  readonly toleranceBp: number;
  readonly lateGraceSeconds: number;
  readonly activateNewAccounts: boolean;
  readonly referenceNumber: bigint;
  readonly memo: string;
  /** The last ledger we had read when the invoice was made; only on rows of earlier releases. */
  readonly openedLedger: number | null;
  /** The newest closed ledger that the network's provider had reported by then; null before its first report, and on rows of earlier releases. */
  readonly providerLedger: number | null;
  /** Which period of which subscription it pays; null for every other invoice. */
  readonly subscriptionId: string | null;
  readonly periodIndex: number | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly sentAt: Date | null;
  readonly expiresAt: Date | null;
  readonly closedAt: Date | null;
  readonly deletedAt: Date | null;
  readonly paidAt: Date | null;
  readonly paidTransaction: string | null;
  readonly paidLedger: number | null;
  readonly payerWallet: string | null;
  readonly version: bigint;
}
