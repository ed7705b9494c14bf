import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { ProductsRepository } from './products.repository';
import { ProductsService } from './products.service';
import { TaxRatesRepository } from './tax-rates.repository';
import { TaxRatesService } from './tax-rates.service';

@Module({
  imports: [AuditModule],
  providers: [ProductsRepository, ProductsService, TaxRatesRepository, TaxRatesService],
  exports: [ProductsService, TaxRatesService],
})
export class ProductsModule {}
