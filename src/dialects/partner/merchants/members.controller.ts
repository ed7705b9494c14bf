import { Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { Refuses } from '../refuses.decorator';
import { Author, Caller } from '../../../auth/caller.decorator';
import { Authenticated, Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import type { RequestBody } from '../../../jsonapi/request-body';
import type { Member } from '../../../merchants/member';
import { MembersService } from '../../../merchants/members.service';
import {
  ChangedDocument,
  type ChangeOf,
  IfMatch,
  Listing,
  type ListingOf,
  NewDocument,
} from '../documents/document-request';
import { DocumentsOf } from '../documents/documents-of.decorator';
import { InviteMemberDto, UpdateMemberDto } from './member.dto';
import { members } from './member.resource';

@Idempotent()
@DocumentsOf(members)
@Controller('api/public/v1/members')
export class MembersController {
  constructor(private readonly service: MembersService) {}

  @Get()
  @Requires('members:read')
  list(@Caller() { merchantId }: Principal, @Listing() { filter, page }: ListingOf<typeof members>): Promise<Member[]> {
    return this.service.list(merchantId, filter, page);
  }

  @Post()
  @Refuses('member_exists')
  @Requires('members:write')
  invite(
    @Author() author: ChangingPrincipal,
    @NewDocument(InviteMemberDto) body: RequestBody<InviteMemberDto>,
  ): Promise<Member> {
    const { wallet, role } = body.attributes;
    return body.blaming({ member_exists: 'wallet' }, () => this.service.invite(author, wallet, role));
  }

  @Get(':id')
  @Requires('members:read')
  read(@Caller() { merchantId }: Principal, @Param('id') id: string): Promise<Member> {
    return this.service.get(merchantId, id);
  }

  @Patch(':id')
  @Refuses('last_owner')
  @Requires('members:write')
  async update(
    @Author() author: ChangingPrincipal,
    @Param('id') id: string,
    @IfMatch() ifMatch: string | undefined,
    @ChangedDocument(UpdateMemberDto) change: ChangeOf<UpdateMemberDto>,
  ): Promise<Member> {
    const { attributes } = change(await this.service.get(author.merchantId, id));
    return this.service.update(author, id, attributes, ifMatch);
  }

  /** By the invited wallet; it opens this merchant from its next sign-in on. */
  @Post(':id/acceptance')
  @HttpCode(200)
  @Idempotent({ byWallet: true })
  @Authenticated()
  accept(@Author() author: ChangingPrincipal, @Param('id') id: string): Promise<Member> {
    return this.service.accept(author, id);
  }

  /** The caller's own membership. */
  @Delete('me')
  @Refuses('resource_not_found', 'last_owner')
  @Authenticated()
  leave(@Author() author: ChangingPrincipal): Promise<void> {
    return this.service.leave(author);
  }

  @Delete(':id')
  @Refuses('last_owner')
  @Requires('members:write')
  async remove(
    @Author() author: ChangingPrincipal,
    @Param('id') id: string,
    @IfMatch() ifMatch: string | undefined,
  ): Promise<void> {
    await this.service.remove(author, id, ifMatch);
  }
}
