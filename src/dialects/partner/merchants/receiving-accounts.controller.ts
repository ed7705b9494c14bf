import { Controller, Get, Param, Patch, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Author, Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import type { FinishedAnswer } from '../../../http/finished-answer';
import { JsonApi } from '../../../jsonapi/json-api';
import { AddReceivingAccountDto, UpdateReceivingAccountDto } from './receiving-account.dto';
import { receivingAccounts } from './receiving-account.resource';
import { ReceivingAccountsService } from '../../../merchants/receiving-accounts.service';

const BLAMED = { network_unknown: 'network', account_proof_required: 'signature', receiving_account_exists: 'address' } as const;

/** There is no DELETE: old addresses stay watched. */
@Idempotent()
@Controller('api/public/v1/receiving_accounts')
export class ReceivingAccountsController {
  constructor(
    private readonly api: JsonApi,
    private readonly service: ReceivingAccountsService,
  ) {}

  @Get()
  @Requires('accounts:read')
  async list(@Caller() { merchantId, network }: Principal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.listQuery(receivingAccounts, request, `${merchantId} ${network ?? ''}`);
    return this.api.list(receivingAccounts, query, await this.service.list(merchantId, { ...query.filter, reach: network }, query.page));
  }

  @Post()
  @Idempotent({ byWallet: true })
  @Requires('accounts:write')
  async add(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.query(receivingAccounts, request);
    const body = this.api.createDraft(receivingAccounts, request, AddReceivingAccountDto);
    const { network } = body.attributes;
    await body.assertAll(BLAMED, [[['network'], () => this.service.assertReached(author, network)]]);
    const account = await body.blaming(BLAMED, () => this.service.add(author, body.attributes));
    return this.api.created(receivingAccounts, query, account, {}, { version: account.version });
  }

  @Get(':id')
  @Requires('accounts:read')
  async read(@Caller() { merchantId, network }: Principal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(receivingAccounts, request);
    const account = await this.service.get(merchantId, network, id);
    return this.api.one(receivingAccounts, query, account, {}, { version: account.version });
  }

  @Patch(':id')
  @Requires('accounts:write')
  async update(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(receivingAccounts, request);
    const { isDefault } = this.api.updateBody(receivingAccounts, request, UpdateReceivingAccountDto, await this.service.get(author.merchantId, author.network, id)).attributes;
    const account = await this.service.update(author, id, { isDefault }, request.headers['if-match']);
    return this.api.one(receivingAccounts, query, account, {}, { version: account.version });
  }
}
