import { Module } from '@nestjs/common';
import { MerchantHandlesRepository } from './merchant-handles.repository';
import { MerchantHandlesService } from './merchant-handles.service';
import { MerchantsRepository } from './merchants.repository';
import { MerchantsService } from './merchants.service';

@Module({
  providers: [MerchantsRepository, MerchantsService, MerchantHandlesRepository, MerchantHandlesService],
  exports: [MerchantsService, MerchantHandlesService],
})
export class MerchantsModule {}
