import { Module } from '@nestjs/common';
import { AuditLogModule } from '../audit-log/audit-log.module';
import { MailModule } from '../mail/mail.module';
import { CustomerRecordsService } from './customer-records.service';
import { CustomersRepository } from './customers.repository';
import { CustomersService } from './customers.service';

@Module({
  imports: [AuditLogModule, MailModule],
  providers: [CustomersRepository, CustomersService, CustomerRecordsService],
  exports: [CustomersService, CustomerRecordsService],
})
export class CustomersModule {}
