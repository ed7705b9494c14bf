import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Ids } from '../common/ids';
import type { Customer } from '../customers/customer';
import type { Invoice } from '../invoices/invoice';
import { type InvoiceOrder, LinkInvoicesService } from '../links/link-invoices.service';
import { DEFAULT_TITLE } from '../links/offers/link-products.service';
import type { PayerDetails } from '../links/offers/sent-details';
import { LinkPricingService } from '../links/offers/link-pricing.service';
import { storedLines, type Worth } from '../links/offers/link-worth';
import { CurrenciesService } from '../rates/currencies.service';
import { FiatPeriodsService } from './fiat-periods.service';
import type { DuePeriod, OpenedPeriod } from './due-period';
import { reminderPlan } from './reminder-plan';
import { isFiat, type Period, type Subscription } from './subscription';
import { datesOf, deadlineOf } from './subscription-plan';

const DAY_SECONDS = 86_400;
/** The author that the invoices name. */
const ACTOR = 'subscription';
const MIN_SCALE = 2;

/** The invoices of periods, each under the terms that were frozen when the subscription began. */
@Injectable()
export class SubscriptionInvoicesService {
  constructor(
    private readonly invoices: LinkInvoicesService,
    private readonly fiat: FiatPeriodsService,
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

  /** Asks nobody. Throws for what no invoice can ask for: a worth beyond any payment, an asset that cannot be paid. */
  prepare(before: Subscription, index: number, customer: Customer | null): DuePeriod {
    const subscription = atPriceOf(before, index);
    const dates = datesOf(subscription);
    const deadline = deadlineOf(subscription, index, this.clock.now());
    const order = isFiat(subscription)
      ? null
      : this.orderOf(subscription, index, deadline, customer, subscription.reactivationDays * DAY_SECONDS);
    return { subscription, index, dates: [dates.start(index), dates.end(index)], deadline, order };
  }

  /** However many of one merchant, in as many statements as one. Inside the caller's transaction, which holds the subscriptions. Throws `recovering`: then none is open. */
  async open(due: readonly DuePeriod[]): Promise<OpenedPeriod[]> {
    const priced = due.flatMap(({ order, ...each }) => (order === null ? [] : [{ ...each, order }]));
    return [...(await this.openPriced(priced)), ...(await this.fiat.open(due.filter(({ order }) => order === null)))];
  }

  private async openPriced(due: readonly (DuePeriod & { readonly order: InvoiceOrder })[]): Promise<OpenedPeriod[]> {
    const [first] = due;
    if (first === undefined) return [];
    const invoices = await this.invoices.createAll(
      placeOf(first.subscription),
      due.map(({ order }) => order),
    );
    return due.flatMap(({ subscription, index, dates, deadline }, at) => {
      const invoice = invoices[at];
      if (invoice === undefined) return [];
      const period = this.periodOf(subscription, index, invoice, dates);
      return { subscription, period, invoice, plan: reminderPlan(subscription, dates[0], invoice.createdAt, deadline) };
    });
  }

  /** The first one, which decides when the others come. */
  async first(subscription: Subscription, deadline: Date, customer: Customer | null): Promise<Invoice> {
    const order = this.orderOf(subscription, 0, deadline, customer, 0);
    const [invoice] = await this.invoices.createAll(placeOf(subscription), [order]);
    if (invoice === undefined) throw new Error('an invoice was not made');
    return invoice;
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

  private orderOf(
    subscription: Subscription,
    index: number,
    expiresAt: Date,
    customer: Customer | null,
    lateGraceSeconds: number,
  ): InvoiceOrder {
    const { network, title, description, paidFor, price, currency, payCurrency } = subscription;
    const worth = this.worth(subscription, price);
    if (worth === undefined) throw new Error(`a period of subscription ${subscription.id} is worth nothing`);
    return {
      period: { subscriptionId: subscription.id, index },
      ...billedTo(subscription, customer),
      terms: { title, description, reference: paidFor, expiresAt },
      price: {
        asset: this.currencies.payable(network, payCurrency ?? currency),
        worth,
        lines: storedLines(worth),
        scale: Math.max(MIN_SCALE, subscription.scale),
        quoteId: null,
        isRated: false,
        lateGraceSeconds,
      },
      details: detailsOf(subscription),
    };
  }
}

/** Whom the merchant has named. Nobody is left of an erased customer. */
function billedTo({ billsCustomer }: Subscription, customer: Customer | null): { readonly client?: Customer } {
  return billsCustomer && customer !== null && customer.erasedAt === null ? { client: customer } : {};
}

/** What the payer said when he subscribed. */
function detailsOf({ payerName, email, payerAddress, answers }: Subscription): PayerDetails {
  const customFields = Object.keys(answers).length === 0 ? null : answers;
  return { name: payerName, email, address: payerAddress, customFields };
}

function placeOf({ merchantId, network }: Subscription): Parameters<LinkInvoicesService['createAll']>[0] {
  return { merchantId, network, actor: ACTOR };
}

/** A price that was announced counts from its period on. */
function atPriceOf(subscription: Subscription, index: number): Subscription {
  const { nextPrice, nextTotal, nextPriceFrom } = subscription;
  if (nextPrice === null || nextTotal === null || nextPriceFrom === null || index < nextPriceFrom) return subscription;
  return { ...subscription, price: nextPrice, total: nextTotal, nextPrice: null, nextTotal: null, nextPriceFrom: null };
}
