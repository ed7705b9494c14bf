import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Ids } from '../common/ids';
import { Settings } from '../env';
import { LivesService } from '../lives/lives.service';
import { LedgerHealthService, type ReadingState } from '../payments/ledger-health.service';
import { EventsService } from '../webhooks/events.service';
import { HealthRepository } from './health.repository';

export interface Readiness {
  readonly ready: boolean;
  readonly database: boolean;
  /** Seconds since this process last wrote something that reached the disk; null before the first time. */
  readonly lastWriteSeconds: number | null;
  readonly ledgers: readonly ReadingState[];
  /** Payment references are not given out. Everything else goes on, so the service stays ready for payers. */
  readonly recovering: boolean;
  /** Reported, and alarmed on, but the service stays ready for payers. */
  readonly oldestUntoldEventSeconds: number;
  readonly overdueDeliverySeconds: number;
}

/** A heartbeat is written no oftener than this, however often readiness is asked for; after a failure, than that. */
const BEAT_MS = 5_000;
const AFTER_FAILURE_MS = 1_000;

@Injectable()
export class HealthService {
  private phase: 'starting' | 'serving' | 'stopping' = 'starting';
  private readonly process: string;
  private beating: Promise<void> | undefined;
  private triedAtMs = Number.NEGATIVE_INFINITY;
  private wroteAtMs: number | undefined;
  private writes = false;

  constructor(
    private readonly repository: HealthRepository,
    private readonly ledgers: LedgerHealthService,
    private readonly events: EventsService,
    private readonly lives: LivesService,
    private readonly settings: Settings,
    private readonly clock: Clock,
    ids: Ids,
  ) {
    this.process = ids.row();
  }

  /** Called once everything that must run at the start has run. */
  markStarted(): void {
    this.phase = 'serving';
  }

  /** From now on readiness fails, so that balancers send no more requests here. */
  markStopping(): void {
    this.phase = 'stopping';
  }

  async readiness(): Promise<Readiness> {
    try {
      const [database, ledgers, backlog] = await Promise.all([
        this.takesWrites(),
        this.ledgers.state(),
        this.events.backlog(),
      ]);
      const recovering = await this.lives.recovering(ledgers.map(({ network }) => network));
      const ready = this.phase === 'serving' && database && ledgers.every((ledger) => ledger.healthy);
      return {
        ready,
        database,
        lastWriteSeconds: this.lastWriteSeconds(),
        ledgers,
        recovering,
        oldestUntoldEventSeconds: backlog.untoldSeconds,
        overdueDeliverySeconds: backlog.overdueSeconds,
      };
    } catch {
      // Whatever went wrong, the answer to "is the database there" is no; the cause is logged where it is used.
      return {
        ready: false,
        database: false,
        lastWriteSeconds: this.lastWriteSeconds(),
        ledgers: [],
        recovering: false,
        oldestUntoldEventSeconds: 0,
        overdueDeliverySeconds: 0,
      };
    }
  }

  /** True when the last heartbeat was written; all that ask at once share one. */
  private async takesWrites(): Promise<boolean> {
    const nowMs = this.clock.monotonicMs();
    if (this.beating === undefined && nowMs - this.triedAtMs >= (this.writes ? BEAT_MS : AFTER_FAILURE_MS)) {
      this.triedAtMs = nowMs;
      this.beating = this.beat().finally(() => (this.beating = undefined));
    }
    await this.beating;
    return this.writes;
  }

  private async beat(): Promise<void> {
    try {
      await this.repository.beat(this.process, this.settings.role, this.clock.real());
      this.writes = true;
      this.wroteAtMs = this.clock.monotonicMs();
    } catch {
      this.writes = false;
    }
  }

  private lastWriteSeconds(): number | null {
    return this.wroteAtMs === undefined ? null : Math.round((this.clock.monotonicMs() - this.wroteAtMs) / 1000);
  }
}
