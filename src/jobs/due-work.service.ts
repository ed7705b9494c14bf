import { Injectable, Logger } from '@nestjs/common';
import { ExpiryService } from '../payments/expiry.service';
import { ReconciliationService } from '../payments/reconciliation.service';
import { SettlingApartService } from '../payments/settling-apart.service';
import { type Due, DueWork } from '../sandbox/clock/due-work';
import { LedgerUnavailable } from '../stellar/ledger-source';
import { MailDispatchService } from '../mail/mail-dispatch.service';
import { Networks } from '../stellar/networks';
import { EventNumberingService } from '../webhooks/event-numbering.service';
import { WebhookDispatchService } from '../webhooks/webhook-dispatch.service';
import { BalanceCheckJob } from './balance-check.job';
import { DueWorkRepository } from './due-work.repository';
import { HousekeepingJob } from './housekeeping.job';
import { MailJob } from './mail.job';
import { ReceivabilityJob } from './receivability.job';
import { SubscriptionsJob } from './subscriptions.job';
import { WebhooksJob } from './webhooks.job';

/** Does what the jobs do when a sandbox's clock is moved. May run beside them, in any process. */
@Injectable()
export class DueWorkService extends DueWork {
  private readonly logger = new Logger('DueWork');

  constructor(
    private readonly repository: DueWorkRepository,
    private readonly networks: Networks,
    private readonly reconciliation: ReconciliationService,
    private readonly apart: SettlingApartService,
    private readonly expiry: ExpiryService,
    private readonly subscriptions: SubscriptionsJob,
    private readonly numbering: EventNumberingService,
    private readonly dispatch: WebhookDispatchService,
    private readonly webhooks: WebhooksJob,
    private readonly receivability: ReceivabilityJob,
    private readonly balances: BalanceCheckJob,
    private readonly housekeeping: HousekeepingJob,
    private readonly mail: MailDispatchService,
    private readonly mails: MailJob,
  ) {
    super();
  }

  private get enabled(): string[] {
    return this.networks.enabled.map(({ network }) => network);
  }

  next(after: Date): Promise<Due | null> {
    return this.repository.earliest(this.enabled, after, null);
  }

  undone(until: Date): Promise<Due | null> {
    return this.repository.earliest(this.enabled, null, until);
  }

  /** Another process may be the reader; then it is waited for. */
  async read(): Promise<Date | null> {
    for (const { network } of this.networks.enabled) {
      try {
        await this.reconciliation.ingestPage(network);
      } catch (error) {
        if (!(error instanceof LedgerUnavailable)) throw error;
        this.logger.debug({ msg: 'the ledger gave no answer', network, error: error.message });
      }
    }
    return this.repository.readThrough(this.enabled);
  }

  /** Money before deadlines, and both before their events are sent. */
  async run(): Promise<void> {
    for (const { network } of this.networks.enabled) await this.apart.round(network);
    await this.subscriptions.runAll();
    await this.expiry.runDue();
    await this.numbering.settle();
    await this.dispatch.run();
    // An endpoint that was given up has an event, too.
    await this.numbering.settle();
    await this.mail.run();
  }

  async sweep(): Promise<void> {
    await this.receivability.tick();
    await this.balances.tick();
    await this.webhooks.sweep();
    await this.mails.sweep();
    await this.housekeeping.tick();
    await this.run();
  }
}
