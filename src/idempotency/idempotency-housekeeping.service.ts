import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { inBatches } from '../database/batches';
import { IdempotencyKeysRepository } from './idempotency-keys.repository';

/** A key is kept two days longer than promised: an incident of Friday can still be looked into on Monday. */
const GRACE_MS = 48 * 3600 * 1000;
const BATCH = 1_000;

@Injectable()
export class IdempotencyHousekeepingService {
  constructor(
    private readonly keys: IdempotencyKeysRepository,
    private readonly clock: Clock,
  ) {}

  /** Deletes answered keys 72 hours after their first use, in short statements. Returns how many went. */
  sweep(): Promise<number> {
    const before = new Date(this.clock.real().getTime() - GRACE_MS);
    return inBatches(BATCH, (size) => this.keys.deleteExpired(before, size));
  }
}
