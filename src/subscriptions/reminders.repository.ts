import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import type { PlannedReminder, ReminderKind } from './reminder-plan';
import type { Period } from './subscription';

type PeriodKey = Pick<Period, 'merchantId' | 'subscriptionId' | 'index'>;

const KEYS = 'unnest($1::uuid[], $2::uuid[], $3::integer[]) as k (merchant_id, subscription_id, period_index)';
const OF_KEY =
  'r.merchant_id = k.merchant_id and r.subscription_id = k.subscription_id and r.period_index = k.period_index';

@Injectable()
export class RemindersRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Of one merchant. `sentAt` is that of the first one of each period, which goes out with the invoice. */
  async insert(
    merchantId: string,
    periods: readonly { readonly period: PeriodKey; readonly planned: readonly PlannedReminder[] }[],
    sentAt: Date,
  ): Promise<void> {
    const rows = periods.flatMap(({ period, planned }) =>
      planned.map(({ kind, dueAt }, place) => ({ ...period, kind, dueAt, first: place === 0 })),
    );
    if (rows.length === 0) return;
    await this.transactions.affected(
      `insert into subscription_reminders (merchant_id, subscription_id, period_index, kind, due_at, sent_at, outcome)
       select $1, r.subscription_id, r.period_index, r.kind, r.due_at, case when r.first then $7::timestamptz end, case when r.first then 'sent' end
       from unnest($2::uuid[], $3::integer[], $4::text[], $5::timestamptz[], $6::boolean[]) as r (subscription_id, period_index, kind, due_at, first)`,
      [
        merchantId,
        rows.map(({ subscriptionId }) => subscriptionId),
        rows.map(({ index }) => index),
        rows.map(({ kind }) => kind),
        rows.map(({ dueAt }) => dueAt),
        rows.map(({ first }) => first),
        sentAt,
      ],
    );
  }

  /** Takes what is due of periods whose subscriptions the caller holds: the last of each is sent, those before it are dropped. */
  take(periods: readonly PeriodKey[], at: Date): Promise<(PeriodKey & { readonly kind: ReminderKind })[]> {
    return this.transactions.rows(
      `with due as (
         select r.merchant_id, r.subscription_id, r.period_index, r.kind, row_number() over (partition by r.merchant_id, r.subscription_id, r.period_index order by r.due_at desc, r.kind) as place
         from ${KEYS} join subscription_reminders r on ${OF_KEY} where r.sent_at is null and r.due_at <= $4
       ), taken as (
         update subscription_reminders r set sent_at = $4, outcome = case when due.place = 1 then 'sent' else 'dropped' end from due
         where r.merchant_id = due.merchant_id and r.subscription_id = due.subscription_id and r.period_index = due.period_index and r.kind = due.kind and r.sent_at is null
         returning r.merchant_id, r.subscription_id, r.period_index, r.kind, r.outcome
       )
       select merchant_id as "merchantId", subscription_id as "subscriptionId", period_index as index, kind from taken where outcome = 'sent'`,
      [...columns(periods), at],
    );
  }

  /** Nobody is reminded of periods that wait for money no more. */
  async drop(periods: readonly PeriodKey[], at: Date): Promise<void> {
    if (periods.length === 0) return;
    await this.transactions.affected(
      `update subscription_reminders r set sent_at = $4, outcome = 'dropped' from ${KEYS} where ${OF_KEY} and r.sent_at is null`,
      [...columns(periods), at],
    );
  }
}

function columns(periods: readonly PeriodKey[]): unknown[] {
  return [
    periods.map(({ merchantId }) => merchantId),
    periods.map(({ subscriptionId }) => subscriptionId),
    periods.map(({ index }) => index),
  ];
}
