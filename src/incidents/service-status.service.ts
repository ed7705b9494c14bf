import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { inBatches } from '../database/batches';
import { Networks } from '../stellar/networks';
import { IncidentsRepository } from './incidents.repository';
import { observationsOf, type ServiceStatus, statusOf } from './service-status';

const DAY_MS = 24 * 3600 * 1000;
const CACHED_MS = 5_000;
const SHOWN_DAYS = 7;
const MOST_SHOWN = 50;
const KEEP_DAYS = 30;
const SWEEP_BATCH = 1_000;
/** Workers look every ten seconds; restarts take less than this. */
const AWAY_SECONDS = 120;

/** What everybody may know of how the service is doing, and its memory of what was wrong. */
@Injectable()
export class ServiceStatusService {
  private cached: { readonly status: Promise<ServiceStatus>; readonly atMs: number } | undefined;

  constructor(
    private readonly repository: IncidentsRepository,
    private readonly networks: Networks,
    private readonly clock: Clock,
  ) {}

  /** One question to the database every five seconds, however many ask. Never rejects. */
  status(): Promise<ServiceStatus> {
    const nowMs = this.clock.monotonicMs();
    if (this.cached === undefined || nowMs - this.cached.atMs >= CACHED_MS)
      this.cached = { atMs: nowMs, status: this.read().catch(() => this.unavailable()) };
    return this.cached.status;
  }

  /** Opens and closes incidents by what is there now. When they were is told by the real clock: who moves that of a sandbox was not away. */
  async watch(): Promise<void> {
    await this.repository.observe(observationsOf(await this.read()), this.clock.real(), AWAY_SECONDS);
  }

  async sweep(): Promise<void> {
    const before = new Date(this.clock.real().getTime() - KEEP_DAYS * DAY_MS);
    await inBatches(SWEEP_BATCH, (size) => this.repository.deleteClosed(before, size));
  }

  private get enabled(): ServiceStatus['ledgers'][number]['network'][] {
    return this.networks.enabled.map(({ network }) => network);
  }

  private async read(): Promise<ServiceStatus> {
    const now = this.clock.now();
    const since = new Date(this.clock.real().getTime() - SHOWN_DAYS * DAY_MS);
    return statusOf(await this.repository.read(this.enabled, since, MOST_SHOWN), now);
  }

  /** The database gives no answer: nothing else can be known. */
  private unavailable(): ServiceStatus {
    return {
      service: 'unavailable',
      checkedAt: this.clock.now(),
      ledgers: this.enabled.map((network) => ({ network, ageSeconds: null, behind: false })),
      webhooks: { backlogSeconds: 0, late: false },
      incidents: [],
    };
  }
}
