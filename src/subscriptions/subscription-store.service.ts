import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Ids } from '../common/ids';
import { TransactionConflict } from '../database/database-errors';
import { InvoiceEndingsService } from '../invoices/invoice-endings.service';
import { InvoiceSettlementService } from '../invoices/invoice-settlement.service';
import { PeriodLinksService } from '../links/periods/period-links.service';
import { ReleasedMoneyService } from '../links/choices/released-money.service';
import { EventsService } from '../webhooks/events.service';
import type { EventDraft } from '../webhooks/event-types';
import { PeriodsRepository, type WaitingPeriod } from './periods.repository';
import { PortalTokensService } from './portal-tokens.service';
import { RemindersRepository } from './reminders.repository';
import type { Period, Subscription } from './subscription';
import { subscriptionEvent } from './subscription-event';
import type { Held, Move, NewPeriod } from './subscription-moves';
import { datesOf } from './subscription-plan';
import { SubscriptionsRepository } from './subscriptions.repository';

/** A subscription that the caller holds, with the period that waits for money. */
export interface HeldSubscription extends Held {
  readonly waiting: WaitingPeriod | null;
}

/** A move, and what happened on the ledger to cause it. */
export interface CausedMove {
  readonly held: Held;
  readonly move: Move;
  /** Public ids of invoices that are not the waiting period's. */
  readonly invoices?: ReadonlyMap<string, string>;
  readonly cause?: string | undefined;
}

/** Where subscriptions are held and written: moves become rows and events, each once. Every method expects to be inside the caller's transaction. */
@Injectable()
export class SubscriptionStoreService {
  constructor(
    private readonly repository: SubscriptionsRepository,
    private readonly periods: PeriodsRepository,
    private readonly reminders: RemindersRepository,
    private readonly tokens: PortalTokensService,
    private readonly endings: InvoiceEndingsService,
    private readonly settlement: InvoiceSettlementService,
    private readonly links: PeriodLinksService,
    private readonly money: ReleasedMoneyService,
    private readonly events: EventsService,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Those of one merchant that are held from now on. */
  async hold(merchantId: string, ids: readonly string[], holding: 'wait' | 'skip'): Promise<HeldSubscription[]> {
    return this.withPeriods(await this.repository.hold(merchantId, ids, holding));
  }

  /** Those of any merchant; each is waited for. */
  async holdAll(keys: readonly { readonly merchantId: string; readonly id: string }[]): Promise<HeldSubscription[]> {
    return this.withPeriods(await this.repository.holdAll(keys));
  }

  /** Makes rows for periods that have none. */
  newPeriodOf(subscription: Subscription): NewPeriod {
    return (index, { state, invoiceId }) => {
      // Not before one is asked for: a subscription that has not begun has no dates.
      const dates = datesOf(subscription);
      return {
        merchantId: subscription.merchantId,
        subscriptionId: subscription.id,
        id: this.ids.row(),
        index,
        startsAt: dates.start(index),
        endsAt: dates.end(index),
        invoiceId,
        linkId: null,
        linkPublicId: null,
        state,
        amount: subscription.total,
        createdAt: this.clock.now(),
      };
    };
  }

  /** However many, each step is one statement. Returns those that are written: an invoice that somebody else holds cannot be withdrawn now. */
  async write(moves: readonly CausedMove[]): Promise<readonly CausedMove[]> {
    const now = this.clock.now();
    const changed = moves.filter(({ held, move }) => move.subscription !== held.subscription);
    if (changed.length === 0) return [];
    const written = await this.repository.write(
      changed.map(({ move }) => move.subscription),
      now,
    );
    if (written !== changed.length) throw new TransactionConflict('a subscription changed while it was moved');
    await this.periods.write(
      changed.flatMap(({ move }) => move.periods),
      now,
    );
    await this.periods.repurpose(
      changed.flatMap(({ move }) => move.repurposes ?? []),
      now,
    );
    await this.reminders.drop(
      changed.flatMap(({ held, move }) => (held.open !== null && move.open === null ? [held.open] : [])),
      now,
    );
    await this.tokens.follow(
      changed.map(({ held, move }) => ({ before: held.subscription, after: move.subscription })),
    );
    await this.events.record(changed.flatMap(eventsOf));
    return changed;
  }

  /** Waits for what a period is paid by, before its subscription is held. */
  async holdAsking({ merchantId, invoiceId, linkId }: Period): Promise<void> {
    if (linkId !== null) await this.links.hold({ merchantId, id: linkId });
    else if (invoiceId !== null) await this.settlement.hold({ merchantId, id: invoiceId });
  }

  /** The invoices and links of periods that nobody is asked for any more. Returns the ids of the periods; what somebody else holds cannot be withdrawn now. */
  async withdraw(periods: readonly Period[]): Promise<ReadonlySet<string>> {
    const ended = await this.links.withdraw(
      periods.flatMap(({ merchantId, linkId }) => (linkId === null ? [] : [{ merchantId, id: linkId }])),
    );
    const keys = periods.flatMap(({ merchantId, invoiceId }) =>
      invoiceId === null ? [] : [{ merchantId, id: invoiceId }],
    );
    const gone = new Set((await this.endings.withdraw(keys)).map(({ id }) => id));
    const isGone = ({ invoiceId, linkId }: Period): boolean =>
      linkId === null ? invoiceId === null || gone.has(invoiceId) : ended.has(linkId);
    return new Set(periods.filter(isGone).map(({ id }) => id));
  }

  /** Of subscriptions whose unpaid invoice takes no more money: what it has received is held. Returns the ids; money that is under way, or an invoice that somebody else holds, is tried again. */
  async release(subscriptions: readonly Subscription[]): Promise<ReadonlySet<string>> {
    if (subscriptions.length === 0) return new Set();
    const unpaid = await this.periods.listUnpaid(subscriptions);
    const released = await this.money.releaseEnded(
      unpaid.flatMap(({ merchantId, invoiceId, unread }) => (unread ? [] : [{ merchantId, id: invoiceId }])),
    );
    const done = new Set(released.map(({ id }) => id));
    const left = new Set(
      unpaid.filter(({ invoiceId }) => !done.has(invoiceId)).map(({ subscriptionId }) => subscriptionId),
    );
    return new Set(subscriptions.flatMap(({ id }) => (left.has(id) ? [] : [id])));
  }

  private async withPeriods(subscriptions: readonly Subscription[]): Promise<HeldSubscription[]> {
    if (subscriptions.length === 0) return [];
    const waiting = new Map(
      (await this.periods.listWaiting(subscriptions)).map((period) => [period.subscriptionId, period]),
    );
    return subscriptions.map((subscription) => {
      const open = waiting.get(subscription.id) ?? null;
      return {
        subscription,
        waiting: open,
        open: open === null ? null : bare(open),
        reminderAt: open?.reminderAt ?? null,
      };
    });
  }
}

function bare({ invoicePublicId: _id, unread: _unread, reminderAt: _at, ...period }: WaitingPeriod): Period {
  return period;
}

function eventsOf({ held, move, invoices, cause }: CausedMove): EventDraft[] {
  const waiting = (held as Partial<HeldSubscription>).waiting ?? null;
  const publicIdOf = (period: Period | null): string | null => {
    const id = period?.invoiceId ?? null;
    if (id === null) return waiting !== null && waiting.id === period?.id ? waiting.invoicePublicId : null;
    return invoices?.get(id) ?? (waiting?.invoiceId === id ? waiting.invoicePublicId : null);
  };
  return move.happenings.map((happening) =>
    subscriptionEvent(move.subscription, happening, publicIdOf(happening.period), cause),
  );
}
