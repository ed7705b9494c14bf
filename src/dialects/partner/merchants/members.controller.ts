import { Controller, Delete, Get, HttpCode, Param, Patch, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Author, Caller } from '../../../auth/caller.decorator';
import { Authenticated, Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import type { FinishedAnswer } from '../../../http/finished-answer';
import { JsonApi } from '../../../jsonapi/json-api';
import { InviteMemberDto, UpdateMemberDto } from './member.dto';
import { members } from './member.resource';
import { MembersService } from '../../../merchants/members.service';

@Idempotent()
@Controller('api/public/v1/members')
export class MembersController {
  constructor(
    private readonly api: JsonApi,
    private readonly service: MembersService,
  ) {}

  @Get()
  @Requires('members:read')
  async list(@Caller() { merchantId }: Principal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.listQuery(members, request, merchantId);
    return this.api.list(members, query, await this.service.list(merchantId, query.filter, query.page));
  }

  @Post()
  @Requires('members:write')
  async invite(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.query(members, request);
    const body = this.api.createBody(members, request, InviteMemberDto);
    const { wallet, role } = body.attributes;
    const member = await body.blaming({ member_exists: 'wallet' }, () => this.service.invite(author, wallet, role));
    return this.api.created(members, query, member, {}, { version: member.version });
  }

  @Get(':id')
  @Requires('members:read')
  async read(@Caller() { merchantId }: Principal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(members, request);
    const member = await this.service.get(merchantId, id);
    return this.api.one(members, query, member, {}, { version: member.version });
  }

  @Patch(':id')
  @Requires('members:write')
  async update(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(members, request);
    const { role } = this.api.updateBody(members, request, UpdateMemberDto, await this.service.get(author.merchantId, id)).attributes;
    const member = await this.service.changeRole(author, id, role, request.headers['if-match']);
    return this.api.one(members, query, member, {}, { version: member.version });
  }

  /** By the invited wallet; it opens this merchant from its next sign-in on. */
  @Post(':id/acceptance')
  @HttpCode(200)
  @Idempotent({ byWallet: true })
  @Authenticated()
  async accept(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(members, request);
    return this.api.one(members, query, await this.service.accept(author, id));
  }

  /** The caller's own membership. */
  @Delete('me')
  @Authenticated()
  async leave(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    this.api.noQuery(request);
    await this.service.leave(author);
    return this.api.noContent();
  }

  @Delete(':id')
  @Requires('members:write')
  async remove(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    await this.service.get(author.merchantId, id);
    this.api.deleteBody(members, request, id);
    await this.service.remove(author, id, request.headers['if-match']);
    return this.api.noContent();
  }
}
