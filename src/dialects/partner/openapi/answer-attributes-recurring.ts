import { INTERVALS } from '../../../links/terms/recurrence';
import { PERIOD_STATES, SUBSCRIPTION_STATUSES } from '../../../subscriptions/subscription-states';
import { type Attributes, createdAt, network, told, updatedAt } from './answer-shapes';
import {
  choice,
  currencyCode,
  decimal,
  flag,
  instant,
  metadata,
  nullable,
  record,
  text,
  whole,
} from '../../../http/json-schema';

// What answers say of what recurs.

export const recurrence = told(
  'How often subscribers are asked, and how long is waited; of a subscription alone.',
  nullable(
    record({
      interval: choice(INTERVALS),
      intervalCount: whole(1, 24),
      billingCycles: told('Null: until somebody ends it.', nullable(whole(1, 120))),
      openDays: whole(),
      graceDays: whole(1),
      reactivationDays: whole(),
      rollForward: flag,
    }),
  ),
);

export const RECURRING_ATTRIBUTES: Readonly<Record<string, Attributes>> = {
  subscriptionPeriods: {
    index: told('From 0 on.', whole()),
    startsAt: told('Null while the first one is not paid.', nullable(instant)),
    endsAt: nullable(instant),
    state: choice(PERIOD_STATES),
    amount: decimal,
    createdAt,
  },
  subscriptions: {
    status: choice(SUBSCRIPTION_STATUSES),
    entitled: told('Whether this instant is paid for.', flag),
    paidThrough: nullable(instant),
    anchorAt: told(
      'The close of the ledger that paid the first period: every date follows from it.',
      nullable(instant),
    ),
    interval: choice(INTERVALS),
    intervalCount: whole(1),
    billingCycles: told('Null: until somebody ends it.', nullable(whole(1, 120))),
    periodsPaid: whole(),
    nextPeriodStartsAt: nullable(instant),
    nextInvoiceOpensAt: nullable(instant),
    amount: told('Of one period, tax included.', decimal),
    currency: currencyCode,
    asset: nullable(currencyCode),
    network,
    title: nullable(text(300)),
    cancelAtPeriodEnd: flag,
    pausedUntil: nullable(instant),
    cancelledAt: nullable(instant),
    reason: told('Who ends it, or why it does not go on.', nullable(text(60))),
    customerEmail: told(
      'Where reminders go; null for nowhere, or to the customer whom the merchant has subscribed. Nobody has proved it.',
      nullable(text(320)),
    ),
    customFields: told('What the subscriber answered.', metadata),
    reference: nullable(text(255)),
    metadata,
    createdAt,
    updatedAt,
  },
};
