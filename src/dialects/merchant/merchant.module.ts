import { Module } from '@nestjs/common';
import { AuthModule } from '../../auth/auth.module';
import { IdempotencyModule } from '../../idempotency/idempotency.module';
import { MerchantsModule } from '../../merchants/merchants.module';
import { MerchantHealthController } from './health/merchant-health.controller';
import { MerchantContextService } from './merchant-context.service';

/** The merchant API: JSON for shops, client key and secret. */
@Module({
  imports: [AuthModule, IdempotencyModule, MerchantsModule],
  controllers: [MerchantHealthController],
  providers: [MerchantContextService],
})
export class MerchantModule {}
