import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import {
  type InvoiceKey,
  InvoiceSettlementService,
  type JudgedInvoice,
  type Settlement,
} from '../invoices/invoice-settlement.service';
import { NO_RIVALS } from '../links/link-locks.service';
import type { EventDraft } from '../webhooks/event-types';
import { type HeldSurplus, HeldSurplusRepository } from './held-surplus.repository';
import { judgeForward, type MatchableInvoice } from './payment-matcher';
import { paymentData } from '../invoices/payment-event';
import { creditOf } from './recorded-credit';
import { matchable, settlementOf } from './judged-credits';

interface Rolled {
  readonly payment: HeldSurplus;
  readonly invoice: JudgedInvoice;
  readonly received: bigint;
}

/** Standing orders come early, and wallets repeat the last payment: what named a paid period counts for the next one as soon as that is open. */
@Injectable()
export class HeldSurplusService {
  constructor(
    private readonly repository: HeldSurplusRepository,
    private readonly settlement: InvoiceSettlementService,
    private readonly clock: Clock,
  ) {}

  /** Inside the transaction that opened these invoices of subscriptions. What is beyond a sum stays held. */
  async apply(opened: readonly (JudgedInvoice & InvoiceKey)[]): Promise<void> {
    if (opened.length === 0) return;
    const held = await this.repository.take(opened);
    if (held.length === 0) return;
    const invoices = new Map(opened.map((invoice) => [invoice.id, { ...invoice, ...NO_RIVALS }]));
    const state = new Map<string, MatchableInvoice>();
    const settlements = new Map<string, Settlement>();
    const rolled: Rolled[] = [];
    for (const payment of held) {
      const invoice = invoices.get(payment.openId);
      if (invoice === undefined) continue;
      const before = state.get(invoice.id) ?? matchable(invoice);
      const credit = creditOf(payment);
      const verdict = judgeForward(before, credit);
      if (verdict === null) continue;
      state.set(invoice.id, { ...before, received: verdict.received, status: verdict.status });
      settlements.set(invoice.id, settlementOf(invoice, settlements.get(invoice.id), before, verdict, credit));
      rolled.push({ payment, invoice, received: verdict.received });
    }
    if (rolled.length === 0) return;
    await this.repository.apply(
      rolled.map(({ payment }) => payment),
      this.clock.now(),
    );
    await this.settlement.settle([...invoices.values()], [...settlements.values()], {
      alongside: rolled.map(rolledEvent),
    });
  }
}

function rolledEvent({ payment, invoice, received }: Rolled): EventDraft {
  return {
    merchantId: invoice.merchantId,
    type: 'payment.rolled_forward',
    network: invoice.network,
    subjectType: 'payment',
    subjectId: payment.id,
    data: paymentData(payment.id, creditOf(payment), invoice, { outcome: 'rolled_forward', received }),
  };
}
