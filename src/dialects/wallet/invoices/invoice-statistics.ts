import { type Amount, formatAmount } from '../../../common/money';
import type { InvoiceStatus } from '../../../invoices/invoice-states';
import { happeningView } from './invoice.presenter';
import type { InvoiceHappening } from '../../../payments/invoice-record.service';

/** One row per status and asset. */
export interface InvoiceSums {
  readonly status: InvoiceStatus;
  readonly assetCode: string;
  readonly invoices: bigint;
  readonly total: Amount;
  readonly received: Amount;
}

/** Revenue is what really arrived for PAID invoices; pending is what PENDING and PROCESSING ones still wait for. */
export function invoiceStatistics(
  sums: readonly InvoiceSums[],
  recent: readonly InvoiceHappening[],
): Record<string, unknown> {
  const breakdown = new Map<InvoiceStatus, bigint>();
  for (const row of sums) breakdown.set(row.status, (breakdown.get(row.status) ?? 0n) + row.invoices);
  return {
    totalInvoices: Number(sums.reduce((count, row) => count + row.invoices, 0n)),
    totalRevenue: perAsset(
      sums.filter((row) => row.status === 'PAID'),
      (row) => row.received,
    ),
    pendingAmount: perAsset(
      sums.filter((row) => row.status === 'PENDING' || row.status === 'PROCESSING'),
      (row) => row.total - row.received,
    ),
    statusBreakdown: Object.fromEntries([...breakdown].map(([status, count]) => [status, Number(count)])),
    recentActivity: recent.map(happeningView),
  };
}

/** Sums of different assets are never added together. */
function perAsset(rows: readonly InvoiceSums[], read: (row: InvoiceSums) => Amount): Record<string, string> {
  const sums = new Map<string, Amount>();
  for (const row of rows) sums.set(row.assetCode, (sums.get(row.assetCode) ?? 0n) + read(row));
  return Object.fromEntries([...sums].map(([code, sum]) => [code, formatAmount(sum, 2)]));
}
