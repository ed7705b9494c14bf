import { Injectable, Logger } from '@nestjs/common';
import { isDomainError } from '../common/errors';
import type { Network } from '../common/network';
import { isDatabaseAway } from '../database/database-errors';
import { Transactions } from '../database/transactions';
import type { Customer } from '../customers/customer';
import { CustomerRecordsService } from '../customers/customer-records.service';
import { DeadlinesService, type Judged } from '../deadlines/deadlines.service';
import { HeldSurplusService } from '../payments/held-surplus.service';
import { FiatPeriodsService } from './fiat-periods.service';
import { RemindersRepository } from './reminders.repository';
import { type Reminder, RemindersService } from './reminders.service';
import { isFiat, type Subscription } from './subscription';
import { advanced, type Move, opened } from './subscription-moves';
import { deadlineOf } from './subscription-plan';
import { type OpenedPeriod, SubscriptionInvoicesService } from './subscription-invoices.service';
import { type CausedMove, type HeldSubscription, SubscriptionStoreService } from './subscription-store.service';
import { SubscriptionsRepository } from './subscriptions.repository';

interface Advance {
  readonly caused: CausedMove;
  readonly opening: OpenedPeriod | null;
}

/**
 * Time passes for subscriptions. What is due stands in the queue of deadlines, and is judged when everything that closed up to it
 * has been read. Rows are claimed, so any number of processes may run it, twice or after a week of silence.
 */
@Injectable()
export class SubscriptionTimeService {
  private readonly logger = new Logger('Subscriptions');

  constructor(
    private readonly repository: SubscriptionsRepository,
    private readonly store: SubscriptionStoreService,
    private readonly invoices: SubscriptionInvoicesService,
    private readonly fiat: FiatPeriodsService,
    private readonly due: RemindersRepository,
    private readonly reminders: RemindersService,
    private readonly customers: CustomerRecordsService,
    private readonly surplus: HeldSurplusService,
    private readonly deadlines: DeadlinesService,
    private readonly transactions: Transactions,
  ) {}

  /** Everything that was due on one network before `through`, up to which its ledger was read. Returns how many subscriptions moved. */
  run(network: Network, through: Date): Promise<number> {
    return this.deadlines.work({ network, kind: 'subscription' }, through, (merchantId, ids) =>
      this.runOf(merchantId, ids, through),
    );
  }

  private async runOf(merchantId: string, ids: readonly string[], at: Date): Promise<Judged> {
    const held = await this.remind(merchantId, await this.store.hold(merchantId, ids, 'skip'), at);
    const customers = await this.customersOf(merchantId, held);
    const advances: Advance[] = [];
    for (const each of held) {
      const customer = customers.get(each.subscription.customerId ?? '') ?? null;
      const advance = await this.advance(each, at, customer);
      if (advance !== null) advances.push(advance);
    }
    const written = await this.store.write(advances.map(({ caused }) => caused));
    const openings = advances.flatMap(({ opening }) => opening ?? []);
    for (const { subscription, period, invoice } of openings)
      await this.reminders.begin(subscription, period, invoice?.publicId ?? null);
    // Standing orders come early: what waits for the next period is counted for it.
    await this.surplus.apply(openings.flatMap(({ invoice }) => invoice ?? []));
    return { ended: written.length, stale: await this.repository.listNotDue(merchantId, ids, at) };
  }

  /** Null where it cannot be done now: it is tried again. */
  private async advance(held: HeldSubscription, at: Date, customer: Customer | null): Promise<Advance | null> {
    // Money for it is under way into the books.
    if (held.waiting?.unread === true) return null;
    const newPeriod = this.store.newPeriodOf(held.subscription);
    const { move, opens } = advanced(held, at, newPeriod);
    if (opens === null) return this.ended(held, move);
    const opening = await this.open(move, opens, customer);
    if (opening === null) return null;
    const { subscription, period, invoice, reminderAt } = opening;
    const next = advanced(opened({ ...move, subscription }, period, reminderAt), at, newPeriod);
    const invoices = new Map(invoice === null ? [] : [[invoice.id, invoice.publicId]]);
    return {
      caused: { held, move: next.move, invoices },
      opening: { ...opening, subscription: next.move.subscription },
    };
  }

  private async ended(held: HeldSubscription, move: Move): Promise<Advance | null> {
    const gone = move.withdraws === undefined || (await this.store.withdraw([move.withdraws]));
    const released = move.releases === undefined || (await this.store.release([move.subscription])).size > 0;
    return gone && released ? { caused: { held, move }, opening: null } : null;
  }

  private async open({ subscription }: Move, index: number, customer: Customer | null): Promise<OpenedPeriod | null> {
    try {
      return await this.transactions.recoverable(() => this.openOne(subscription, index, customer));
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      if (!isDomainError(error, 'recovering'))
        this.logger.error({
          msg: 'the invoice of a subscription could not be opened',
          subscription: subscription.id,
          period: index,
          error: error instanceof Error ? error.message : String(error),
        });
      return null;
    }
  }

  private async openOne(subscription: Subscription, index: number, customer: Customer | null): Promise<OpenedPeriod> {
    if (!isFiat(subscription)) return this.invoices.open(subscription, index, customer);
    const { merchantId, network } = subscription;
    const [opened] = await this.fiat.open(merchantId, network, [{ subscription, index }]);
    if (opened === undefined) throw new Error(`period ${index} of subscription ${subscription.id} was not opened`);
    return opened;
  }

  /** Sends what is due, and returns the same subscriptions as they are then. Nobody who has cancelled is reminded. */
  private async remind(merchantId: string, held: HeldSubscription[], at: Date): Promise<HeldSubscription[]> {
    const owing = held.flatMap((each) => {
      const { subscription, open, reminderAt, waiting } = each;
      const isDue = open !== null && reminderAt !== null && reminderAt <= at && !subscription.cancelAtPeriodEnd;
      return isDue ? [{ subscription, period: open, invoicePublicId: waiting?.invoicePublicId ?? null }] : [];
    });
    if (owing.length === 0) return held;
    const taken = await this.due.take(
      owing.map(({ period }) => period),
      at,
    );
    const kinds = new Map(taken.map(({ subscriptionId, kind }) => [subscriptionId, kind]));
    await this.reminders.send(
      owing.flatMap((each): Reminder[] => {
        const kind = kinds.get(each.subscription.id);
        const payable = deadlineOf(each.subscription, each.period.index, each.period.createdAt) > at;
        return kind === undefined || !payable ? [] : [{ ...each, kind }];
      }),
    );
    return this.store.hold(
      merchantId,
      held.map(({ subscription }) => subscription.id),
      'skip',
    );
  }

  private async customersOf(merchantId: string, held: readonly HeldSubscription[]): Promise<Map<string, Customer>> {
    const ids = [...new Set(held.flatMap(({ subscription }) => subscription.customerId ?? []))];
    const found = ids.length === 0 ? [] : await this.customers.listByIds(merchantId, ids);
    return new Map(found.map((customer) => [customer.id, customer]));
  }
}
