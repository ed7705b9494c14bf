import type { Invoice } from './invoice';

/** Every column of an invoice under its property name: hot reads select these, never `*`. */
export const INVOICE_COLUMN_OF: Readonly<Record<keyof Invoice, string>> = {
  merchantId: 'merchant_id',
  id: 'id',
  publicId: 'public_id',
  number: 'number',
  status: 'status',
  network: 'network',
  destination: 'destination',
  assetCode: 'asset_code',
  assetIssuer: 'asset_issuer',
  title: 'title',
  description: 'description',
  notes: 'notes',
  reference: 'reference',
  clientName: 'client_name',
  clientEmail: 'client_email',
  clientCompany: 'client_company',
  clientAddress: 'client_address',
  payer: 'payer',
  lines: 'lines',
  subtotal: 'subtotal',
  taxRate: 'tax_rate',
  taxes: 'taxes',
  taxAmount: 'tax_amount',
  discount: 'discount',
  total: 'total',
  scale: 'scale',
  received: 'received',
  toleranceBp: 'tolerance_bp',
  lateGraceSeconds: 'late_grace_seconds',
  activateNewAccounts: 'activate_new_accounts',
  referenceNumber: 'reference_number',
  memo: 'memo',
  openedLedger: 'opened_ledger',
  providerLedger: 'provider_ledger',
  subscriptionId: 'subscription_id',
  periodIndex: 'period_index',
  createdBy: 'created_by',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  sentAt: 'sent_at',
  expiresAt: 'expires_at',
  closedAt: 'closed_at',
  deletedAt: 'deleted_at',
  paidAt: 'paid_at',
  paidTransaction: 'paid_transaction',
  paidLedger: 'paid_ledger',
  payerWallet: 'payer_wallet',
  version: 'version',
};

/** The driver would write a list as an array of PostgreSQL. */
export function isJsonColumn(property: keyof Invoice): property is 'lines' | 'taxes' | 'payer' {
  return property === 'lines' || property === 'taxes' || property === 'payer';
}

const PROPERTIES = Object.keys(INVOICE_COLUMN_OF) as (keyof Invoice)[];

/** `i.merchant_id as "merchantId", ...` for a query that names the table `alias`; all columns by default. */
export function invoiceColumns(alias = 'invoices', properties: readonly (keyof Invoice)[] = PROPERTIES): string {
  return properties.map((property) => `${alias}.${INVOICE_COLUMN_OF[property]} as "${property}"`).join(', ');
}
