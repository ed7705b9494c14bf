import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../common/clock';
import { ReceivabilityService } from '../merchants/receivability.service';
import { LedgerUnavailable } from '../stellar/ledger-source';
import { Networks } from '../stellar/networks';
import { SingleRun } from './single-run';

/** One request each: little beside reading payments, on a public Horizon too. */
const ACCOUNTS = 5;

/** Looks whether the accounts that payers were sent to can take what they were asked for. Rows are claimed, so replicas may tick at once. */
@Injectable()
export class ReceivabilityJob implements BeforeApplicationShutdown {
  private readonly run: SingleRun;

  constructor(
    private readonly receivability: ReceivabilityService,
    private readonly networks: Networks,
    clock: Clock,
  ) {
    this.run = new SingleRun(new Logger('ReceivabilityJob'), clock);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.run.stop();
  }

  @Interval(2_000)
  tick(): Promise<void> {
    return this.run.once(async () => {
      for (const { network } of this.networks.enabled) {
        await this.run.part(
          network,
          () => this.receivability.check(network, ACCOUNTS),
          (error) =>
            error instanceof LedgerUnavailable
              ? { msg: 'receiving accounts were not looked at', network, error: error.message }
              : undefined,
        );
      }
    });
  }
}
