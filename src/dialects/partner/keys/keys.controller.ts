import { Controller, Delete, Get, Inject, Param, Post } from '@nestjs/common';
import { Refuses } from '../refuses.decorator';
import { Author, Caller } from '../../../auth/caller.decorator';
import { type CredentialRow, type KeyKind, KeysService } from '../../../auth/keys.service';
import { Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import type { RequestBody } from '../../../jsonapi/request-body';
import { DraftDocument, Listing, type ListingOf } from '../documents/document-request';
import { DocumentsOf } from '../documents/documents-of.decorator';
import { rowsWith, type RowsWith } from '../documents/document.interceptor';
import { IssueKeyDto, keyDraft } from './key.dto';
import { apiKeys, clients } from './key.resource';

const BLAMED = { network_unknown: 'network', expiry_in_past: 'expiresAt' } as const;

/** One kind of credentials: the two differ in the fields they show. */
abstract class KeysController {
  protected abstract readonly kind: KeyKind;

  constructor(@Inject(KeysService) private readonly keys: KeysService) {}

  @Get()
  @Requires('keys:read')
  list(
    @Caller() { merchantId, network }: Principal,
    @Listing() { filter, page }: ListingOf<typeof apiKeys>,
  ): Promise<CredentialRow[]> {
    return this.keys.list(merchantId, { ...filter, kind: this.kind, reach: network }, page);
  }

  /** The secret is in `meta`, this once; a replay has it masked. */
  @Post()
  @Refuses('network_unknown', 'expiry_in_past', 'scope_not_held', 'key_limit_reached')
  @Idempotent({ secret: true })
  @Requires('keys:write')
  async issue(
    @Author() author: ChangingPrincipal,
    @DraftDocument(IssueKeyDto) body: RequestBody<IssueKeyDto>,
  ): Promise<RowsWith<CredentialRow>> {
    const draft = keyDraft(body.attributes);
    await body.assertAll(BLAMED, [
      [['network'], () => this.keys.assertReached(author, draft.network)],
      [['expiresAt'], () => this.keys.assertAhead(draft.expiresAt)],
    ]);
    const { key, secret } = await body.blaming(BLAMED, () => this.keys.issue(author, this.kind, draft));
    return rowsWith(key, { meta: { secret }, headers: { 'cache-control': 'no-store' } });
  }

  @Get(':id')
  @Requires('keys:read')
  read(@Caller() { merchantId, network }: Principal, @Param('id') id: string): Promise<CredentialRow> {
    return this.keys.get(merchantId, { kind: this.kind, reach: network }, id);
  }

  /** Revokes it at once; the record of it stays. */
  @Delete(':id')
  @Requires('keys:write')
  async revoke(@Author() author: ChangingPrincipal, @Param('id') id: string): Promise<void> {
    await this.keys.revoke(author, author.merchantId, { kind: this.kind, reach: author.network }, id);
  }
}

/** Keys sent as bearer tokens. */
@DocumentsOf(apiKeys, 'network')
@Controller('api/public/v1/api_keys')
export class ApiKeysController extends KeysController {
  protected readonly kind = 'api_key';
}

/** Client keys with their secrets, sent as two headers. */
@DocumentsOf(clients, 'network')
@Controller('api/public/v1/clients')
export class ClientsController extends KeysController {
  protected readonly kind = 'client_key';
}
