import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Ids } from '../common/ids';
import type { Customer } from '../customers/customer';
import type { Invoice } from '../invoices/invoice';
import { LinkInvoicesService } from '../links/link-invoices.service';
import { DEFAULT_TITLE } from '../links/offers/link-products.service';
import { LinkPricingService } from '../links/offers/link-pricing.service';
import { storedLines, type Worth } from '../links/offers/link-worth';
import { CurrenciesService } from '../rates/currencies.service';
import { reminderPlan } from './reminder-plan';
import type { Period, Subscription } from './subscription';
import { datesOf, deadlineOf } from './subscription-plan';

const DAY_SECONDS = 86_400;
/** The author that the invoices name. */
const ACTOR = 'subscription';
const MIN_SCALE = 2;

export interface OpenedPeriod {
  readonly subscription: Subscription;
  readonly period: Period;
  /** Null where the payer chooses first what to pay with. */
  readonly invoice: Invoice | null;
  /** When the subscriber is next reminded. */
  readonly reminderAt: Date | null;
}

/** The invoices of periods, each under the terms that were frozen when the subscription began. */
@Injectable()
export class SubscriptionInvoicesService {
  constructor(
    private readonly invoices: LinkInvoicesService,
    private readonly pricing: LinkPricingService,
    private readonly currencies: CurrenciesService,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** What a period costs at a price. Undefined for what no payment can hold. */
  worth(
    {
      title,
      currency,
      taxPercentage,
      taxInclusive,
    }: Pick<Subscription, 'title' | 'currency' | 'taxPercentage' | 'taxInclusive'>,
    price: bigint,
  ): Worth | undefined {
    const tax =
      taxPercentage === null || taxInclusive === null ? null : { percentage: taxPercentage, inclusive: taxInclusive };
    return this.pricing.worth([{ description: title ?? DEFAULT_TITLE, price, tax }], 1, currency);
  }

  /** Inside the caller's transaction, which holds the subscription. Throws `recovering`, `network_mismatch`. */
  async open(before: Subscription, index: number, customer: Customer | null): Promise<OpenedPeriod> {
    const openedAt = this.clock.now();
    const subscription = atPriceOf(before, index);
    const dates = datesOf(subscription);
    const deadline = deadlineOf(subscription, index, openedAt);
    const invoice = await this.issue(
      subscription,
      index,
      deadline,
      customer,
      subscription.reactivationDays * DAY_SECONDS,
    );
    const period = this.periodOf(subscription, index, invoice, [dates.start(index), dates.end(index)]);
    const [, next] = reminderPlan(subscription, dates.start(index), openedAt, deadline);
    return { subscription, period, invoice, reminderAt: next?.dueAt ?? null };
  }

  /** The first one, which decides when the others come. */
  async first(subscription: Subscription, deadline: Date, customer: Customer | null): Promise<Invoice> {
    return this.issue(subscription, 0, deadline, customer, 0);
  }

  periodOf(
    { merchantId, id, total }: Subscription,
    index: number,
    invoice: Pick<Invoice, 'id' | 'createdAt'>,
    dates: readonly [Date, Date] | null = null,
  ): Period {
    return {
      merchantId,
      subscriptionId: id,
      id: this.ids.row(),
      index,
      startsAt: dates?.[0] ?? null,
      endsAt: dates?.[1] ?? null,
      invoiceId: invoice.id,
      linkId: null,
      linkPublicId: null,
      state: 'open',
      amount: total,
      createdAt: invoice.createdAt,
    };
  }

  private issue(
    subscription: Subscription,
    index: number,
    expiresAt: Date,
    customer: Customer | null,
    lateGraceSeconds: number,
  ): Promise<Invoice> {
    const { merchantId, network, title, description, paidFor, price, currency } = subscription;
    const worth = this.worth(subscription, price);
    if (worth === undefined) throw new Error(`a period of subscription ${subscription.id} is worth nothing`);
    return this.invoices.create(
      {
        merchantId,
        network,
        actor: ACTOR,
        period: { subscriptionId: subscription.id, index },
        ...(customer === null ? {} : { client: customer }),
      },
      { title, description, reference: paidFor, expiresAt },
      {
        asset: this.currencies.payable(network, currency),
        worth,
        lines: storedLines(worth),
        scale: Math.max(MIN_SCALE, subscription.scale),
        quoteId: null,
        isRated: false,
        lateGraceSeconds,
      },
    );
  }
}

/** A price that was announced counts from its period on. */
export function atPriceOf(subscription: Subscription, index: number): Subscription {
  const { nextPrice, nextTotal, nextPriceFrom } = subscription;
  if (nextPrice === null || nextTotal === null || nextPriceFrom === null || index < nextPriceFrom) return subscription;
  return { ...subscription, price: nextPrice, total: nextTotal, nextPrice: null, nextTotal: null, nextPriceFrom: null };
}
