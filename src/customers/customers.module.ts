import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module';
import { CustomerRecordsService } from './customer-records.service';
import { Customer } from './customer.entity';
import { CustomersRepository } from './customers.repository';
import { CustomersService } from './customers.service';

@Module({
  imports: [TypeOrmModule.forFeature([Customer]), AuditModule],
  providers: [CustomersRepository, CustomersService, CustomerRecordsService],
  exports: [CustomersService, CustomerRecordsService],
})
export class CustomersModule {}
