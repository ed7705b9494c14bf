import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { ExpiryService } from '../payments/expiry.service';
import { SingleRun } from './single-run';

/** Deadlines. Rows are claimed by the service itself, so replicas may tick at once. */
@Injectable()
export class ExpiryJob implements BeforeApplicationShutdown {
  private readonly run = new SingleRun(new Logger('ExpiryJob'));

  constructor(private readonly expiry: ExpiryService) {}

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
