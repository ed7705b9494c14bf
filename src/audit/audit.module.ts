import { Module } from '@nestjs/common';
import { AuditLogController } from './audit-log.controller';
import { AuditRepository } from './audit.repository';
import { AuditService } from './audit.service';

@Module({ controllers: [AuditLogController], providers: [AuditRepository, AuditService], exports: [AuditService] })
export class AuditModule {}
