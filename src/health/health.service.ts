import { Injectable } from '@nestjs/common';
import { LivesService } from '../lives/lives.service';
import { LedgerHealthService, type ReadingState } from '../payments/ledger-health.service';
import { EventsService } from '../webhooks/events.service';
import { HealthRepository } from './health.repository';

export interface Readiness {
  readonly ready: boolean;
  readonly database: boolean;
  readonly ledgers: readonly ReadingState[];
  /** Payment references are not given out; everything else goes on, so this is no reason to turn payers away. */
  readonly recovering: boolean;
  /** Told, and alarmed on, but no reason to turn payers away. */
  readonly oldestUntoldEventSeconds: number;
  readonly overdueDeliverySeconds: number;
}

@Injectable()
export class HealthService {
  private starting = true;

  constructor(
    private readonly repository: HealthRepository,
    private readonly ledgers: LedgerHealthService,
    private readonly events: EventsService,
    private readonly lives: LivesService,
  ) {}

  /** Called once everything that must run at the start has run. */
  markStarted(): void {
    this.starting = false;
  }

  async readiness(): Promise<Readiness> {
    try {
      const [database, ledgers, backlog] = await Promise.all([this.repository.writable(), this.ledgers.state(), this.events.backlog()]);
      const recovering = await this.lives.recovering(ledgers.map(({ network }) => network));
      const ready = !this.starting && database && ledgers.every((ledger) => ledger.healthy);
      return { ready, database, ledgers, recovering, oldestUntoldEventSeconds: backlog.untoldSeconds, overdueDeliverySeconds: backlog.overdueSeconds };
    } catch {
      // Whatever went wrong, the answer to "is the database there" is no; the cause is logged where it is used.
      return { ready: false, database: false, ledgers: [], recovering: false, oldestUntoldEventSeconds: 0, overdueDeliverySeconds: 0 };
    }
  }
}
