import { uuidOfName } from '../common/ids';
import type { Network } from '../common/network';
import type { JudgedInvoice, Settlement } from '../invoices/invoice-settlement.service';
import type { Rivalry } from '../links/link-locks.service';
import type { Credit } from '../stellar/ledger-source';
import type { Judgeable, NamedInvoice } from './named-invoices.service';
import { chooseInvoice, judge, judgeForward, type MatchableInvoice, type Verdict } from './payment-matcher';
import type { CreditIdentity, JudgedCredit } from './payments.repository';

/** What credits mean together, one after the other, and what is written of it on their invoices. Pure. */

/** A credit that named an invoice, and what it meant. */
export interface Applied {
  readonly judged: JudgedCredit;
  readonly invoice: NamedInvoice;
  readonly verdict: Verdict;
}

export const identity = (credit: CreditIdentity): string => `${credit.operationId}/${credit.index}`;

export function inLedgerOrder(credits: readonly Credit[]): Credit[] {
  return credits.toSorted((a, b) =>
    a.operationId === b.operationId ? a.index - b.index : a.operationId < b.operationId ? -1 : 1,
  );
}

/** Judges in ledger order, each credit against what the ones before it left: of its invoice, and of its link. */
export function judgeAll(
  network: Network,
  credits: readonly Credit[],
  find: Judgeable['find'],
  forward: Judgeable['forward'],
): { judged: JudgedCredit[]; applied: Applied[]; settlements: Settlement[] } {
  const state = new Map<string, MatchableInvoice>();
  const settlements = new Map<string, Settlement>();
  const judged: JudgedCredit[] = [];
  const applied: Applied[] = [];
  const links = new LinksSoFar();
  for (const credit of credits) {
    const named = chooseInvoice(credit, (reference) => find(credit, reference));
    if (typeof named === 'string') {
      judged.push({ ...entryOf(network, credit), disposition: 'suspense', outcome: named });
      continue;
    }
    const { chosen, before, verdict } = judgeOne(credit, named, forward, (invoice) => ({
      ...(state.get(invoice.id) ?? matchable(invoice)),
      ...links.factsOf(invoice),
    }));
    const { disposition, outcome } = verdict;
    const entry: JudgedCredit = { ...entryOf(network, credit, chosen), disposition, outcome };
    judged.push(entry);
    applied.push({ judged: entry, invoice: chosen, verdict });
    if (disposition === 'suspense') continue;
    if (verdict.status === 'PAID' && before.status !== 'PAID') links.paidBy(chosen);
    state.set(chosen.id, { ...before, received: verdict.received, status: verdict.status });
    settlements.set(chosen.id, settlementOf(chosen, settlements.get(chosen.id), before, verdict, credit));
  }
  return { judged, applied, settlements: [...settlements.values()] };
}

/** Against the invoice that it names, or where that is a paid period, against the open one. */
function judgeOne(
  credit: Credit,
  named: NamedInvoice,
  forward: Judgeable['forward'],
  now: (invoice: NamedInvoice) => MatchableInvoice,
): { readonly chosen: NamedInvoice; readonly before: MatchableInvoice; readonly verdict: Verdict } {
  const before = now(named);
  const verdict = judge(before, credit);
  const open = verdict.outcome === 'period_paid' ? forward(named) : undefined;
  if (open === undefined) return { chosen: named, before, verdict };
  const next = now(open);
  const rolled = judgeForward(next, credit);
  return rolled === null ? { chosen: named, before, verdict } : { chosen: open, before: next, verdict: rolled };
}

/** What the credits judged so far have made of links, which are read once for all of them. */
class LinksSoFar {
  /** Single-use links that a choice has won, with the invoice that did. */
  private readonly won = new Map<string, string>();
  /** Slots that were taken again, by link. */
  private readonly taken = new Map<string, number>();

  /** What is not any more as it was read. */
  factsOf({ id, linkId, limitedLinkId, room }: NamedInvoice): Partial<MatchableInvoice> {
    const winner = linkId === null ? undefined : this.won.get(linkId);
    const taken = limitedLinkId === null ? undefined : this.taken.get(limitedLinkId);
    return {
      ...(winner === undefined ? {} : { linkClosed: winner !== id }),
      ...(taken === undefined ? {} : { linkFull: taken >= room }),
    };
  }

  /** A slot that is still held is among those used already: only one that was given back takes room. */
  paidBy({ id, linkId, limitedLinkId }: NamedInvoice): void {
    if (linkId !== null) this.won.set(linkId, id);
    if (limitedLinkId !== null) this.taken.set(limitedLinkId, (this.taken.get(limitedLinkId) ?? 0) + 1);
  }
}

/** A payment's id follows from the ledger's identity of the credit: the same money has the same id in every copy of the books. */
function entryOf(
  network: Network,
  credit: Credit,
  invoice: Pick<NamedInvoice, 'merchantId' | 'id'> | null = null,
): Omit<JudgedCredit, 'disposition' | 'outcome'> {
  return {
    credit,
    id: uuidOfName(`payment ${network} ${identity(credit)}`),
    merchantId: invoice?.merchantId ?? null,
    invoiceId: invoice?.id ?? null,
  };
}

export function matchable(invoice: JudgedInvoice & Rivalry): MatchableInvoice {
  const { id, status, total, received, toleranceBp, lateGraceSeconds, expiresAt, linkClosed, limitedLinkId, room } =
    invoice;
  const providerLedger = invoice.providerLedger ?? invoice.openedLedger;
  return {
    id,
    status,
    total,
    received,
    toleranceBp,
    lateGraceSeconds,
    expiresAt,
    providerLedger,
    asset: { code: invoice.assetCode, issuer: invoice.assetIssuer },
    deleted: invoice.deletedAt !== null,
    linkClosed,
    linkFull: limitedLinkId !== null && room <= 0,
    renews: invoice.subscriptionId !== null,
  };
}

/** The proof of payment is the credit that tipped the sum over; later money does not replace it. */
export function settlementOf(
  invoice: JudgedInvoice,
  earlier: Settlement | undefined,
  before: MatchableInvoice,
  verdict: Verdict,
  credit: Credit,
): Settlement {
  const proof = earlier ?? invoice;
  const tips = verdict.status === 'PAID' && before.status !== 'PAID';
  return {
    merchantId: invoice.merchantId,
    id: invoice.id,
    received: verdict.received,
    status: verdict.status,
    paidAt: tips ? credit.closedAt : proof.paidAt,
    paidTransaction: tips ? credit.transactionHash : proof.paidTransaction,
    paidLedger: tips ? credit.ledger : proof.paidLedger,
    payerWallet: tips ? credit.from : proof.payerWallet,
    version: invoice.version,
  };
}
