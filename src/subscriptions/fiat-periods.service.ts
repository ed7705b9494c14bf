import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Ids } from '../common/ids';
import type { Network } from '../common/network';
import { PeriodLinksService } from '../links/periods/period-links.service';
import { reminderPlan } from './reminder-plan';
import type { Subscription } from './subscription';
import { atPriceOf, type OpenedPeriod } from './subscription-invoices.service';
import { datesOf, deadlineOf } from './subscription-plan';

/** The author that the links name. */
const ACTOR = 'subscription';
const DAY_MS = 86_400_000;

/** A subscription that is held, and which of its periods is opened. */
export interface FiatOpening {
  readonly subscription: Subscription;
  readonly index: number;
}

/**
 * Periods that are priced in fiat. Nothing is quoted when one opens: the payer chooses what to pay with, as often as it takes, and each choice is an invoice with
 * a quote of its own. Who has not paid within the grace may still choose, and come back, as long as late money would bring others back.
 */
@Injectable()
export class FiatPeriodsService {
  constructor(
    private readonly links: PeriodLinksService,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Those of one merchant and network, in their order. Inside the caller's transaction, which holds the subscriptions. Throws `recovering`. */
  async open(merchantId: string, network: Network, openings: readonly FiatOpening[]): Promise<OpenedPeriod[]> {
    const openedAt = this.clock.now();
    const priced = openings.map(({ subscription, index }) => ({
      subscription: atPriceOf(subscription, index),
      index,
      deadline: deadlineOf(subscription, index, openedAt),
    }));
    const links = await this.links.open(
      merchantId,
      network,
      priced.map(({ subscription, index, deadline }) => ({
        subscriptionId: subscription.id,
        index,
        price: subscription.price,
        expiresAt: new Date(deadline.getTime() + subscription.reactivationDays * DAY_MS),
      })),
      ACTOR,
    );
    return links.map((link, at) => {
      const { subscription, index, deadline } = priced[at] as (typeof priced)[number];
      const dates = datesOf(subscription);
      const [, next] = reminderPlan(subscription, dates.start(index), openedAt, deadline);
      const period = {
        merchantId,
        subscriptionId: subscription.id,
        id: this.ids.row(),
        index,
        startsAt: dates.start(index),
        endsAt: dates.end(index),
        invoiceId: null,
        linkId: link.id,
        linkPublicId: link.publicId,
        state: 'open' as const,
        amount: subscription.total,
        createdAt: openedAt,
      };
      return { subscription, period, invoice: null, reminderAt: next?.dueAt ?? null };
    });
  }
}
