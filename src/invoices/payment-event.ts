import { type Amount, formatAmount } from '../common/money';

/** What every event about a payment tells of the money itself. */
export interface EventMoney {
  readonly amount: Amount;
  readonly asset: { readonly code: string; readonly issuer: string | null };
  readonly from: string;
  readonly account: string;
  readonly transactionHash: string;
  readonly ledger: number;
  readonly operationId: bigint;
  readonly closedAt: Date;
}

/** The invoice that a payment is about, as the events tell it. */
interface EventInvoice {
  readonly publicId: string;
  readonly number: string;
  readonly total: Amount;
}

export function moneyData(money: EventMoney): Record<string, unknown> {
  const { amount, asset, from, account, transactionHash, ledger, operationId, closedAt } = money;
  return {
    amount: formatAmount(amount, 2),
    asset: { code: asset.code, issuer: asset.issuer },
    from,
    to: account,
    transactionHash,
    ledger,
    operationId: operationId.toString(),
    closedAt: closedAt.toISOString(),
  };
}

/** `data` of the events by which a payment and its invoice move together. `received` is what counts for the invoice from now on. */
export function paymentData(
  id: string,
  money: EventMoney,
  invoice: EventInvoice,
  { outcome, received }: { readonly outcome: string; readonly received: Amount },
): Record<string, unknown> {
  return {
    id,
    invoiceId: invoice.publicId,
    invoiceNumber: invoice.number,
    outcome,
    received: formatAmount(received, 2),
    total: formatAmount(invoice.total, 2),
    ...moneyData(money),
  };
}
