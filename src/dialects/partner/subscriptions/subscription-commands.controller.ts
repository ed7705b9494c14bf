import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Author } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import { amountOf } from '../../../common/money';
import type { ChangingPrincipal } from '../../../common/principal';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import type { RequestBody } from '../../../jsonapi/request-body';
import { SubscriptionActionsService } from '../../../subscriptions/subscription-actions.service';
import { SubscriptionReadsService, type SubscriptionView } from '../../../subscriptions/subscription-reads.service';
import { CommandDocument } from '../documents/document-request';
import { rowsWith, type RowsWith } from '../documents/document.interceptor';
import { DocumentsOf } from '../documents/documents-of.decorator';
import { Refuses } from '../refuses.decorator';
import { CancelSubscriptionDto, ChangePriceDto } from './subscription.dto';
import { subscriptions } from './subscription.resource';

@DocumentsOf(subscriptions)
@Controller('api/public/v1/subscriptions')
export class SubscriptionCommandsController {
  constructor(
    private readonly reads: SubscriptionReadsService,
    private readonly actions: SubscriptionActionsService,
  ) {}

  @Post(':id/cancellation')
  @Refuses('subscription_final', 'subscription_not_running')
  @HttpCode(200)
  @Idempotent()
  @Requires('subscriptions:write')
  async cancel(
    @Author() author: ChangingPrincipal,
    @Param('id') id: string,
    @CommandDocument(CancelSubscriptionDto) body: () => RequestBody<CancelSubscriptionDto>,
  ): Promise<SubscriptionView> {
    await this.reads.get(author, id);
    await this.actions.cancel(author, id, body().attributes.atPeriodEnd ?? false);
    return this.reads.get(author, id);
  }

  @Post(':id/resumption')
  @Refuses('subscription_final', 'subscription_not_running', 'subscription_not_resumable')
  @HttpCode(200)
  @Idempotent()
  @Requires('subscriptions:write')
  async resume(@Author() author: ChangingPrincipal, @Param('id') id: string): Promise<SubscriptionView> {
    await this.actions.resume(author, id);
    return this.reads.get(author, id);
  }

  /** The address is in `meta`, this once. */
  @Post(':id/portal_link')
  @HttpCode(200)
  @Idempotent({ secret: true })
  @Requires('subscriptions:write')
  async portalLink(@Author() author: ChangingPrincipal, @Param('id') id: string): Promise<RowsWith<SubscriptionView>> {
    const portalUrl = await this.actions.portalLink(author, id);
    return rowsWith(await this.reads.get(author, id), {
      meta: { portalUrl },
      headers: { 'cache-control': 'no-store' },
    });
  }

  @Post(':id/price_change')
  @Refuses(
    'subscription_final',
    'subscription_not_running',
    'price_change_too_late',
    'price_change_pending',
    'amount_too_precise',
    'amount_below_minimum',
    'amount_above_maximum',
  )
  @HttpCode(200)
  @Idempotent()
  @Requires('subscriptions:write')
  async changePrice(
    @Author() author: ChangingPrincipal,
    @Param('id') id: string,
    @CommandDocument(ChangePriceDto) body: () => RequestBody<ChangePriceDto>,
  ): Promise<SubscriptionView> {
    await this.reads.get(author, id);
    const { amount, fromPeriod } = body().attributes;
    await this.actions.changePrice(author, id, amountOf(amount), fromPeriod);
    return this.reads.get(author, id);
  }
}
