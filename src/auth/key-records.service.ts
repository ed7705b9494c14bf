import { Injectable } from '@nestjs/common';
import type { Author } from '../audit-log/audit-entry';
import { AuditLogService } from '../audit-log/audit-log.service';
import { EventsService } from '../webhooks/events.service';
import type { CredentialRow } from './credentials.repository';

const NOUNS = { api_key: 'api_key', client_key: 'client' } as const;

/** The event and the audit entry of a key's creation and revocation, in the same transaction. Neither holds the secret. */
@Injectable()
export class KeyRecordsService {
  constructor(
    private readonly audit: AuditLogService,
    private readonly events: EventsService,
  ) {}

  async created(author: Author, key: CredentialRow): Promise<void> {
    const { label, scopes, expiresAt, publicPart } = key;
    await this.tell(author, key, 'created', null, { label, publicPart, network: key.network, scopes, expiresAt });
  }

  async revoked(author: Author, key: CredentialRow): Promise<void> {
    await this.tell(author, key, 'revoked', { revoked: false }, { revoked: true });
  }

  private async tell(
    author: Author,
    key: CredentialRow,
    verb: 'created' | 'revoked',
    before: Record<string, boolean> | null,
    after: Parameters<AuditLogService['record']>[0]['after'],
  ): Promise<void> {
    const { merchantId, id, network, label } = key;
    const noun = NOUNS[key.kind];
    const type = `${noun}.${verb}` as const;
    await this.events.record([
      { merchantId, type, network, subjectType: noun, subjectId: id, data: { id, label, publicPart: key.publicPart } },
    ]);
    await this.audit.record({
      actor: author.actor,
      requestId: author.requestId,
      merchantId,
      network,
      action: type,
      subjectType: noun,
      subjectId: id,
      before,
      after,
    });
  }
}
