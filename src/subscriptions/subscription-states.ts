import { sourcesOf, type Transitions } from '../common/state-machine';

export const SUBSCRIPTION_STATUSES = [
  'incomplete',
  'incomplete_expired',
  'active',
  'past_due',
  'lapsed',
  'cancelled',
  'completed',
] as const;
export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number];

/** Why a subscription moves from one status to another. */
export type SubscriptionReason =
  | 'first_period_paid'
  | 'enrolment_expired'
  | 'period_unpaid'
  | 'period_paid'
  | 'grace_over'
  | 'paid_late'
  | 'payer_cancelled'
  | 'merchant_cancelled'
  | 'period_withdrawn'
  | 'last_period_over';

type Arrows = Readonly<
  Record<SubscriptionStatus, Readonly<Partial<Record<SubscriptionStatus, readonly SubscriptionReason[]>>>>
>;

const CANCELLED = ['payer_cancelled', 'merchant_cancelled'] as const;

/**
 * Every arrow with what draws it. Nothing follows an end, but that a person who attaches held money to the invoice of an enrolment
 * that was not paid in time makes it a subscription after all.
 */
export const SUBSCRIPTION_ARROWS = {
  incomplete: {
    active: ['first_period_paid'],
    incomplete_expired: ['enrolment_expired'],
    cancelled: CANCELLED,
  },
  incomplete_expired: { active: ['paid_late'] },
  active: {
    past_due: ['period_unpaid'],
    lapsed: ['grace_over'],
    cancelled: CANCELLED,
    completed: ['last_period_over'],
  },
  past_due: { active: ['period_paid', 'period_withdrawn'], lapsed: ['grace_over'], cancelled: CANCELLED },
  lapsed: { active: ['paid_late'] },
  cancelled: {},
  completed: {},
} as const satisfies Arrows;

export const SUBSCRIPTION_TRANSITIONS = Object.fromEntries(
  Object.entries(SUBSCRIPTION_ARROWS).map(([from, arrows]) => [from, Object.keys(arrows)]),
) as unknown as Transitions<SubscriptionStatus>;

export function subscriptionSources(target: SubscriptionStatus): SubscriptionStatus[] {
  return sourcesOf(SUBSCRIPTION_TRANSITIONS, target);
}

/** What goes on by itself: invoices are opened for it, and it can be cancelled. */
export const LIVE_STATUSES: readonly SubscriptionStatus[] = ['active', 'past_due'];

/** What late money may bring back, for as long as its invoice takes any. */
export const UNPAID_STATUSES: readonly SubscriptionStatus[] = ['incomplete_expired', 'lapsed'];

export const PERIOD_STATES = ['open', 'past_due', 'paid', 'lapsed', 'skipped', 'cancelled'] as const;
/** Of one period: `open` and `past_due` wait for money, `lapsed` may still be paid late, `skipped` was never asked for. */
export type PeriodState = (typeof PERIOD_STATES)[number];
