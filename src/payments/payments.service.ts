import { Injectable } from '@nestjs/common';
import { meanwhile } from '../common/meanwhile';
import type { Network } from '../common/network';
import { TransactionConflict } from '../database/database-errors';
import { Transactions } from '../database/transactions';
import { InvoiceSettlementService } from '../invoices/invoice-settlement.service';
import { MerchantsService } from '../merchants/merchants.service';
import type { Credit, UnreadableItem } from '../stellar/ledger-source';
import type { EventDraft } from '../webhooks/event-types';
import { readyEvent } from '../webhooks/event-append';
import { type Applied, identity, inLedgerOrder, judgeAll } from './judged-credits';
import { NamedInvoicesService, type Patience } from './named-invoices.service';
import { paymentData } from '../invoices/payment-event';
import { type JudgedCredit, PaymentsRepository } from './payments.repository';

/**
 * Whose money waits while another transaction holds an invoice: a request waits for its own; a page, which carries every
 * merchant's, puts the invoice's money aside at its third try.
 */
export type Road = 'request' | 'page';

/**
 * Where money becomes a fact: reconciliation, submit and confirm all end in `record`. Recording the same credit
 * again, by whatever road and however often at once, changes nothing.
 */
@Injectable()
export class PaymentsService {
  constructor(
    private readonly repository: PaymentsRepository,
    private readonly merchants: MerchantsService,
    private readonly named: NamedInvoicesService,
    private readonly settlement: InvoiceSettlementService,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Records every credit to a watched account exactly once, applies it to the invoice it names or holds it in
   * suspense, and announces what changed: one transaction (the caller's, when there is one). Returns how many were new.
   */
  async record(
    network: Network,
    credits: readonly Credit[],
    unreadable: readonly UnreadableItem[] = [],
    road: Road = 'request',
  ): Promise<number> {
    const watched = await this.merchants.watchedAmong(network, [...new Set(credits.map((credit) => credit.account))]);
    const ours = inLedgerOrder(credits.filter((credit) => watched.has(credit.account)));
    if (ours.length === 0 && unreadable.length === 0) return 0;
    return this.transactions.run((attempt) => this.recordOurs(network, ours, unreadable, patienceOf(attempt, road)));
  }

  /** What became of the credits in one transaction that named one invoice; empty when none did. */
  outcomesFor(
    invoice: { merchantId: string; id: string },
    transactionHash: string,
  ): ReturnType<PaymentsRepository['outcomesFor']> {
    return this.repository.outcomesFor(invoice.merchantId, invoice.id, transactionHash);
  }

  private async recordOurs(
    network: Network,
    ours: readonly Credit[],
    unreadable: readonly UnreadableItem[],
    patience: Patience,
  ): Promise<number> {
    await this.repository.quarantine(network, unreadable);
    if (ours.length === 0) return 0;
    const known = new Set((await this.repository.known(network, ours)).map(identity));
    const fresh = ours.filter((credit) => !known.has(identity(credit)));
    if (fresh.length === 0) return 0;
    const { credits, find, forward } = await this.named.hold(network, fresh, patience);
    if (credits.length === 0) return 0;
    const { judged, applied, settlements } = judgeAll(network, inLedgerOrder(credits), find, forward);
    const owned = await this.owned(network, judged);
    const [inserted, alongside] = await meanwhile(this.repository.insert(network, owned), () =>
      applied.map((each) => readyEvent(paymentEvent(each))),
    );
    // Another process that recorded one of these has changed its invoice as well: judge again from what is there now.
    if (inserted.length !== judged.length)
      throw new TransactionConflict('a credit was recorded by another transaction');
    await this.settlement.settle(
      applied.map(({ invoice }) => invoice),
      settlements,
      { causes: causesOfPayment(applied), alongside },
    );
    return inserted.length;
  }

  /** Gives credits that named no invoice to the one merchant their account belongs to, if there is one only. */
  private async owned(network: Network, judged: readonly JudgedCredit[]): Promise<JudgedCredit[]> {
    const orphans = judged.filter((each) => each.merchantId === null);
    if (orphans.length === 0) return [...judged];
    const owners = await this.merchants.ownersOf(network, [...new Set(orphans.map((each) => each.credit.account))]);
    return judged.map((each) =>
      each.merchantId === null ? { ...each, merchantId: owners.get(each.credit.account) ?? null } : each,
    );
  }
}

/** A lost race for a row is met once without waiting, because most are over at once. */
function patienceOf(attempt: number, road: Road): Patience {
  if (attempt === 1) return 'none';
  return attempt === 2 || road === 'request' ? 'short' : 'aside';
}

/** What the events of a credit's effects follow from. */
function causeOf({ judged, invoice }: Applied): string {
  return `${invoice.network} ${identity(judged.credit)} ${judged.outcome}`;
}

/** By id of the invoice: the credit that made its sum full, the first one in ledger order. */
function causesOfPayment(applied: readonly Applied[]): Map<string, string> {
  const tipping = applied.filter(({ verdict }) => verdict.disposition === 'applied' && verdict.status === 'PAID');
  return new Map(tipping.toReversed().map((each) => [each.invoice.id, causeOf(each)]));
}

function paymentEvent(applied: Applied): EventDraft {
  const { judged, invoice, verdict } = applied;
  const { credit } = judged;
  const confirmed = verdict.disposition === 'applied' && verdict.status === 'PAID';
  return {
    merchantId: invoice.merchantId,
    type:
      verdict.disposition === 'suspense' ? 'payment.suspended' : confirmed ? 'payment.confirmed' : 'payment.received',
    network: invoice.network,
    subjectType: 'payment',
    subjectId: judged.id,
    cause: causeOf(applied),
    data: paymentData(judged.id, credit, invoice, verdict),
  };
}
