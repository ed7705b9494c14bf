import { Global, Module } from '@nestjs/common';
import { IdempotencyHousekeepingService } from './idempotency-housekeeping.service';
import { IdempotencyService } from './idempotency.service';
import { KeysRepository } from './keys.repository';

/** Global because `@Idempotent` may stand on a controller of any module. */
@Global()
@Module({ providers: [KeysRepository, IdempotencyService, IdempotencyHousekeepingService], exports: [IdempotencyService, IdempotencyHousekeepingService] })
export class IdempotencyModule {}
