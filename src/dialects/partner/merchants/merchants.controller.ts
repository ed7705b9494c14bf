import { Controller, Get, Param, Patch } from '@nestjs/common';
import { Refuses } from '../refuses.decorator';
import { Author, Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import { MerchantProfileService } from '../../../merchants/merchant-profile.service';
import type { Merchant } from '../../../merchants/merchant';
import { ChangedDraft, type ChangeOf, IfMatch } from '../documents/document-request';
import { DocumentsOf } from '../documents/documents-of.decorator';
import { UpdateMerchantDto } from './merchant.dto';
import { merchants } from './merchant.resource';

const BLAMED = { network_unknown: 'defaultNetwork' } as const;

/** `:id` is "me" or the merchant's own id. */
@Idempotent()
@DocumentsOf(merchants)
@Controller('api/public/v1/merchants')
export class MerchantsController {
  constructor(private readonly profile: MerchantProfileService) {}

  @Get(':id')
  @Requires('merchant:read')
  read(@Caller() { merchantId }: Principal, @Param('id') id: string): Promise<Merchant> {
    return this.profile.get(merchantId, id);
  }

  @Patch(':id')
  @Refuses('network_unknown')
  @Requires('merchant:write')
  async update(
    @Author() author: ChangingPrincipal,
    @Param('id') id: string,
    @IfMatch() ifMatch: string | undefined,
    @ChangedDraft(UpdateMerchantDto) change: ChangeOf<UpdateMerchantDto>,
  ): Promise<Merchant> {
    const body = change(await this.profile.get(author.merchantId, id));
    await body.assertAll(BLAMED, [
      [['defaultNetwork'], () => this.profile.assertEnabled(body.attributes.defaultNetwork)],
    ]);
    return body.blaming(BLAMED, () => this.profile.update(author, body.attributes, ifMatch));
  }
}
