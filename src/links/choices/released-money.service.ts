import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock';
import type { Invoice } from '../../invoices/invoice';
import { InvoiceEndingsService } from '../../invoices/invoice-endings.service';
import { paymentData } from '../../invoices/payment-event';
import type { EventDraft } from '../../webhooks/event-types';
import { EventsService } from '../../webhooks/events.service';
import type { InvoiceKey } from '../slots/link-slots.repository';
import { type ReleasedPayment, ReleasedMoneyRepository } from './released-money.repository';

type Left = Pick<Invoice, 'merchantId' | 'id' | 'publicId' | 'number' | 'network' | 'total'>;

/** Why money counts no more: another choice of the link won, or the invoice was closed for another one. */
export type ReleaseOutcome = 'link_closed' | 'invoice_closed';

/** Money that counted towards invoices and does so no more: held from now on, for its owner to decide about. */
@Injectable()
export class ReleasedMoneyService {
  constructor(
    private readonly repository: ReleasedMoneyRepository,
    private readonly endings: InvoiceEndingsService,
    private readonly events: EventsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Everything that cancelled and expired invoices have received: nobody can complete it any more. Inside the caller's transaction. Returns those that had
   * received something. Never waits: invoices that another transaction holds are left out.
   */
  async releaseEnded(invoices: readonly InvoiceKey[]): Promise<readonly InvoiceKey[]> {
    const ended = await this.endings.takeOffEnded(invoices);
    await this.release(ended, 'invoice_closed');
    return ended;
  }

  /** Inside the caller's transaction, which holds the invoices and takes off what they have received. `causes` of the events, by id of the invoice. */
  async release(
    invoices: readonly Left[],
    outcome: ReleaseOutcome,
    causes?: ReadonlyMap<string, string | undefined>,
  ): Promise<void> {
    if (invoices.length === 0) return;
    const byId = new Map(invoices.map((invoice) => [invoice.id, invoice]));
    const released = await this.repository.release(invoices, outcome, this.clock.now());
    await this.events.record(
      released.flatMap((payment) =>
        releasedEvent(payment, byId.get(payment.invoiceId), outcome, causes?.get(payment.invoiceId)),
      ),
    );
  }
}

function releasedEvent(
  payment: ReleasedPayment,
  invoice: Left | undefined,
  outcome: ReleaseOutcome,
  cause: string | undefined,
): EventDraft[] {
  if (invoice === undefined) return [];
  const { assetCode, assetIssuer, ...money } = payment;
  return [
    {
      merchantId: invoice.merchantId,
      type: 'payment.released',
      network: invoice.network,
      subjectType: 'payment',
      subjectId: payment.id,
      data: paymentData(payment.id, { ...money, asset: { code: assetCode, issuer: assetIssuer } }, invoice, {
        outcome,
        received: 0n,
      }),
      cause,
    },
  ];
}
