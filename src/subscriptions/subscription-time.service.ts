import { Injectable, Logger } from '@nestjs/common';
import { isDomainError } from '../common/errors';
import type { Network } from '../common/network';
import { isDatabaseAway } from '../database/database-errors';
import { Transactions } from '../database/transactions';
import type { Customer } from '../customers/customer';
import { CustomerRecordsService } from '../customers/customer-records.service';
import { DeadlinesService, type Judged } from '../deadlines/deadlines.service';
import { HeldSurplusService } from '../payments/held-surplus.service';
import { RemindersRepository } from './reminders.repository';
import { type Reminder, RemindersService } from './reminders.service';
import { advanced, type Move, type NewPeriod, opened as periodOpened } from './subscription-moves';
import type { Subscription } from './subscription';
import { deadlineOf } from './subscription-plan';
import type { DuePeriod, OpenedPeriod } from './due-period';
import { SubscriptionInvoicesService } from './subscription-invoices.service';
import { type CausedMove, type HeldSubscription, SubscriptionStoreService } from './subscription-store.service';
import { SubscriptionsRepository } from './subscriptions.repository';

/** What time makes of a subscription that is held, and which period it opens. */
interface Plan {
  readonly held: HeldSubscription;
  readonly move: Move;
  readonly opens: number | null;
}

interface Opening {
  readonly caused: CausedMove;
  readonly opened: OpenedPeriod;
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

  /** However many of one merchant, each step is one statement. */
  private async runOf(merchantId: string, ids: readonly string[], at: Date): Promise<Judged> {
    const held = await this.remind(merchantId, await this.store.hold(merchantId, ids, 'skip'), at);
    const plans = held
      // Money for the others is under way into the books: they are tried again.
      .filter(({ waiting }) => waiting?.unread !== true)
      .map((each) => ({ held: each, ...advanced(each, at, this.store.newPeriodOf(each.subscription)) }));
    const ended = await this.end(plans.filter(({ opens }) => opens === null));
    const openings = await this.openAll(merchantId, plans, at);
    const written = await this.store.write([...ended, ...openings.map(({ caused }) => caused)]);
    const opened = openings.map((opening) => opening.opened);
    await this.reminders.begin(opened);
    // Standing orders come early: what waits for the next period is counted for it.
    await this.surplus.apply(opened.flatMap(({ invoice }) => invoice ?? []));
    return { ended: written.length, stale: await this.repository.listNotDue(merchantId, ids, at) };
  }

  /** Those that can be done now; the others are tried again. */
  private async end(plans: readonly Plan[]): Promise<CausedMove[]> {
    const withdrawn = await this.store.withdraw(plans.flatMap(({ move }) => move.withdraws ?? []));
    const released = await this.store.release(
      plans.flatMap(({ move }) => (move.releases === undefined ? [] : [move.subscription])),
    );
    return plans.filter(
      ({ move: { withdraws, releases, subscription } }) =>
        (withdraws === undefined || withdrawn.has(withdraws.id)) &&
        (releases === undefined || released.has(subscription.id)),
    );
  }

  private async openAll(merchantId: string, plans: readonly Plan[], at: Date): Promise<Opening[]> {
    const customers = await this.customersOf(
      merchantId,
      plans.flatMap(({ held, opens }) => (opens === null ? [] : [held])),
    );
    const due = plans.flatMap(({ move: { subscription }, opens }) =>
      opens === null ? [] : this.prepared(subscription, opens, customers.get(subscription.customerId ?? '') ?? null),
    );
    const planOf = new Map(plans.map((plan) => [plan.held.subscription.id, plan]));
    return (await this.open(due)).flatMap((each): Opening[] => {
      const plan = planOf.get(each.subscription.id);
      return plan === undefined ? [] : [openingOf(plan, each, at, this.store.newPeriodOf(plan.held.subscription))];
    });
  }

  /** Nothing for what no invoice can ask for: the others of the batch are opened all the same. */
  private prepared(subscription: Subscription, index: number, customer: Customer | null): DuePeriod[] {
    try {
      return [this.invoices.prepare(subscription, index, customer)];
    } catch (error) {
      this.tellFailed(subscription, index, error);
      return [];
    }
  }

  /** What the database refuses is found by halves, so that it stops nobody else. */
  private async open(due: readonly DuePeriod[]): Promise<OpenedPeriod[]> {
    const [first] = due;
    if (first === undefined) return [];
    try {
      return await this.transactions.recoverable(() => this.invoices.open(due));
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      if (isDomainError(error, 'recovering')) return [];
      if (due.length > 1) {
        const middle = Math.ceil(due.length / 2);
        return [...(await this.open(due.slice(0, middle))), ...(await this.open(due.slice(middle)))];
      }
      this.tellFailed(first.subscription, first.index, error);
      return [];
    }
  }

  private tellFailed(subscription: Subscription, index: number, error: unknown): void {
    this.logger.error({
      msg: 'the invoice of a subscription could not be opened',
      subscription: subscription.id,
      period: index,
      error: error instanceof Error ? error.message : String(error),
    });
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

/** The move that opens the period, with what is due after that. */
function openingOf({ held, move }: Plan, opened: OpenedPeriod, at: Date, newPeriod: NewPeriod): Opening {
  const { subscription, period, invoice, plan } = opened;
  const next = advanced(periodOpened({ ...move, subscription }, period, plan[1]?.dueAt ?? null), at, newPeriod);
  const invoices = new Map(invoice === null ? [] : [[invoice.id, invoice.publicId]]);
  return {
    caused: { held, move: next.move, invoices },
    opened: { ...opened, subscription: next.move.subscription },
  };
}
