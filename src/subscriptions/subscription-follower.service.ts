import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { InvoiceChange, InvoiceFollower } from '../invoices/invoice-change';
import { InvoiceDoorService } from '../invoices/invoice-door.service';
import type { InvoiceReason } from '../invoices/invoice-states';
import { type FollowedPeriod, PeriodsRepository } from './periods.repository';
import { enrolmentExpired, isWaiting, lapsed, type Move, paid, withdrawn } from './subscription-moves';
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

/** Subscriptions follow the invoices of their periods, which follow the ledger. Locks are taken after those of links. */
@Injectable()
export class SubscriptionFollowerService implements InvoiceFollower, OnModuleInit {
  constructor(
    private readonly door: InvoiceDoorService,
    private readonly store: SubscriptionStoreService,
    private readonly periods: PeriodsRepository,
  ) {}

  onModuleInit(): void {
    this.door.register(this);
  }

  async follow(changes: readonly InvoiceChange[]): Promise<void> {
    const ours = changes.filter(
      ({ invoice, moved }) => invoice.subscriptionId !== null && moved !== null && FATE_OF[moved.reason] !== undefined,
    );
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
    await this.store.write(oneOfEach(moves));
  }

  private moveOf(held: HeldSubscription, period: FollowedPeriod, { invoice, moved }: InvoiceChange): Move | null {
    const fate = moved === null ? undefined : FATE_OF[moved.reason];
    const { status } = held.subscription;
    if (fate === 'paid') {
      // Money that a person attached may be older than what it pays.
      const closedAt = new Date(Math.max((invoice.paidAt ?? invoice.createdAt).getTime(), invoice.createdAt.getTime()));
      return paid(held, { ...period, invoiceId: invoice.id }, closedAt, this.store.newPeriodOf(held.subscription));
    }
    if (fate === undefined) return null;
    if (status === 'incomplete') return enrolmentExpired(held, period);
    // Another choice of its link can be paid, or made.
    if (!isWaiting(held, period) || period.linkStatus === 'active') return null;
    return fate === 'unpaid' ? lapsed(held, period) : withdrawn(held, period);
  }
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
