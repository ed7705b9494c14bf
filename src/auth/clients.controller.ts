import { Controller, Delete, Get, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Idempotent } from '../idempotency/idempotent.decorator';
import type { JsonApiAnswer } from '../jsonapi/answer';
import { JsonApi } from '../jsonapi/json-api';
import { Author, Caller } from './caller.decorator';
import { IssueKeyDto, keyDraft } from './key.dto';
import { clients } from './key.resource';
import { KeysService } from './keys.service';
import { Requires } from './policy';
import type { ChangingPrincipal, Principal } from './principal';

const BLAMED = { network_unknown: 'network', expiry_in_past: 'expiresAt' } as const;
const kind = 'client_key';

/** Client keys with their secrets, sent as two headers. */
@Controller('api/public/v1/clients')
export class ClientsController {
  constructor(
    private readonly api: JsonApi,
    private readonly keys: KeysService,
  ) {}

  @Get()
  @Requires('keys:read')
  async list(@Caller() { merchantId, network }: Principal, @Req() request: FastifyRequest): Promise<JsonApiAnswer> {
    const query = this.api.listQuery(clients, request, `${merchantId} ${network ?? ''}`);
    return this.api.list(clients, query, await this.keys.list(merchantId, { ...query.filter, kind, reach: network }, query.page));
  }

  /** The secret is in `meta`, this once; a replay has it masked. */
  @Post()
  @Idempotent({ secret: true })
  @Requires('keys:write')
  async issue(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest): Promise<JsonApiAnswer> {
    const query = this.api.query(clients, request);
    const body = this.api.createBody(clients, request, IssueKeyDto);
    const draft = keyDraft(body.attributes);
    const { key, secret } = await body.blaming(BLAMED, () => this.keys.issue(author, kind, draft));
    return this.api.created(clients, query, key, {}, { meta: { secret }, headers: { 'cache-control': 'no-store' } });
  }

  @Get(':id')
  @Requires('keys:read')
  async read(@Caller() { merchantId, network }: Principal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<JsonApiAnswer> {
    const query = this.api.query(clients, request);
    return this.api.one(clients, query, await this.keys.get(merchantId, { kind, reach: network }, id));
  }

  /** Revokes it at once; the record of it stays. */
  @Delete(':id')
  @Requires('keys:write')
  async revoke(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<JsonApiAnswer> {
    const filter = { kind, reach: author.network } as const;
    await this.keys.get(author.merchantId, filter, id);
    this.api.deleteBody(clients, request, id);
    await this.keys.revoke(author, author.merchantId, filter, id);
    return this.api.noContent();
  }
}
