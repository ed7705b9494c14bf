import { Controller, Get, Param } from '@nestjs/common';
import { Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import { DomainError } from '../../../common/errors';
import { isRowId } from '../../../common/ids';
import type { Principal } from '../../../common/principal';
import type { Period } from '../../../subscriptions/subscription';
import { SubscriptionReadsService } from '../../../subscriptions/subscription-reads.service';
import { DocumentsOf } from '../documents/documents-of.decorator';
import { subscriptionPeriods } from './subscription.resource';

@DocumentsOf(subscriptionPeriods)
@Controller('api/public/v1/subscription_periods')
@Requires('subscriptions:read')
export class SubscriptionPeriodsController {
  constructor(private readonly reads: SubscriptionReadsService) {}

  @Get(':id')
  read(@Caller() caller: Principal, @Param('id') id: string): Promise<Period> {
    return this.get(caller, id);
  }

  @Get(':id/relationships/:name')
  relationship(@Caller() caller: Principal, @Param('id') id: string): Promise<Period> {
    return this.get(caller, id);
  }

  @Get(':id/:name')
  related(@Caller() caller: Principal, @Param('id') id: string): Promise<Period> {
    return this.get(caller, id);
  }

  private async get(caller: Principal, id: string): Promise<Period> {
    const [period] = isRowId(id) ? await this.reads.listPeriodsByIds(caller, [id]) : [];
    if (period === undefined) throw new DomainError('resource_not_found');
    return period;
  }
}
