import { Controller, Delete, Get, Inject, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import type { FinishedAnswer } from '../../../http/finished-answer';
import { JsonApi } from '../../../jsonapi/json-api';
import { Author, Caller } from '../../../auth/caller.decorator';
import { IssueKeyDto, keyDraft } from './key.dto';
import { apiKeys, clients } from './key.resource';
import { type KeyKind, KeysService } from '../../../auth/keys.service';
import { Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';

const BLAMED = { network_unknown: 'network', expiry_in_past: 'expiresAt' } as const;

/** One kind of credentials: the two differ in what is told of them. */
abstract class KeysController {
  protected abstract readonly kind: KeyKind;
  protected abstract readonly resource: typeof apiKeys;

  constructor(
    @Inject(JsonApi) private readonly api: JsonApi,
    @Inject(KeysService) private readonly keys: KeysService,
  ) {}

  @Get()
  @Requires('keys:read')
  async list(@Caller() { merchantId, network }: Principal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.listQuery(this.resource, request, `${merchantId} ${network ?? ''}`);
    return this.api.list(this.resource, query, await this.keys.list(merchantId, { ...query.filter, kind: this.kind, reach: network }, query.page));
  }

  /** The secret is in `meta`, this once; a replay has it masked. */
  @Post()
  @Idempotent({ secret: true })
  @Requires('keys:write')
  async issue(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.query(this.resource, request);
    const body = this.api.createDraft(this.resource, request, IssueKeyDto);
    const draft = keyDraft(body.attributes);
    await body.assertAll(BLAMED, [[['network'], () => this.keys.assertReached(author, draft.network)], [['expiresAt'], () => this.keys.assertAhead(draft.expiresAt)]]);
    const { key, secret } = await body.blaming(BLAMED, () => this.keys.issue(author, this.kind, draft));
    return this.api.created(this.resource, query, key, {}, { meta: { secret }, headers: { 'cache-control': 'no-store' } });
  }

  @Get(':id')
  @Requires('keys:read')
  async read(@Caller() { merchantId, network }: Principal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(this.resource, request);
    return this.api.one(this.resource, query, await this.keys.get(merchantId, { kind: this.kind, reach: network }, id));
  }

  /** Revokes it at once; the record of it stays. */
  @Delete(':id')
  @Requires('keys:write')
  async revoke(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const filter = { kind: this.kind, reach: author.network } as const;
    await this.keys.get(author.merchantId, filter, id);
    this.api.deleteBody(this.resource, request, id);
    await this.keys.revoke(author, author.merchantId, filter, id);
    return this.api.noContent();
  }
}

/** Keys sent as bearer tokens. */
@Controller('api/public/v1/api_keys')
export class ApiKeysController extends KeysController {
  protected readonly kind = 'api_key';
  protected readonly resource = apiKeys;
}

/** Client keys with their secrets, sent as two headers. */
@Controller('api/public/v1/clients')
export class ClientsController extends KeysController {
  protected readonly kind = 'client_key';
  protected readonly resource = clients;
}
