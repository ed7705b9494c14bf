import { Module } from '@nestjs/common';
import { AuditLogModule } from '../audit-log/audit-log.module';
import { ProductsRepository } from './products.repository';
import { ProductsService } from './products.service';
import { TaxRatesRepository } from './tax-rates.repository';
import { TaxRatesService } from './tax-rates.service';

@Module({
  imports: [AuditLogModule],
  providers: [ProductsRepository, ProductsService, TaxRatesRepository, TaxRatesService],
  exports: [ProductsService, TaxRatesService],
})
export class ProductsModule {}
