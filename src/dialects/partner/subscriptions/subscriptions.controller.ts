import { Controller, Get, Param, Patch, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Author, Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import { parseInstant } from '../../../common/clock';
import { DomainError, isDomainError } from '../../../common/errors';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import type { FinishedAnswer } from '../../../http/finished-answer';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import type { RequestBody } from '../../../jsonapi/request-body';
import { SubscribingService } from '../../../subscriptions/subscribing.service';
import { SubscriptionActionsService } from '../../../subscriptions/subscription-actions.service';
import { SubscriptionReadsService, type SubscriptionView } from '../../../subscriptions/subscription-reads.service';
import {
  ChangedDocument,
  type ChangeOf,
  IfMatch,
  Listing,
  type ListingOf,
  NewDocument,
} from '../documents/document-request';
import { DocumentsOf } from '../documents/documents-of.decorator';
import { Refuses } from '../refuses.decorator';
import { PeriodPagesService } from './period-pages.service';
import { CreateSubscriptionDto, UpdateSubscriptionDto } from './subscription.dto';
import { subscriptions } from './subscription.resource';

const BLAMED = { reference_duplicate: 'reference' } as const;

@Idempotent()
@DocumentsOf(subscriptions)
@Controller('api/public/v1/subscriptions')
export class SubscriptionsController {
  constructor(
    private readonly reads: SubscriptionReadsService,
    private readonly subscribing: SubscribingService,
    private readonly actions: SubscriptionActionsService,
    private readonly pages: PeriodPagesService,
  ) {}

  @Get()
  @Requires('subscriptions:read')
  list(
    @Caller() caller: Principal,
    @Listing() { filter, page }: ListingOf<typeof subscriptions>,
  ): Promise<SubscriptionView[]> {
    return this.reads.list(caller, filter, page);
  }

  /** The customer gets the invoice of the first period. */
  @Post()
  @Refuses('related_resource_not_found', 'link_not_open', 'link_sold_out', 'reference_duplicate', 'recovering')
  @Requires('subscriptions:write')
  async create(
    @Author() author: ChangingPrincipal,
    @NewDocument(CreateSubscriptionDto) body: RequestBody<CreateSubscriptionDto>,
  ): Promise<SubscriptionView> {
    const [link, customer] = [required(body, 'link'), required(body, 'customer')];
    const { reference = null, metadata } = body.attributes;
    const order = { linkId: link, customerId: customer, reference, metadata: metadata ?? {} };
    const id = await body.blaming(BLAMED, () =>
      this.subscribing.subscribe(author, order).catch((error: unknown) => {
        if (isDomainError(error, 'resource_not_found')) throw body.relatedNotFound(error.message);
        throw error;
      }),
    );
    return this.reads.get(author, id);
  }

  @Get(':id')
  @Requires('subscriptions:read')
  read(@Caller() caller: Principal, @Param('id') id: string): Promise<SubscriptionView> {
    return this.reads.get(caller, id);
  }

  @Patch(':id')
  @Refuses('subscription_final', 'subscription_not_running', 'subscription_not_pausable', 'reference_duplicate')
  @Requires('subscriptions:write')
  async update(
    @Author() author: ChangingPrincipal,
    @Param('id') id: string,
    @IfMatch() ifMatch: string | undefined,
    @ChangedDocument(UpdateSubscriptionDto) change: ChangeOf<UpdateSubscriptionDto>,
  ): Promise<SubscriptionView> {
    const body = change(await this.reads.get(author, id));
    const { pausedUntil, ...patch } = body.attributes;
    const pause = pausedUntil === undefined ? {} : { pausedUntil: instantOf(body, pausedUntil) };
    await body.blaming(BLAMED, () => this.actions.update(author, id, { ...patch, ...pause }, ifMatch));
    return this.reads.get(author, id);
  }

  @Get(':id/relationships/:name')
  @Requires('subscriptions:read')
  async relationship(
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Param('name') name: string,
  ): Promise<SubscriptionView | FinishedAnswer> {
    const subscription = await this.reads.get(caller, id);
    return name === 'periods' ? this.pages.identifiers(caller, request, id) : subscription;
  }

  @Get(':id/:name')
  @Requires('subscriptions:read')
  async related(
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Param('name') name: string,
  ): Promise<SubscriptionView | FinishedAnswer> {
    const subscription = await this.reads.get(caller, id);
    return name === 'periods' ? this.pages.related(caller, request, id) : subscription;
  }
}

function required(body: RequestBody<CreateSubscriptionDto>, relationship: 'link' | 'customer'): string {
  const named = body.toOne(relationship) ?? null;
  if (named === null)
    throw new DomainError('attributes_invalid', {
      faults: [{ path: relationship, message: 'must be named', pointer: '/data' }],
    });
  return named.id;
}

function instantOf(body: RequestBody<UpdateSubscriptionDto>, text: string | null): Date | null {
  if (text === null) return null;
  const instant = parseInstant(text);
  if (instant === undefined)
    throw body.refusal('attributes_invalid', 'pausedUntil', 'must be an RFC 3339 instant such as 2027-01-31T00:00:00Z');
  return instant;
}
