import { DomainError } from '../common/errors';
import { type Amount, type Asset, NATIVE, sameAsset } from '../common/money';
import { PAYABLE_STATUSES } from '../invoices/invoice-states';
import type { Invoice } from '../invoices/invoice';
import { idMemo, type Memo, textMemo } from '../stellar/memo';

/** What an invoice asks of a payer, in the ledger's terms. Pure. */

export function assetOf(invoice: Pick<Invoice, 'assetCode' | 'assetIssuer'>): Asset {
  return { code: invoice.assetCode, issuer: invoice.assetIssuer };
}

export function memoOf(invoice: Pick<Invoice, 'memo'>): Memo {
  const memo = textMemo(invoice.memo);
  if (memo === undefined) throw new Error(`memo of an invoice is too long: ${invoice.memo}`);
  return memo;
}

/** The same reference as a number, for wallets that only send those, and for muxed addresses. */
export function idMemoOf(invoice: Pick<Invoice, 'referenceNumber'>): Memo {
  const memo = idMemo(invoice.referenceNumber);
  if (memo === undefined) throw new Error('reference number of an invoice is out of range');
  return memo;
}

/** What would complete the invoice now. */
export function amountOwed(invoice: Pick<Invoice, 'total' | 'received'>): Amount {
  return invoice.total > invoice.received ? invoice.total - invoice.received : 0n;
}

export function notPayable(invoice: Pick<Invoice, 'status'>): DomainError {
  return new DomainError('invoice_not_payable', {
    detail: `Invoice cannot be paid. Current status: ${invoice.status}`,
  });
}

/** DRAFT, PENDING and PROCESSING before their deadline; after it the status follows as soon as the ledger is read. */
export function assertPayable(invoice: Invoice, now: Date): void {
  if (!PAYABLE_STATUSES.includes(invoice.status)) throw notPayable(invoice);
  if (invoice.expiresAt !== null && invoice.expiresAt <= now && invoice.status !== 'DRAFT')
    throw notPayable({ status: 'EXPIRED' });
}

/** An account can be born with the payment only in XLM. */
export function paymentKinds(invoice: Invoice): string[] {
  const kinds = ['payment', 'path_payment_strict_receive'];
  return invoice.activateNewAccounts && sameAsset(assetOf(invoice), NATIVE) ? [...kinds, 'create_account'] : kinds;
}
