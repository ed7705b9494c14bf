import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import type { Amount } from '../common/money';
import { InvoiceSettlementService } from '../invoices/invoice-settlement.service';
import { LinkLocksService } from '../links/link-locks.service';
import { matchable, settlementOf } from './judged-credits';
import { judge, type Outcome, type Verdict } from './payment-matcher';
import { PaymentResolutionsRepository } from './payment-resolutions.repository';
import { creditOf } from './recorded-credit';
import type { RecordedPayment } from './recorded-payment';

export interface Attachment {
  readonly outcome: Outcome;
  /** Sum on the invoice, this payment included. */
  readonly received: Amount;
  readonly publicId: string;
}

const NEVER_TOO_LATE_SECONDS = 1e12;

/** Counts held money towards an invoice by the same rules as money that found it by itself. */
@Injectable()
export class PaymentAttachmentService {
  constructor(
    private readonly settlement: InvoiceSettlementService,
    private readonly repository: PaymentResolutionsRepository,
    private readonly locks: LinkLocksService,
    private readonly clock: Clock,
  ) {}

  /**
   * Inside the caller's transaction. A human may overrule what says which invoice is meant, when it had to be paid and
   * how often its link can be, never what was paid and to whom. Without a free slot the payment counts over the limit. Throws `payment_not_attachable`, `payment_not_held`.
   */
  async attach(payment: RecordedPayment, invoiceId: string): Promise<Attachment> {
    const key = { merchantId: payment.merchantId, id: invoiceId };
    // The invoice cannot change now, and no other choice of its link wins while this one is judged.
    await this.settlement.hold(key);
    const { rivalryOf } = await this.locks.hold([key], 'wait');
    const invoice = { ...(await this.settlement.get(key)), ...rivalryOf(key.id) };
    if (payment.network !== invoice.network) throw notAttachable('it arrived on another network');
    if (payment.account !== invoice.destination) throw notAttachable('it arrived at another account');
    const credit = creditOf(payment);
    const before = matchable(invoice);
    const verdict = judge(
      { ...before, lateGraceSeconds: NEVER_TOO_LATE_SECONDS, providerLedger: null, linkFull: false },
      credit,
    );
    if (verdict.disposition === 'suspense') throw notAttachable(REASONS[verdict.outcome] ?? verdict.outcome);
    const at = this.clock.now();
    if (!(await this.repository.apply(payment.merchantId, payment.id, invoiceId, verdict.outcome, at)))
      throw new DomainError('payment_not_held');
    await this.settlement.settle([invoice], [settlementOf(invoice, undefined, before, verdict, credit)]);
    return attachmentOf(verdict, invoice.publicId);
  }
}

function attachmentOf({ outcome, received }: Verdict, publicId: string): Attachment {
  return { outcome, received, publicId };
}

const REASONS: Readonly<Partial<Record<Outcome, string>>> = {
  wrong_asset: 'it was paid in another asset',
  self_payment: 'the account paid itself',
  invoice_closed: 'the invoice is cancelled or deleted',
  period_paid: 'the period of the subscription is paid; attach it to the invoice of the open one',
  link_closed: 'its payment link was paid by another choice, or withdrawn',
};

function notAttachable(reason: string): DomainError {
  return new DomainError('payment_not_attachable', {
    detail: `The payment cannot be attached to this invoice: ${reason}`,
  });
}
