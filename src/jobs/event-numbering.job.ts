import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../common/clock';
import { EventNumberingService } from '../webhooks/event-numbering.service';
import { SingleRun } from './single-run';

/** Numbers the events of processes that died between a commit and the round after it. Replicas may run at once. */
@Injectable()
export class EventNumberingJob implements BeforeApplicationShutdown {
  private readonly run: SingleRun;

  constructor(
    private readonly numbering: EventNumberingService,
    clock: Clock,
  ) {
    this.run = new SingleRun(new Logger('EventNumberingJob'), clock);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.run.stop();
  }

  @Interval(100)
  tick(): Promise<void> {
    return this.run.once(() => this.numbering.sweep());
  }
}
