import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../common/clock';
import { ExpiryService } from '../payments/expiry.service';
import { SingleRun } from './single-run';

/** Deadlines. Rows are claimed by the service itself, so replicas may tick at once. */
@Injectable()
export class ExpiryJob implements BeforeApplicationShutdown {
  private readonly run: SingleRun;

  constructor(
    private readonly expiry: ExpiryService,
    clock: Clock,
  ) {
    this.run = new SingleRun(new Logger('ExpiryJob'), clock);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.run.stop();
  }

  @Interval(1_000)
  tick(): Promise<void> {
    return this.run.once(async () => {
      await this.expiry.runDue();
    });
  }
}
