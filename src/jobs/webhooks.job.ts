import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../common/clock';
import { WebhookDispatchService } from '../webhooks/webhook-dispatch.service';
import { JobTicksRepository } from './job-ticks.repository';
import { SingleRun } from './single-run';

const SWEEP_EVERY_MS = 10 * 60 * 1000;

/** Sends webhooks. Deliveries are claimed, so replicas may run at once. */
@Injectable()
export class WebhooksJob implements BeforeApplicationShutdown {
  private readonly dispatching: SingleRun;
  private readonly sweeping: SingleRun;

  constructor(
    private readonly dispatch: WebhookDispatchService,
    private readonly slots: JobTicksRepository,
    private readonly clock: Clock,
  ) {
    this.dispatching = new SingleRun(new Logger('WebhooksJob'), clock);
    this.sweeping = new SingleRun(new Logger('WebhooksJob'), clock);
  }

  async beforeApplicationShutdown(): Promise<void> {
    // What is being sent is waited for there; until then the run at hand goes on.
    await Promise.all([this.dispatch.stop(), this.dispatching.stop(), this.sweeping.stop()]);
  }

  @Interval(200)
  tick(): Promise<void> {
    return this.dispatching.once(() => this.dispatch.run());
  }

  @Interval(60_000)
  sweep(): Promise<void> {
    return this.sweeping.once(async () => {
      const slot = new Date(Math.floor(this.clock.now().getTime() / SWEEP_EVERY_MS) * SWEEP_EVERY_MS);
      if (await this.slots.claim('webhooks', slot)) await this.dispatch.sweep();
    });
  }
}
