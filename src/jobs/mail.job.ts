import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../common/clock';
import { MailDispatchService } from '../mail/mail-dispatch.service';
import { JobTicksRepository } from './job-ticks.repository';
import { SingleRun } from './single-run';

const SWEEP_EVERY_MS = 10 * 60 * 1000;

/** Sends mail. It is claimed, so replicas may run at once. */
@Injectable()
export class MailJob implements BeforeApplicationShutdown {
  private readonly sending: SingleRun;
  private readonly sweeping: SingleRun;

  constructor(
    private readonly dispatch: MailDispatchService,
    private readonly slots: JobTicksRepository,
    private readonly clock: Clock,
  ) {
    this.sending = new SingleRun(new Logger('MailJob'), clock);
    this.sweeping = new SingleRun(new Logger('MailJob'), clock);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.dispatch.stop();
    await Promise.all([this.sending.stop(), this.sweeping.stop()]);
  }

  @Interval(1_000)
  tick(): Promise<void> {
    return this.sending.once(() => this.dispatch.run());
  }

  @Interval(60_000)
  sweep(): Promise<void> {
    return this.sweeping.once(async () => {
      const slot = new Date(Math.floor(this.clock.now().getTime() / SWEEP_EVERY_MS) * SWEEP_EVERY_MS);
      if (await this.slots.claim('mail', slot)) await this.dispatch.sweep();
    });
  }
}
