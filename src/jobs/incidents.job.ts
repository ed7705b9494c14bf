import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../common/clock';
import { ServiceStatusService } from '../incidents/service-status.service';
import { SingleRun } from './single-run';

/** Notices what is wrong with the service. Replicas may look at once: an incident is open once. */
@Injectable()
export class IncidentsJob implements BeforeApplicationShutdown {
  private readonly run: SingleRun;

  constructor(
    private readonly status: ServiceStatusService,
    clock: Clock,
  ) {
    this.run = new SingleRun(new Logger('IncidentsJob'), clock);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.run.stop();
  }

  @Interval(10_000)
  tick(): Promise<void> {
    return this.run.once(() => this.status.watch());
  }
}
