import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { AuthHousekeepingService } from '../auth/auth-housekeeping.service';
import { Clock } from '../common/clock';
import { IdempotencyHousekeepingService } from '../idempotency/idempotency-housekeeping.service';
import { ServiceStatusService } from '../incidents/service-status.service';
import { DeadlineRepairService } from '../payments/deadline-repair.service';
import { ExpiryService } from '../payments/expiry.service';
import { QuoteHousekeepingService } from '../rates/quote-housekeeping.service';
import { PortalTokensService } from '../subscriptions/portal-tokens.service';
import { JobTicksRepository } from './job-ticks.repository';
import { SingleRun } from './single-run';

const EVERY_MS = 10 * 60 * 1000;
const DAY_MS = 24 * 3600 * 1000;
const KEEP_SLOTS_MS = 2 * DAY_MS;

/** Removes what has ended long ago, once per period over all replicas. */
@Injectable()
export class HousekeepingJob implements BeforeApplicationShutdown {
  private readonly run: SingleRun;

  constructor(
    private readonly auth: AuthHousekeepingService,
    private readonly idempotency: IdempotencyHousekeepingService,
    private readonly expiry: ExpiryService,
    private readonly deadlines: DeadlineRepairService,
    private readonly quotes: QuoteHousekeepingService,
    private readonly tokens: PortalTokensService,
    private readonly status: ServiceStatusService,
    private readonly slots: JobTicksRepository,
    private readonly clock: Clock,
  ) {
    this.run = new SingleRun(new Logger('HousekeepingJob'), clock);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.run.stop();
  }

  @Interval(60_000)
  tick(): Promise<void> {
    return this.run.once(async () => {
      const now = this.clock.now().getTime();
      if (!(await this.slots.claim('housekeeping', new Date(Math.floor(now / EVERY_MS) * EVERY_MS)))) return;
      await this.auth.sweep();
      await this.idempotency.sweep();
      await this.expiry.sweep();
      await this.tokens.sweep();
      await this.status.sweep();
      // Walks over all that were chosen, so not oftener than it has to.
      if (await this.slots.claim('quotes', new Date(Math.floor(now / DAY_MS) * DAY_MS))) await this.quotes.sweep();
      if (await this.slots.claim('deadlines', new Date(Math.floor(now / DAY_MS) * DAY_MS))) await this.deadlines.run();
      await this.slots.forget(new Date(now - KEEP_SLOTS_MS));
    });
  }
}
