import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../common/principal';
import { DomainError, isDomainError } from '../../../common/errors';
import { InvoiceReadsService } from '../../../invoices/invoice-reads.service';
import type { RequestBody } from '../../../jsonapi/request-body';
import type { CreateResolutionDto } from './payment-resolution.dto';
import type { Decision } from '../../../payments/payment-resolutions.service';
import type { RecordedPayment } from '../../../payments/recorded-payment';
import { PaymentReadsService } from '../../../payments/payment-reads.service';

type Body = RequestBody<CreateResolutionDto>;

/** A request document as a decision about one payment of the caller's. */
@Injectable()
export class DecisionReaderService {
  constructor(
    private readonly payments: PaymentReadsService,
    private readonly invoices: InvoiceReadsService,
  ) {}

  /** Throws 404 for a payment or invoice that is not the caller's, 422 for a decision that is not complete. */
  async read(
    caller: Principal,
    body: Body,
  ): Promise<{ readonly payment: RecordedPayment; readonly decision: Decision }> {
    const { action, reason = null, refundTransactionHash = null } = body.attributes;
    await body.assertAll({}, [
      [['action', 'reason'], () => assertReason(body)],
      [['action', 'refundTransactionHash'], () => assertHash(body)],
    ]);
    const named = body.toOne('payment');
    if (named === undefined || named === null) throw missing('payment', 'must name the payment that is decided about');
    const payment = await this.payments.find(caller, named.id);
    if (payment === null) throw body.relatedNotFound('payment');
    return {
      payment,
      decision: { action, reason, refundTransactionHash, invoiceId: await this.invoiceOf(caller, body) },
    };
  }

  private async invoiceOf(caller: Principal, body: Body): Promise<string | null> {
    const named = body.toOne('invoice') ?? null;
    if (body.attributes.action !== 'attach') {
      if (named !== null) throw missing('invoice', 'belongs to the action attach');
      return null;
    }
    if (named === null) throw missing('invoice', 'must name the invoice to attach the payment to');
    const invoice = await this.invoices.get(caller, named.id).catch((error: unknown) => {
      throw isDomainError(error, 'resource_not_found') ? body.relatedNotFound('invoice') : error;
    });
    return invoice.id;
  }
}

function assertReason(body: Body): void {
  const { action, reason = null } = body.attributes;
  if (action === 'dismiss' && reason === null) throw body.invalid({ reason: 'must say why' });
}

function assertHash(body: Body): void {
  const { action, refundTransactionHash = null } = body.attributes;
  if (action !== 'refund' && refundTransactionHash !== null)
    throw body.invalid({ refundTransactionHash: 'belongs to the action refund' });
}

function missing(relationship: string, message: string): DomainError {
  return new DomainError('attributes_invalid', { faults: [{ path: relationship, message, pointer: '/data' }] });
}
