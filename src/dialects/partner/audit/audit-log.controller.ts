import { Controller, Get, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { Principal } from '../../../common/principal';
import type { FinishedAnswer } from '../../../http/finished-answer';
import { JsonApi } from '../../../jsonapi/json-api';
import { auditEntries } from './audit-entry.resource';
import { AuditService } from '../../../audit/audit.service';

/** Read only: entries come from changes and never change themselves. */
@Controller('api/public/v1/audit_log')
export class AuditLogController {
  constructor(
    private readonly api: JsonApi,
    private readonly audit: AuditService,
  ) {}

  @Get()
  @Requires('audit:read')
  async list(@Caller() { merchantId, network }: Principal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.listQuery(auditEntries, request, merchantId);
    return this.api.list(auditEntries, query, await this.audit.list(merchantId, { ...query.filter, network }, query.page));
  }

  @Get(':id')
  @Requires('audit:read')
  async read(@Caller() { merchantId, network }: Principal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(auditEntries, request);
    return this.api.one(auditEntries, query, await this.audit.get(merchantId, network, id));
  }
}
