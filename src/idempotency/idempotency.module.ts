import { Module } from '@nestjs/common';
import { IdempotencyHousekeepingService } from './idempotency-housekeeping.service';
import { IdempotencyService } from './idempotency.service';
import { IdempotencyKeysRepository } from './idempotency-keys.repository';

@Module({
  providers: [IdempotencyKeysRepository, IdempotencyService, IdempotencyHousekeepingService],
  exports: [IdempotencyService, IdempotencyHousekeepingService],
})
export class IdempotencyModule {}
