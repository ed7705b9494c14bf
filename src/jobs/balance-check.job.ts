import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../common/clock';
import { BalanceCheckService } from '../payments/balance-check.service';
import { LedgerUnavailable } from '../stellar/ledger-source';
import { Networks } from '../stellar/networks';
import { JobTicksRepository } from './job-ticks.repository';
import { SingleRun } from './single-run';

const EVERY_MS = 5 * 60 * 1000;
/** Three requests an account: well within what a public Horizon allows besides reading payments. */
const ACCOUNTS = 40;

@Injectable()
export class BalanceCheckJob implements BeforeApplicationShutdown {
  private readonly logger = new Logger('BalanceCheckJob');
  private readonly run: SingleRun;

  constructor(
    private readonly balances: BalanceCheckService,
    private readonly networks: Networks,
    private readonly slots: JobTicksRepository,
    private readonly clock: Clock,
  ) {
    this.run = new SingleRun(this.logger, clock);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.run.stop();
  }

  @Interval(30_000)
  tick(): Promise<void> {
    return this.run.once(async () => {
      const slot = new Date(Math.floor(this.clock.now().getTime() / EVERY_MS) * EVERY_MS);
      for (const { network } of this.networks.enabled) {
        if (!(await this.slots.claim(`balance-check ${network}`, slot))) continue;
        await this.balances.check(network, ACCOUNTS).catch((error: unknown) => {
          if (!(error instanceof LedgerUnavailable)) throw error;
          this.logger.warn({ msg: 'balances were not checked', network, error: error.message });
        });
      }
    });
  }
}
