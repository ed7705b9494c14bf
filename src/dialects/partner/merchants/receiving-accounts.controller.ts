import { Controller, Get, Param, Patch, Post } from '@nestjs/common';
import { Refuses } from '../refuses.decorator';
import { Author, Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import type { RequestBody } from '../../../jsonapi/request-body';
import type { ReceivingAccount } from '../../../merchants/receiving-account';
import { ReceivingAccountsService } from '../../../merchants/receiving-accounts.service';
import {
  ChangedDocument,
  type ChangeOf,
  DraftDocument,
  IfMatch,
  Listing,
  type ListingOf,
} from '../documents/document-request';
import { DocumentsOf } from '../documents/documents-of.decorator';
import { AddReceivingAccountDto, UpdateReceivingAccountDto } from './receiving-account.dto';
import { receivingAccounts } from './receiving-account.resource';

const BLAMED = {
  network_unknown: 'network',
  account_proof_required: 'signature',
  receiving_account_exists: 'address',
} as const;

/** There is no DELETE: old addresses stay watched. */
@Idempotent()
@DocumentsOf(receivingAccounts, 'network')
@Controller('api/public/v1/receiving_accounts')
export class ReceivingAccountsController {
  constructor(private readonly service: ReceivingAccountsService) {}

  @Get()
  @Requires('accounts:read')
  list(
    @Caller() { merchantId, network }: Principal,
    @Listing() { filter, page }: ListingOf<typeof receivingAccounts>,
  ): Promise<ReceivingAccount[]> {
    return this.service.list(merchantId, { ...filter, reach: network }, page);
  }

  @Post()
  @Refuses('network_unknown', 'account_proof_required', 'receiving_account_exists')
  @Idempotent({ byWallet: true })
  @Requires('accounts:write')
  async add(
    @Author() author: ChangingPrincipal,
    @DraftDocument(AddReceivingAccountDto) body: RequestBody<AddReceivingAccountDto>,
  ): Promise<ReceivingAccount> {
    const { network } = body.attributes;
    await body.assertAll(BLAMED, [[['network'], () => this.service.assertReached(author, network)]]);
    return body.blaming(BLAMED, () => this.service.add(author, body.attributes));
  }

  @Get(':id')
  @Requires('accounts:read')
  read(@Caller() { merchantId, network }: Principal, @Param('id') id: string): Promise<ReceivingAccount> {
    return this.service.get(merchantId, network, id);
  }

  @Patch(':id')
  @Requires('accounts:write')
  async update(
    @Author() author: ChangingPrincipal,
    @Param('id') id: string,
    @IfMatch() ifMatch: string | undefined,
    @ChangedDocument(UpdateReceivingAccountDto) change: ChangeOf<UpdateReceivingAccountDto>,
  ): Promise<ReceivingAccount> {
    const { isDefault } = change(await this.service.get(author.merchantId, author.network, id)).attributes;
    return this.service.update(author, id, { isDefault }, ifMatch);
  }
}
