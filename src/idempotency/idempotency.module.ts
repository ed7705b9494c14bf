import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { IdempotencyHousekeepingService } from './idempotency-housekeeping.service';
import { IdempotencyInterceptor } from './idempotency.interceptor';
import { IdempotencyService } from './idempotency.service';
import { IdempotencyKeysRepository } from './idempotency-keys.repository';

/** The interceptor stands before all others: what they make of a handler's rows is what is stored and sent again. */
@Module({
  providers: [
    { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
    IdempotencyKeysRepository,
    IdempotencyService,
    IdempotencyHousekeepingService,
  ],
  exports: [IdempotencyService, IdempotencyHousekeepingService],
})
export class IdempotencyModule {}
