import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Ids } from '../common/ids';
import { PeriodLinksService } from '../links/periods/period-links.service';
import { reminderPlan } from './reminder-plan';
import type { DuePeriod, OpenedPeriod } from './due-period';

/** The author that the links name. */
const ACTOR = 'subscription';
const DAY_MS = 86_400_000;

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
  async open(due: readonly DuePeriod[]): Promise<OpenedPeriod[]> {
    const [first] = due;
    if (first === undefined) return [];
    const openedAt = this.clock.now();
    const { merchantId, network } = first.subscription;
    const links = await this.links.open(
      merchantId,
      network,
      due.map(({ subscription, index, deadline }) => ({
        subscriptionId: subscription.id,
        index,
        price: subscription.price,
        expiresAt: new Date(deadline.getTime() + subscription.reactivationDays * DAY_MS),
      })),
      ACTOR,
    );
    return due.map(({ subscription, index, dates: [startsAt, endsAt], deadline }, at) => {
      const link = links[at];
      if (link === undefined) throw new Error(`period ${index} of subscription ${subscription.id} was not opened`);
      const period = {
        merchantId,
        subscriptionId: subscription.id,
        id: this.ids.row(),
        index,
        startsAt,
        endsAt,
        invoiceId: null,
        linkId: link.id,
        linkPublicId: link.publicId,
        state: 'open' as const,
        amount: subscription.total,
        createdAt: openedAt,
      };
      return { subscription, period, invoice: null, plan: reminderPlan(subscription, startsAt, openedAt, deadline) };
    });
  }
}
