import type { Asset } from '../common/money';
import type { InvoiceStatus } from '../invoices/invoice-states';
import type { Credit, CreditMemo } from '../stellar/ledger-source';

/** The pure rules that say what one credit means. No I/O, no clock: the same ledger always gives the same books. */

export const OUTCOMES = [
  'exact',
  'under',
  'tolerated',
  'over',
  'late',
  'surplus',
  'no_reference',
  'unknown_reference',
  'conflicting_references',
  'wrong_asset',
  'self_payment',
  'predates_invoice',
  'too_late',
  'invoice_closed',
  'link_closed',
  'link_full',
  'period_paid',
  'rolled_forward',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What of an invoice decides the meaning of money. */
export interface MatchableInvoice {
  readonly id: string;
  readonly status: InvoiceStatus;
  readonly asset: Asset;
  readonly total: bigint;
  readonly received: bigint;
  readonly toleranceBp: number;
  readonly lateGraceSeconds: number;
  readonly expiresAt: Date | null;
  /** The newest ledger that had closed when the invoice was made; null when it is not known. */
  readonly providerLedger: number | null;
  readonly deleted: boolean;
  /** Another choice of its single-use link was paid first, or the link was withdrawn. */
  readonly linkClosed: boolean;
  /** It has given its slot of a link with a limit back, and no slot is free: it cannot become PAID by itself any more. */
  readonly linkFull: boolean;
  /** It pays one period of a subscription: more money is meant for the next one. */
  readonly renews: boolean;
}

export interface Verdict {
  /** `applied` counts towards the invoice; `suspense` waits for a human. */
  readonly disposition: 'applied' | 'suspense';
  readonly outcome: Outcome;
  readonly received: bigint;
  readonly status: InvoiceStatus;
}

const BASIS = 10_000n;

export interface CreditReference {
  readonly kind: 'id' | 'text';
  readonly value: string;
}

/**
 * The references a credit names, strongest first: the muxed id, the memo by exact type and bytes, then a text memo of
 * digits read as an id (wallets downgrade memo types). References of ours are plain ASCII.
 */
export function referencesOf(credit: Pick<Credit, 'muxedId' | 'memo'>): {
  muxed: CreditReference | null;
  memo: CreditReference[];
} {
  const muxed = credit.muxedId === null ? null : { kind: 'id' as const, value: credit.muxedId.toString() };
  return { muxed, memo: memoReferences(credit.memo) };
}

function memoReferences(memo: CreditMemo): CreditReference[] {
  if (memo.type !== 'text' && memo.type !== 'id') return [];
  const value = Buffer.from(memo.bytes).toString('latin1');
  if (!/^[\x20-\x7e]{1,28}$/.test(value)) return [];
  const id = /^(0|[1-9]\d{0,19})$/.test(value) ? [{ kind: 'id' as const, value }] : [];
  return memo.type === 'id' ? id : [{ kind: 'text', value }, ...id];
}

/** Which of the invoices behind a credit's references is meant; a string outcome when none can be chosen. */
export function chooseInvoice<T extends { id: string }>(
  credit: Credit,
  find: (reference: CreditReference) => T | undefined,
): T | Extract<Outcome, 'no_reference' | 'unknown_reference' | 'conflicting_references'> {
  const { muxed, memo } = referencesOf(credit);
  const byMuxed = muxed === null ? undefined : find(muxed);
  const byMemo = memo.map(find).find((found) => found !== undefined);
  if (byMuxed !== undefined && byMemo !== undefined && byMuxed.id !== byMemo.id) return 'conflicting_references';
  const chosen = byMuxed ?? byMemo;
  if (chosen !== undefined) return chosen;
  return muxed === null && credit.memo.type === 'none' ? 'no_reference' : 'unknown_reference';
}

/** The least sum that pays an invoice under its tolerance; always at least one stroop. */
export function amountDue(invoice: Pick<MatchableInvoice, 'total' | 'toleranceBp'>): bigint {
  const due = (invoice.total * (BASIS - BigInt(invoice.toleranceBp)) + BASIS - 1n) / BASIS;
  return due > 0n ? due : 1n;
}

/** What the credit does to the invoice it names. Judged by ledger close time, never by when we heard of it. */
export function judge(invoice: MatchableInvoice, credit: Credit): Verdict {
  const hold = (outcome: Outcome): Verdict => ({
    disposition: 'suspense',
    outcome,
    received: invoice.received,
    status: invoice.status,
  });
  if (credit.asset.code !== invoice.asset.code || credit.asset.issuer !== invoice.asset.issuer)
    return hold('wrong_asset');
  if (credit.from === credit.account) return hold('self_payment');
  // A payer who was shown the invoice could only pay in a ledger that closed afterwards.
  if (invoice.providerLedger !== null && credit.ledger <= invoice.providerLedger) return hold('predates_invoice');
  if (invoice.deleted || invoice.status === 'CANCELLED' || invoice.status === 'FAILED') return hold('invoice_closed');
  if (invoice.linkClosed) return hold('link_closed');
  if (invoice.status === 'PAID' && invoice.renews) return hold('period_paid');
  const received = invoice.received + credit.amount;
  if (invoice.status === 'PAID') return { disposition: 'applied', outcome: 'surplus', received, status: 'PAID' };
  const lateMs = invoice.expiresAt === null ? 0 : credit.closedAt.getTime() - invoice.expiresAt.getTime();
  if (lateMs > invoice.lateGraceSeconds * 1000) return hold('too_late');
  const paid = received >= amountDue(invoice);
  if (paid && invoice.linkFull) return hold('link_full');
  return {
    disposition: 'applied',
    outcome: lateMs > 0 ? 'late' : fit(received, invoice.total, paid),
    received,
    status: paid ? 'PAID' : invoice.status,
  };
}

/** What a credit that names a paid period does to the open one, which may be younger; null when it does not fit there either. */
export function judgeForward(open: MatchableInvoice, credit: Credit): Verdict | null {
  const verdict = judge({ ...open, providerLedger: null }, credit);
  return verdict.disposition === 'applied' ? { ...verdict, outcome: 'rolled_forward' } : null;
}

function fit(received: bigint, total: bigint, paid: boolean): Outcome {
  if (received === total) return 'exact';
  if (received > total) return 'over';
  return paid ? 'tolerated' : 'under';
}
