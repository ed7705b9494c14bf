import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { InvoiceChange, InvoiceFollower } from '../invoices/invoice-change';
import { InvoiceDoorService } from '../invoices/invoice-door.service';
import type { InvoiceReason } from '../invoices/invoice-states';
import { ReleasedMoneyService } from '../links/choices/released-money.service';
import { PeriodLinksService } from '../links/periods/period-links.service';
import { type FollowedPeriod, PeriodsRepository } from './periods.repository';
import { SubscribersService } from './subscribers.service';
import type { Period } from './subscription';
import { enrolmentExpired, isWaiting, lapsed, type Move, paid, withdrawn } from './subscription-moves';
import { unquotedFrom } from './subscription-plan';
import { type CausedMove, type HeldSubscription, SubscriptionStoreService } from './subscription-store.service';

type Fate = 'paid' | 'unpaid' | 'withdrawn';

/** What becomes of the period of an invoice that moved for this reason. What a subscription did to its invoice itself is not among them. */
const FATE_OF: Readonly<Partial<Record<InvoiceReason, Fate>>> = {
  paid_in_full: 'paid',
  paid_late: 'paid',
  deadline_passed: 'unpaid',
  link_ended: 'unpaid',
  owner_cancelled: 'withdrawn',
};

/** These invoices take no more money: a part that was paid is held, so that its owner decides about it. */
const CLOSING: readonly InvoiceReason[] = ['owner_cancelled', 'subscription_ended'];
const DAY_MS = 86_400_000;

/** Subscriptions follow the invoices of their periods, which follow the ledger. Locks are taken after those of links. */
@Injectable()
export class SubscriptionFollowerService implements InvoiceFollower, OnModuleInit {
  constructor(
    private readonly door: InvoiceDoorService,
    private readonly store: SubscriptionStoreService,
    private readonly periods: PeriodsRepository,
    private readonly subscribers: SubscribersService,
    private readonly money: ReleasedMoneyService,
    private readonly links: PeriodLinksService,
  ) {}

  onModuleInit(): void {
    this.door.register(this);
  }

  async follow(changes: readonly InvoiceChange[]): Promise<void> {
    const moved = changes.filter((change) => change.invoice.subscriptionId !== null && change.moved !== null);
    if (moved.length === 0) return;
    await this.followMoved(moved.filter((change) => FATE_OF[reasonOf(change)] !== undefined));
    await this.money.releaseEnded(
      moved
        .filter((change) => CLOSING.includes(reasonOf(change)) && change.invoice.received > 0n)
        .map(({ invoice }) => invoice),
    );
  }

  private async followMoved(ours: readonly InvoiceChange[]): Promise<void> {
    if (ours.length === 0) return;
    const held = new Map(
      (
        await this.store.holdAll(
          ours.map(({ invoice }) => ({ merchantId: invoice.merchantId, id: invoice.subscriptionId as string })),
        )
      ).map((each) => [each.subscription.id, each]),
    );
    const periods = new Map(
      (await this.periods.listOf(ours.map(({ invoice }) => invoice))).map((period) => [period.movedId, period]),
    );
    const moves = ours.flatMap((change): CausedMove[] => {
      const [subscription, period] = [
        held.get(change.invoice.subscriptionId as string),
        periods.get(change.invoice.id),
      ];
      if (subscription === undefined || period === undefined) return [];
      const move = this.moveOf(subscription, period, change);
      const invoices = new Map([[change.invoice.id, change.invoice.publicId]]);
      return move === null ? [] : [{ held: subscription, move, invoices, cause: change.cause }];
    });
    await this.store.write(await this.subscribers.known(oneOfEach(moves)));
    await this.links.releaseParts(moves.flatMap(({ move }) => move.periods.flatMap(cancelledLink)));
  }

  private moveOf(held: HeldSubscription, period: FollowedPeriod, change: InvoiceChange): Move | null {
    const { invoice } = change;
    const fate = FATE_OF[reasonOf(change)];
    const { status } = held.subscription;
    if (fate === 'paid') {
      // Money that a person attached may be older than what it pays.
      const closedAt = new Date(Math.max((invoice.paidAt ?? invoice.createdAt).getTime(), invoice.createdAt.getTime()));
      return paid(held, { ...period, invoiceId: invoice.id }, closedAt, this.store.newPeriodOf(held.subscription));
    }
    if (fate === undefined) return null;
    if (status === 'incomplete') return enrolmentExpired(held, period, releaseAtOf(change, 0));
    // Another choice of its link can be paid, or made.
    if (!isWaiting(held, period) || period.linkStatus === 'active') return null;
    if (fate !== 'unpaid') return withdrawn(held, period);
    const releaseAt =
      period.linkId === null
        ? releaseAtOf(change, held.subscription.reactivationDays)
        : unquotedFrom(held.subscription, period);
    return lapsed(held, period, releaseAt);
  }
}

function reasonOf({ moved, invoice }: InvoiceChange): InvoiceReason {
  if (moved === null) throw new Error(`invoice ${invoice.id} has not moved`);
  return moved.reason;
}

/**
 * When an invoice that expired takes no more money, as far as anybody can have paid a part of it by then. Its time was judged when everything
 * had been read, but for the end of a link, which comes at once.
 */
function releaseAtOf(change: InvoiceChange, graceDays: number): Date | null {
  const { expiresAt, received } = change.invoice;
  const mayHold = received > 0n || graceDays > 0 || reasonOf(change) === 'link_ended';
  if (expiresAt === null || FATE_OF[reasonOf(change)] !== 'unpaid' || !mayHold) return null;
  return new Date(expiresAt.getTime() + graceDays * DAY_MS);
}

/** Of a period that its merchant has withdrawn. */
function cancelledLink({ merchantId, linkId, state }: Period): { merchantId: string; id: string }[] {
  return linkId === null || state !== 'cancelled' ? [] : [{ merchantId, id: linkId }];
}

/** Choices of one link may end together, and move its subscription once. */
function oneOfEach(moves: readonly CausedMove[]): CausedMove[] {
  const seen = new Set<string>();
  return moves.filter(({ move: { subscription } }) => {
    const isNew = !seen.has(subscription.id);
    seen.add(subscription.id);
    return isNew;
  });
}
