import { Injectable } from '@nestjs/common';
import type { ReadingState } from '../payments/ledger-health.service';
import { HealthRepository } from './health.repository';
import { HealthService } from './health.service';

/** What the database knows of how the service is doing. */
export interface Figures {
  readonly ready: boolean;
  readonly ledgers: readonly ReadingState[];
  readonly untoldSeconds: number;
  readonly overdueSeconds: number;
  readonly openIntents: number;
}

@Injectable()
export class FiguresService {
  constructor(
    private readonly health: HealthService,
    private readonly repository: HealthRepository,
  ) {}

  /** Rejects when the database is away or takes no writes. */
  async read(): Promise<Figures> {
    const [{ ready, database, ledgers, oldestUntoldEventSeconds, overdueDeliverySeconds }, counts] = await Promise.all([
      this.health.readiness(),
      this.repository.counts(),
    ]);
    if (!database) throw new Error('the database takes no writes');
    return {
      ready,
      ledgers,
      untoldSeconds: oldestUntoldEventSeconds,
      overdueSeconds: overdueDeliverySeconds,
      ...counts,
    };
  }
}
