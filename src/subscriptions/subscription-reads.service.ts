import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { isRowId } from '../common/ids';
import type { Tenant } from '../common/tenant';
import type { Keyset } from '../database/keyset';
import { PeriodsRepository } from './periods.repository';
import { isEntitled, type Period, type Subscription } from './subscription';
import { comingOf, datesOf, openingOf } from './subscription-plan';
import { type SubscriptionFilter, SubscriptionsRepository } from './subscriptions.repository';

export type { SubscriptionFilter };

/** A subscription as it is shown. */
export interface SubscriptionView extends Subscription {
  readonly entitled: boolean;
  readonly periodsPaid: number;
  /** Of the period that waits for money. */
  readonly currentInvoiceId: string | null;
  /** Null where nothing more comes. */
  readonly nextPeriodStartsAt: Date | null;
  readonly nextInvoiceOpensAt: Date | null;
}

@Injectable()
export class SubscriptionReadsService {
  constructor(
    private readonly repository: SubscriptionsRepository,
    private readonly periods: PeriodsRepository,
    private readonly clock: Clock,
  ) {}

  /** Throws `resource_not_found`, for another merchant's too. */
  async get(owner: Tenant, id: string): Promise<SubscriptionView> {
    const [found] = isRowId(id) ? await this.listByIds(owner, [id]) : [];
    if (found === undefined) throw new DomainError('resource_not_found');
    return found;
  }

  async listByIds(owner: Tenant, ids: readonly string[]): Promise<SubscriptionView[]> {
    return this.shown(owner, await this.repository.listByIds(owner, ids));
  }

  async list(owner: Tenant, filter: SubscriptionFilter, page: Keyset): Promise<SubscriptionView[]> {
    return this.shown(owner, await this.repository.list(owner, filter, this.clock.now(), page));
  }

  /** A page of the periods of a subscription that the caller has looked up. */
  listPeriods(owner: Tenant, subscriptionId: string, page: Keyset): Promise<Period[]> {
    return this.periods.list(owner, subscriptionId, page);
  }

  listPeriodsByIds(owner: Tenant, ids: readonly string[]): Promise<Period[]> {
    return this.periods.listByIds(owner, ids);
  }

  /** The latest periods, the newest first. */
  listLatestPeriods({ merchantId, id }: Subscription, limit: number): Promise<Period[]> {
    return this.periods.listLatest(merchantId, id, limit);
  }

  private async shown({ merchantId }: Tenant, subscriptions: readonly Subscription[]): Promise<SubscriptionView[]> {
    if (subscriptions.length === 0) return [];
    const summaries = await this.periods.summaries(
      merchantId,
      subscriptions.map(({ id }) => id),
    );
    const now = this.clock.now();
    return subscriptions.map((subscription) => {
      const { paid = 0, invoiceId = null } = summaries.get(subscription.id) ?? {};
      const coming = comingOf(subscription);
      return {
        ...subscription,
        entitled: isEntitled(subscription, now),
        periodsPaid: paid,
        currentInvoiceId: invoiceId,
        nextPeriodStartsAt: coming === null ? null : datesOf(subscription).start(coming),
        nextInvoiceOpensAt:
          coming === null || subscription.status !== 'active' ? null : openingOf(subscription, coming),
      };
    });
  }
}
