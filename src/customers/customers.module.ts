import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { CustomerRecordsService } from './customer-records.service';
import { CustomersRepository } from './customers.repository';
import { CustomersService } from './customers.service';

@Module({
  imports: [AuditModule],
  providers: [CustomersRepository, CustomersService, CustomerRecordsService],
  exports: [CustomersService, CustomerRecordsService],
})
export class CustomersModule {}
