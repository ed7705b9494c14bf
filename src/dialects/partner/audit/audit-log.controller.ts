import { Controller, Get, Param } from '@nestjs/common';
import type { AuditEntry } from '../../../audit/audit-entry';
import { AuditService } from '../../../audit/audit.service';
import { Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { Principal } from '../../../common/principal';
import { Listing, type ListingOf } from '../documents/document-request';
import { TellsOf } from '../documents/tells.decorator';
import { auditEntries } from './audit-entry.resource';

/** Read only: entries come from changes and never change themselves. */
@TellsOf(auditEntries)
@Controller('api/public/v1/audit_log')
export class AuditLogController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  @Requires('audit:read')
  list(
    @Caller() { merchantId, network }: Principal,
    @Listing() { filter, page }: ListingOf<typeof auditEntries>,
  ): Promise<AuditEntry[]> {
    return this.audit.list(merchantId, { ...filter, network }, page);
  }

  @Get(':id')
  @Requires('audit:read')
  read(@Caller() { merchantId, network }: Principal, @Param('id') id: string): Promise<AuditEntry> {
    return this.audit.get(merchantId, network, id);
  }
}
