import { Controller, Get, Param, Patch, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Author, Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import type { FinishedAnswer } from '../../../http/finished-answer';
import { JsonApi } from '../../../jsonapi/json-api';
import { MerchantProfileService } from '../../../merchants/merchant-profile.service';
import { UpdateMerchantDto } from './merchant.dto';
import { merchants } from './merchant.resource';

const BLAMED = { network_unknown: 'defaultNetwork' } as const;

/** `:id` is "me" or the merchant's own id. */
@Idempotent()
@Controller('api/public/v1/merchants')
export class MerchantsController {
  constructor(
    private readonly api: JsonApi,
    private readonly profile: MerchantProfileService,
  ) {}

  @Get(':id')
  @Requires('merchant:read')
  async read(@Caller() { merchantId }: Principal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(merchants, request);
    const merchant = await this.profile.get(merchantId, id);
    return this.api.one(merchants, query, merchant, {}, { version: merchant.version });
  }

  @Patch(':id')
  @Requires('merchant:write')
  async update(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(merchants, request);
    const body = this.api.updateDraft(merchants, request, UpdateMerchantDto, await this.profile.get(author.merchantId, id));
    await body.assertAll(BLAMED, [[['defaultNetwork'], () => this.profile.assertEnabled(body.attributes.defaultNetwork)]]);
    const merchant = await body.blaming(BLAMED, () => this.profile.update(author, body.attributes, request.headers['if-match']));
    return this.api.one(merchants, query, merchant, {}, { version: merchant.version });
  }
}
