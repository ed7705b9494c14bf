import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../common/clock';
import { ExpiryService } from '../payments/expiry.service';
import { LedgerSources } from '../stellar/ledger-sources';
import { SubscriptionTimeService } from '../subscriptions/subscription-time.service';
import { SingleRun } from './single-run';

/** Where payers are people, a subscription may wait this long. */
const PAUSE_MS = 30_000;

/** Opens invoices of subscriptions, and ends what is over. Rows are claimed by the service itself, so replicas may tick at once. */
@Injectable()
export class SubscriptionsJob implements BeforeApplicationShutdown {
  private readonly run: SingleRun;
  private readonly lastMs = new Map<string, number>();

  constructor(
    private readonly subscriptions: SubscriptionTimeService,
    private readonly expiry: ExpiryService,
    private readonly sources: LedgerSources,
    private readonly clock: Clock,
  ) {
    this.run = new SingleRun(new Logger('SubscriptionsJob'), clock);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.run.stop();
  }

  @Interval(1_000)
  tick(): Promise<void> {
    return this.run.once(async () => {
      for (const { network } of this.sources.all) {
        const nowMs = this.clock.monotonicMs();
        if (network !== 'sandbox' && nowMs - (this.lastMs.get(network) ?? -Infinity) < PAUSE_MS) continue;
        this.lastMs.set(network, nowMs);
        await this.runDue(network);
      }
    });
  }

  /** Everything due on every network. */
  async runAll(): Promise<void> {
    for (const { network } of this.sources.all) await this.runDue(network);
  }

  private async runDue(network: Parameters<SubscriptionTimeService['run']>[0]): Promise<void> {
    const through = await this.expiry.readThrough(network);
    if (through !== null) await this.subscriptions.run(network, through);
  }
}
