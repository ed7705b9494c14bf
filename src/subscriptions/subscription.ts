import type { Customer } from '../customers/customer';
import type { Network } from '../common/network';
import type { PostalAddress } from '../links/offers/sent-details';
import type { Interval, Rhythm } from '../links/terms/recurrence';
import type { PeriodState, SubscriptionStatus } from './subscription-states';

/** What changes in the life of a subscription; the rest is decided when it begins. */
export interface SubscriptionCourse {
  readonly status: SubscriptionStatus;
  /** Null while no merchant has named one and nothing was paid: an address that is typed proves nothing. */
  readonly customerId: string | null;
  /** Where a subscriber, or the merchant, wants reminders to go; null for nowhere, or with `remindsCustomer` to the customer. */
  readonly email: string | null;
  /** The merchant subscribed the customer by name, and nobody has said another address since. */
  readonly remindsCustomer: boolean;
  /** Stroops of the currency: what the merchant says, and what a period costs with its tax. */
  readonly price: bigint;
  readonly total: bigint;
  /** The beginning of the first period, from which every other one follows; null before it is paid. */
  readonly anchorAt: Date | null;
  /** The next period that no invoice was opened for. */
  readonly nextIndex: number;
  readonly nextOpenAt: Date | null;
  readonly paidThrough: Date | null;
  /** When time next does something to it; null while only money or people do. */
  readonly dueAt: Date | null;
  readonly cancelAtPeriodEnd: boolean;
  readonly pausedUntil: Date | null;
  readonly cancelledAt: Date | null;
  /** Who ended it, or why it ended. */
  readonly reason: string | null;
  /** A price that was announced, from that period on. */
  readonly nextPrice: bigint | null;
  readonly nextTotal: bigint | null;
  readonly nextPriceFrom: number | null;
  readonly reference: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A promise to ask a payer for the same sum again and again; each period is an invoice of its own. */
export interface Subscription extends SubscriptionCourse {
  readonly merchantId: string;
  readonly id: string;
  readonly publicId: string;
  readonly linkId: string;
  readonly network: Network;
  readonly title: string | null;
  /** Plain text. */
  readonly description: string | null;
  /** The reference that the invoice of each period bears. */
  readonly paidFor: string | null;
  readonly currency: string;
  readonly scale: number;
  /** Code of the asset that is paid; null for a price in fiat, where the payer chooses one for each period. */
  readonly payCurrency: string | null;
  /** Millionths of one; null without a tax. */
  readonly taxPercentage: number | null;
  readonly taxInclusive: boolean | null;
  readonly interval: Interval;
  readonly intervalCount: number;
  readonly billingCycles: number | null;
  readonly openDays: number;
  readonly graceDays: number;
  readonly reactivationDays: number;
  readonly rollForward: boolean;
  /** Invoices are made out to the customer, because the merchant has named him; otherwise to whom the payer says. */
  readonly billsCustomer: boolean;
  readonly payerName: string | null;
  readonly payerAddress: PostalAddress | null;
  /** What the payer answered to the merchant's questions. */
  readonly answers: Readonly<Record<string, string>>;
  readonly createdBy: string;
  readonly version: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** One stretch of time that is asked for. The first has its dates when it is paid. */
export interface Period {
  readonly merchantId: string;
  readonly subscriptionId: string;
  readonly id: string;
  readonly index: number;
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
  /** Null for one that was skipped, and for a price in fiat until a choice is paid. */
  readonly invoiceId: string | null;
  /** The single-use link by which a period that is priced in fiat is paid: id and public id. */
  readonly linkId: string | null;
  readonly linkPublicId: string | null;
  readonly state: PeriodState;
  readonly amount: bigint;
  readonly createdAt: Date;
}

/** Each period is paid in what the payer chooses then. */
export function isFiat({ payCurrency }: Pick<Subscription, 'payCurrency'>): boolean {
  return payCurrency === null;
}

export function rhythmOf({ interval, intervalCount }: Pick<Subscription, 'interval' | 'intervalCount'>): Rhythm {
  return { interval, count: intervalCount };
}

/** Whether the payer has paid for this instant; the status says how it goes on. */
export function isEntitled({ paidThrough }: Pick<Subscription, 'paidThrough'>, now: Date): boolean {
  return paidThrough !== null && paidThrough > now;
}

/** Where mail about it goes; null for nowhere. `customer` is the subscription's. */
export function mailAddressOf(
  { email, remindsCustomer }: Pick<Subscription, 'email' | 'remindsCustomer'>,
  customer: Pick<Customer, 'email'> | undefined,
): string | null {
  return remindsCustomer ? (customer?.email ?? null) : email;
}
