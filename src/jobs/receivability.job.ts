import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { ReceivabilityService } from '../merchants/receivability.service';
import { LedgerUnavailable } from '../stellar/ledger-source';
import { Networks } from '../stellar/networks';
import { SingleRun } from './single-run';

/** One request each: little beside reading payments, on a public Horizon too. */
const ACCOUNTS = 5;

/** Looks whether the accounts that payers were sent to can take what they were asked for. Rows are claimed, so replicas may tick at once. */
@Injectable()
export class ReceivabilityJob {
  private readonly logger = new Logger('ReceivabilityJob');
  private readonly run = new SingleRun(this.logger);

  constructor(
    private readonly receivability: ReceivabilityService,
    private readonly networks: Networks,
  ) {}

  @Interval(2_000)
  tick(): Promise<void> {
    return this.run.once(async () => {
      for (const { network } of this.networks.enabled) {
        await this.receivability.check(network, ACCOUNTS).catch((error: unknown) => {
          if (!(error instanceof LedgerUnavailable)) throw error;
          this.logger.warn({ msg: 'receiving accounts were not looked at', network, error: error.message });
        });
      }
    });
  }
}
