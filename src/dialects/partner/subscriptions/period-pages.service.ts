import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../common/principal';
import type { FinishedAnswer } from '../../../http/finished-answer';
import type { IncomingRequest } from '../../../jsonapi/exchange';
import { JsonApi } from '../../../jsonapi/json-api';
import type { Resource } from '../../../jsonapi/resource';
import { SubscriptionReadsService } from '../../../subscriptions/subscription-reads.service';
import { PartnerLoadersService } from '../partner-loaders.service';
import { subscriptionPeriods, subscriptions } from './subscription.resource';

const BARE = { ...subscriptionPeriods, relationships: [] };

/** The periods of a subscription, page by page: one without an end has any number. */
@Injectable()
export class PeriodPagesService {
  constructor(
    private readonly api: JsonApi,
    private readonly reads: SubscriptionReadsService,
    private readonly loaders: PartnerLoadersService,
  ) {}

  async related(caller: Principal, request: IncomingRequest, id: string): Promise<FinishedAnswer> {
    const query = this.api.listQuery(subscriptionPeriods, request, scopeOf(caller, id));
    const periods = await this.reads.listPeriods(caller, id, query.page);
    return this.api.list(subscriptionPeriods, query, periods, this.loaders.loadersFor(caller));
  }

  async identifiers(caller: Principal, request: IncomingRequest, id: string): Promise<FinishedAnswer> {
    const query = this.api.listQuery(BARE, request, scopeOf(caller, id));
    const periods = await this.reads.listPeriods(caller, id, query.page);
    return this.api.identifiers(subscriptions as Resource, id, 'periods', query, BARE, periods);
  }
}

/** A cursor is valid for its own subscription only. */
function scopeOf({ merchantId }: Principal, id: string): string {
  return `${merchantId} ${id}`;
}
