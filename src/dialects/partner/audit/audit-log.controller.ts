import { Controller, Get, Param } from '@nestjs/common';
import type { AuditEntry } from '../../../audit-log/audit-entry';
import { AuditLogService } from '../../../audit-log/audit-log.service';
import { Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { Principal } from '../../../common/principal';
import { Listing, type ListingOf } from '../documents/document-request';
import { DocumentsOf } from '../documents/documents-of.decorator';
import { auditEntries } from './audit-entry.resource';

/** Read only: entries come from changes and never change themselves. */
@DocumentsOf(auditEntries)
@Controller('api/public/v1/audit_log')
export class AuditLogController {
  constructor(private readonly audit: AuditLogService) {}

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
