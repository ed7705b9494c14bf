import { Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { Author, Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { type Change, ChangeBody } from '../../../http/change.decorator';
import { NewBody } from '../../../http/new-body.decorator';
import { assertAll, type SentBody } from '../../../http/sent-body';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import { spanOf } from '../list-query';
import { CreateWebhookDto, ListWebhooksQuery, UpdateWebhookDto, webhookView } from './merchant-webhook.dto';
import { MerchantWebhooksService } from './merchant-webhooks.service';

@Controller('api/v0/webhooks')
export class MerchantWebhooksController {
  constructor(private readonly webhooks: MerchantWebhooksService) {}

  /** A secret that we made is in this answer only; one that was given is in none. */
  @Post()
  @HttpCode(201)
  @Requires('webhooks:write')
  @Idempotent({ secret: 'if_made' })
  async create(
    @Author() author: ChangingPrincipal,
    @NewBody(CreateWebhookDto) body: SentBody<CreateWebhookDto>,
  ): Promise<unknown> {
    await assertAll(body, [[['url'], () => this.webhooks.assertUrl(body.dto.url)]]);
    const { endpoint, secret } = await this.webhooks.create(author, body.dto);
    const [told] = await this.webhooks.told(author, [endpoint]);
    return { ...told, ...(body.dto.signing_secret === undefined ? { signing_secret: secret } : {}) };
  }

  @Get()
  @Requires('webhooks:read')
  async list(@Caller() caller: Principal, @Query() query: ListWebhooksQuery): Promise<unknown> {
    return this.webhooks.told(caller, await this.webhooks.list(caller, spanOf(query)));
  }

  @Get(':id')
  @Requires('webhooks:read')
  async read(@Caller() caller: Principal, @Param('id') id: string): Promise<unknown> {
    return this.toldOf(caller, id);
  }

  /** Only what is sent changes. */
  @Patch(':id')
  @Requires('webhooks:write')
  @Idempotent()
  async update(
    @Author() author: ChangingPrincipal,
    @Param('id') id: string,
    @ChangeBody(UpdateWebhookDto) change: Change<UpdateWebhookDto>,
  ): Promise<unknown> {
    const body = change(webhookView(await this.webhooks.get(author, id)));
    await assertAll(body, [[['url'], () => this.webhooks.assertUrl(body.dto.url)]]);
    await this.webhooks.update(author, id, body.dto);
    return this.toldOf(author, id);
  }

  /** The webhook as it was. */
  @Delete(':id')
  @Requires('webhooks:write')
  delete(@Author() author: ChangingPrincipal, @Param('id') id: string): Promise<unknown> {
    return this.webhooks.delete(author, id);
  }

  private async toldOf(caller: Principal, id: string): Promise<unknown> {
    const [told] = await this.webhooks.told(caller, [await this.webhooks.get(caller, id)]);
    return told;
  }
}
