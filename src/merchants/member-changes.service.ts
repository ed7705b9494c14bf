import { Injectable } from '@nestjs/common';
import type { Author } from '../audit-log/audit-entry';
import { AuditLogService } from '../audit-log/audit-log.service';
import type { Network } from '../common/network';
import type { EventType } from '../webhooks/event-types';
import { EventsService } from '../webhooks/events.service';
import type { Member } from './member';

/** The event and the audit entry of a change of members, in the same transaction. */
@Injectable()
export class MemberChangesService {
  constructor(
    private readonly audit: AuditLogService,
    private readonly events: EventsService,
  ) {}

  async tell(
    { actor, requestId }: Author,
    network: Network,
    action: EventType & `member.${string}`,
    before: Member | null,
    after: Member | null,
  ): Promise<void> {
    const member = after ?? before;
    if (member === null) throw new Error('a change of nobody');
    const { merchantId, id, wallet, role, status } = member;
    await this.events.record([
      { merchantId, type: action, network, subjectType: 'member', subjectId: id, data: { id, wallet, role, status } },
    ]);
    await this.audit.record({
      actor,
      requestId,
      merchantId,
      network: null,
      action,
      subjectType: 'member',
      subjectId: id,
      before: factsOf(before),
      after: factsOf(after),
    });
  }
}

function factsOf(member: Member | null): Record<string, string> | null {
  if (member === null) return null;
  const { wallet, role, status, email, mailOn } = member;
  // The log cannot be erased: of an address it keeps that there is one.
  return { wallet, role, status, email: email === null ? 'none' : 'given', mailOn: mailOn.join(' ') };
}
