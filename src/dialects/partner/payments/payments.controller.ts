import { Controller, Get, Param } from '@nestjs/common';
import { Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { Principal } from '../../../common/principal';
import { PaymentReadsService } from '../../../payments/payment-reads.service';
import type { RecordedPayment } from '../../../payments/recorded-payment';
import { Listing, type ListingOf } from '../documents/document-request';
import { DocumentsOf } from '../documents/documents-of.decorator';
import { payments } from './payment.resource';

/** Read only: money is what the ledger says. What a human decides about it are `payment_resolutions`. */
@DocumentsOf(payments)
@Controller('api/public/v1/payments')
@Requires('payments:read')
export class PaymentsController {
  constructor(private readonly reads: PaymentReadsService) {}

  @Get()
  list(
    @Caller() caller: Principal,
    @Listing() { filter, page }: ListingOf<typeof payments>,
  ): Promise<RecordedPayment[]> {
    return this.reads.list(caller, filter, page);
  }

  @Get(':id')
  read(@Caller() caller: Principal, @Param('id') id: string): Promise<RecordedPayment> {
    return this.reads.get(caller, id);
  }

  @Get(':id/relationships/:name')
  relationship(@Caller() caller: Principal, @Param('id') id: string): Promise<RecordedPayment> {
    return this.reads.get(caller, id);
  }

  @Get(':id/:name')
  related(@Caller() caller: Principal, @Param('id') id: string): Promise<RecordedPayment> {
    return this.reads.get(caller, id);
  }
}
