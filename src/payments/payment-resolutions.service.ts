import type { Tenant } from '../common/tenant';
import { Injectable } from '@nestjs/common';
import type { AuditValues } from '../audit-log/audit-entry';
import { AuditLogService } from '../audit-log/audit-log.service';
import type { ChangingPrincipal } from '../common/principal';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { isRowId, Ids } from '../common/ids';
import { formatAmount } from '../common/money';
import { violatedUnique } from '../database/database-errors';
import type { Keyset } from '../database/keyset';
import { Transactions } from '../database/transactions';
import type { EventType } from '../webhooks/event-types';
import { EventsService } from '../webhooks/events.service';
import { type Attachment, PaymentAttachmentService } from './payment-attachment.service';
import { PaymentResolutionsRepository, type ResolutionFilter } from './payment-resolutions.repository';
import { moneyData } from '../invoices/payment-event';
import { creditOf } from './recorded-credit';
import type { PaymentResolution } from './payment-resolution';
import { paymentState, type RecordedPayment, type ResolutionAction } from './recorded-payment';

/** What a human decides; `invoiceId` exactly with `attach`, a reason at least with `dismiss`. */
export interface Decision {
  readonly action: ResolutionAction;
  readonly invoiceId: string | null;
  readonly reason: string | null;
  readonly refundTransactionHash: string | null;
}

const EVENT_OF = {
  attach: 'payment.attached',
  refund: 'payment.refunded',
  dismiss: 'payment.dismissed',
} as const satisfies Record<ResolutionAction, EventType>;

/** The suspense inbox: held money is attached, marked as refunded elsewhere, or dismissed; once. */
@Injectable()
export class PaymentResolutionsService {
  constructor(
    private readonly repository: PaymentResolutionsRepository,
    private readonly attachment: PaymentAttachmentService,
    private readonly events: EventsService,
    private readonly audit: AuditLogService,
    private readonly transactions: Transactions,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Throws `resource_not_found`. */
  async get(owner: Tenant, id: string): Promise<PaymentResolution> {
    const [found] = isRowId(id) ? await this.repository.listByIds(owner, [id]) : [];
    if (found === undefined) throw new DomainError('resource_not_found');
    return found;
  }

  list(owner: Tenant, filter: ResolutionFilter, page: Keyset): Promise<PaymentResolution[]> {
    return this.repository.list(owner, filter, page);
  }

  /**
   * One transaction: decision, its effect, event and audit entry. Throws `payment_not_held` when the money is not
   * held or is decided about already, and `payment_not_attachable`.
   */
  async resolve(author: ChangingPrincipal, payment: RecordedPayment, decision: Decision): Promise<PaymentResolution> {
    if (paymentState(payment) !== 'held') throw notHeld(payment);
    try {
      return await this.transactions.run(() => this.write(author, payment, decision));
    } catch (error) {
      throw violatedUnique(error) === 'payment_resolutions_once' ? notHeld(payment) : error;
    }
  }

  private async write(
    author: ChangingPrincipal,
    payment: RecordedPayment,
    decision: Decision,
  ): Promise<PaymentResolution> {
    const { merchantId, network, id: paymentId, outcome: heldAs } = payment;
    const resolution: PaymentResolution = {
      ...decision,
      merchantId,
      id: this.ids.row(),
      paymentId,
      network,
      heldAs,
      createdBy: author.actor,
      createdAt: this.clock.now(),
      undoneAt: null,
    };
    // What is attached is held behind its invoice and its link, and written only while it is held.
    if (decision.action !== 'attach' && !(await this.repository.hold(merchantId, paymentId))) throw notHeld(payment);
    await this.repository.insert(resolution);
    const attached = decision.invoiceId === null ? null : await this.attachment.attach(payment, decision.invoiceId);
    const data = eventData(payment, resolution, attached);
    await this.events.record([
      { merchantId, type: EVENT_OF[decision.action], network, subjectType: 'payment', subjectId: paymentId, data },
    ]);
    await this.note(author, payment, resolution, attached);
    return resolution;
  }

  private note(
    author: ChangingPrincipal,
    payment: RecordedPayment,
    resolution: PaymentResolution,
    attached: Attachment | null,
  ): Promise<void> {
    const { merchantId, network, id, disposition, outcome, invoiceId } = payment;
    const { reason, refundTransactionHash } = resolution;
    const after: AuditValues =
      attached === null
        ? { resolution: resolution.action, reason, refundTransactionHash }
        : { disposition: 'applied', outcome: attached.outcome, invoiceId: resolution.invoiceId, reason };
    return this.audit.record({
      merchantId,
      network,
      actor: author.actor,
      requestId: author.requestId,
      action: EVENT_OF[resolution.action],
      subjectType: 'payments',
      subjectId: id,
      before: { disposition, outcome, invoiceId },
      after,
    });
  }
}

function eventData(
  payment: RecordedPayment,
  resolution: PaymentResolution,
  attached: Attachment | null,
): Record<string, unknown> {
  const result =
    attached === null
      ? { outcome: payment.outcome }
      : { outcome: attached.outcome, invoiceId: attached.publicId, received: formatAmount(attached.received, 2) };
  return {
    id: payment.id,
    ...moneyData(creditOf(payment)),
    ...result,
    heldAs: resolution.heldAs,
    resolutionId: resolution.id,
    reason: resolution.reason,
    refundTransactionHash: resolution.refundTransactionHash,
  };
}

function notHeld(payment: RecordedPayment): DomainError {
  const state = paymentState(payment);
  return new DomainError('payment_not_held', {
    detail:
      state === 'held'
        ? 'Somebody has decided about this payment already'
        : `The payment is ${state}, not held in suspense`,
  });
}
