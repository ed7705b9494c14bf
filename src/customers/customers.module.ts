import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Customer } from './customer.entity';
import { CustomersRepository } from './customers.repository';
import { CustomersService } from './customers.service';

@Module({ imports: [TypeOrmModule.forFeature([Customer])], providers: [CustomersRepository, CustomersService], exports: [CustomersService] })
export class CustomersModule {}
