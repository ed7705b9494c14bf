import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { ProductLoaders } from './product-loaders.service';
import { ProductsController } from './products.controller';
import { ProductsRepository } from './products.repository';
import { ProductsService } from './products.service';
import { TaxRatesController } from './tax-rates.controller';
import { TaxRatesRepository } from './tax-rates.repository';
import { TaxRatesService } from './tax-rates.service';

@Module({
  imports: [AuditModule],
  controllers: [ProductsController, TaxRatesController],
  providers: [ProductLoaders, ProductsRepository, ProductsService, TaxRatesRepository, TaxRatesService],
  exports: [ProductsService, TaxRatesService],
})
export class ProductsModule {}
