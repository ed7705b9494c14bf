import { Controller, Get, Param, Post } from '@nestjs/common';
import { Refuses } from '../refuses.decorator';
import { Author, Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import type { RequestBody } from '../../../jsonapi/request-body';
import type { PaymentResolution } from '../../../payments/payment-resolution';
import { PaymentResolutionsService } from '../../../payments/payment-resolutions.service';
import { DraftDocument, Listing, type ListingOf } from '../documents/document-request';
import { DocumentsOf } from '../documents/documents-of.decorator';
import { DecisionReaderService } from './decision-reader.service';
import { CreateResolutionDto } from './payment-resolution.dto';
import { paymentResolutions } from './payment-resolution.resource';

@Idempotent()
@DocumentsOf(paymentResolutions)
@Controller('api/public/v1/payment_resolutions')
export class PaymentResolutionsController {
  constructor(
    private readonly service: PaymentResolutionsService,
    private readonly decisions: DecisionReaderService,
  ) {}

  @Get()
  @Requires('payments:read')
  list(
    @Caller() caller: Principal,
    @Listing() { filter, page }: ListingOf<typeof paymentResolutions>,
  ): Promise<PaymentResolution[]> {
    return this.service.list(caller, filter, page);
  }

  @Post()
  @Refuses('payment_not_held', 'payment_not_attachable', 'related_resource_not_found')
  @Requires('payments:write')
  async create(
    @Author() author: ChangingPrincipal,
    @DraftDocument(CreateResolutionDto) body: RequestBody<CreateResolutionDto>,
  ): Promise<PaymentResolution> {
    const { payment, decision } = await this.decisions.read(author, body);
    return this.service.resolve(author, payment, decision);
  }

  @Get(':id')
  @Requires('payments:read')
  read(@Caller() caller: Principal, @Param('id') id: string): Promise<PaymentResolution> {
    return this.service.get(caller, id);
  }

  @Get(':id/relationships/:name')
  @Requires('payments:read')
  relationship(@Caller() caller: Principal, @Param('id') id: string): Promise<PaymentResolution> {
    return this.service.get(caller, id);
  }

  @Get(':id/:name')
  @Requires('payments:read')
  related(@Caller() caller: Principal, @Param('id') id: string): Promise<PaymentResolution> {
    return this.service.get(caller, id);
  }
}
