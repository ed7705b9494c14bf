import { Injectable } from '@nestjs/common';
import { LedgerHealthService, type ReadingState } from '../payments/ledger-health.service';
import { HealthRepository } from './health.repository';

export interface Readiness {
  readonly ready: boolean;
  readonly database: boolean;
  readonly ledgers: readonly ReadingState[];
}

@Injectable()
export class HealthService {
  private starting = true;

  constructor(
    private readonly repository: HealthRepository,
    private readonly ledgers: LedgerHealthService,
  ) {}

  /** Called once everything that must run at the start has run. */
  markStarted(): void {
    this.starting = false;
  }

  async readiness(): Promise<Readiness> {
    try {
      const [database, ledgers] = await Promise.all([this.repository.writable(), this.ledgers.state()]);
      return { ready: !this.starting && database && ledgers.every((ledger) => ledger.healthy), database, ledgers };
    } catch {
      // Whatever went wrong, the answer to "is the database there" is no; the cause is logged where it is used.
      return { ready: false, database: false, ledgers: [] };
    }
  }
}
