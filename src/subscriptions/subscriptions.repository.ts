import { Injectable } from '@nestjs/common';
import type { Tenant } from '../common/tenant';
import { forgetSql, remindSql } from '../database/deadline-sql';
import { type Keyset, keysetClause } from '../database/keyset';
import { Transactions } from '../database/transactions';
import type { Subscription, SubscriptionCourse } from './subscription';
import type { SubscriptionStatus } from './subscription-states';

/** Any of each list. */
export interface SubscriptionFilter {
  readonly status?: readonly SubscriptionStatus[];
  readonly link?: readonly string[];
  readonly customer?: readonly string[];
  readonly reference?: readonly string[];
  readonly entitled?: readonly ('true' | 'false')[];
  readonly createdAt?: { readonly from?: Date; readonly to?: Date };
}

interface Column {
  readonly name: string;
  readonly type: string;
}

/** What changes. */
const COURSE: Readonly<Record<keyof SubscriptionCourse, Column>> = {
  status: { name: 'status', type: 'text' },
  customerId: { name: 'customer_id', type: 'uuid' },
  email: { name: 'email', type: 'text' },
  remindsCustomer: { name: 'reminds_customer', type: 'boolean' },
  price: { name: 'price', type: 'bigint' },
  total: { name: 'total', type: 'bigint' },
  anchorAt: { name: 'anchor_at', type: 'timestamptz' },
  nextIndex: { name: 'next_index', type: 'integer' },
  nextOpenAt: { name: 'next_open_at', type: 'timestamptz' },
  paidThrough: { name: 'paid_through', type: 'timestamptz' },
  dueAt: { name: 'due_at', type: 'timestamptz' },
  cancelAtPeriodEnd: { name: 'cancel_at_period_end', type: 'boolean' },
  pausedUntil: { name: 'paused_until', type: 'timestamptz' },
  cancelledAt: { name: 'cancelled_at', type: 'timestamptz' },
  reason: { name: 'reason', type: 'text' },
  nextPrice: { name: 'next_price', type: 'bigint' },
  nextTotal: { name: 'next_total', type: 'bigint' },
  nextPriceFrom: { name: 'next_price_from', type: 'integer' },
  reference: { name: 'reference', type: 'text' },
  metadata: { name: 'metadata', type: 'jsonb' },
};
const FIXED = {
  merchantId: 'merchant_id',
  id: 'id',
  publicId: 'public_id',
  linkId: 'link_id',
  network: 'network',
  title: 'title',
  description: 'description',
  paidFor: 'paid_for',
  currency: 'currency',
  scale: 'scale',
  payCurrency: 'pay_currency',
  taxPercentage: 'tax_percentage',
  taxInclusive: 'tax_inclusive',
  interval: 'interval',
  intervalCount: 'interval_count',
  billingCycles: 'billing_cycles',
  openDays: 'open_days',
  graceDays: 'grace_days',
  reactivationDays: 'reactivation_days',
  rollForward: 'roll_forward',
  billsCustomer: 'bills_customer',
  payerName: 'payer_name',
  payerAddress: 'payer_address',
  answers: 'answers',
  createdBy: 'created_by',
  version: 'version',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
} as const satisfies Readonly<Record<Exclude<keyof Subscription, keyof SubscriptionCourse>, string>>;

const MEMBERS = Object.keys(COURSE) as (keyof SubscriptionCourse)[];
const NAMES: readonly (readonly [string, string])[] = [
  ...MEMBERS.map((member) => [member, COURSE[member].name] as const),
  ...Object.entries(FIXED),
];
const COLUMNS = NAMES.map(([member, name]) => `s.${name} as "${member}"`).join(', ');
const JSON_MEMBERS: readonly string[] = ['metadata', 'answers', 'payerAddress'] satisfies (keyof Subscription)[];
const INSERTED = NAMES.filter(([member]) => member !== 'version');
const OWNED = 's.merchant_id = $1 and ($2::text is null or s.network = $2)';
const SORTS = { createdAt: { sql: 's.created_at', type: 'timestamptz' }, id: { sql: 's.id', type: 'uuid' } } as const;

/** Over the versions that were read, in one statement. What reminds of their next instant goes with them. */
const WRITE = `
  with change as (
    select * from jsonb_to_recordset($1::jsonb) as c (merchant_id uuid, id uuid, version bigint, ${MEMBERS.map((member) => `${COURSE[member].name} ${COURSE[member].type}`).join(', ')})
  ), before as (
    select s.merchant_id, s.id, s.network, s.due_at as expires_at from change c join subscriptions s on s.merchant_id = c.merchant_id and s.id = c.id
  ), changed as (
    update subscriptions s set ${MEMBERS.map((member) => `${COURSE[member].name} = c.${COURSE[member].name}`).join(', ')}, updated_at = $2, version = s.version + 1
    from change c where s.merchant_id = c.merchant_id and s.id = c.id and s.version = c.version
    returning s.merchant_id, s.id, s.network, s.due_at as expires_at
  ), forgotten as (
    ${forgetSql('subscription', '(select b.* from before b join changed c on c.merchant_id = b.merchant_id and c.id = b.id where b.expires_at is distinct from c.expires_at)')}
  ), reminded as (
    ${remindSql('subscription', 'changed')}
  )
  select from changed`;

@Injectable()
export class SubscriptionsRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Violates `subscriptions_reference_unique`. Nothing is due at one that has not begun. */
  async insert(subscription: Subscription): Promise<void> {
    const values = INSERTED.map(([member]) => {
      const value = subscription[member as keyof Subscription];
      return value !== null && JSON_MEMBERS.includes(member) ? JSON.stringify(value) : value;
    });
    await this.transactions.affected(
      `insert into subscriptions (${INSERTED.map(([, name]) => name).join(', ')}) values (${INSERTED.map((_unused, at) => `$${at + 1}`).join(', ')})`,
      values,
    );
  }

  listByIds(owner: Tenant, ids: readonly string[]): Promise<Subscription[]> {
    return this.transactions.rows(`select ${COLUMNS} from subscriptions s where ${OWNED} and s.id = any($3::uuid[])`, [
      owner.merchantId,
      owner.network,
      ids,
    ]);
  }

  list(owner: Tenant, filter: SubscriptionFilter, now: Date, page: Keyset): Promise<Subscription[]> {
    const { status, link, customer, reference, entitled, createdAt } = filter;
    const values: unknown[] = [
      owner.merchantId,
      owner.network,
      status ?? null,
      link ?? null,
      customer ?? null,
      reference ?? null,
      entitled?.map((each) => each === 'true') ?? null,
      now,
      createdAt?.from ?? null,
      createdAt?.to ?? null,
    ];
    return this.transactions.page(
      `select ${COLUMNS} from subscriptions s where ${OWNED} and ($3::text[] is null or s.status = any($3)) and ($4::text[] is null or s.link_id::text = any($4))
         and ($5::text[] is null or s.customer_id::text = any($5)) and ($6::text[] is null or s.reference = any($6))
         and ($7::boolean[] is null or coalesce(s.paid_through > $8::timestamptz, false) = any($7)) and ($9::timestamptz is null or s.created_at >= $9) and ($10::timestamptz is null or s.created_at < $10)
         ${keysetClause(page, SORTS, values)}`,
      values,
    );
  }

  /** Holds those of one merchant until the caller's transaction ends, in one order; others' are waited for, or left out. */
  hold(merchantId: string, ids: readonly string[], holding: 'wait' | 'skip'): Promise<Subscription[]> {
    return this.transactions.rows(
      `select ${COLUMNS} from subscriptions s where s.merchant_id = $1 and s.id = any($2::uuid[]) order by s.merchant_id, s.id for no key update of s${holding === 'skip' ? ' skip locked' : ''}`,
      [merchantId, ids],
    );
  }

  /** The same for subscriptions of several merchants, which are waited for: money and time have moved their invoices. */
  holdAll(keys: readonly { readonly merchantId: string; readonly id: string }[]): Promise<Subscription[]> {
    return this.transactions.rows(
      `select ${COLUMNS} from subscriptions s where (s.merchant_id, s.id) in (select * from unnest($1::uuid[], $2::uuid[])) order by s.merchant_id, s.id for no key update of s`,
      [keys.map(({ merchantId }) => merchantId), keys.map(({ id }) => id)],
    );
  }

  /** Writes what changes of subscriptions that the caller holds; how many were still as they were read. */
  write(subscriptions: readonly Subscription[], at: Date): Promise<number> {
    const rows = subscriptions.map((subscription) => ({
      merchant_id: subscription.merchantId,
      id: subscription.id,
      version: subscription.version.toString(),
      ...Object.fromEntries(MEMBERS.map((member) => [COURSE[member].name, jsonOf(subscription[member])])),
    }));
    return this.transactions.affected(WRITE, [JSON.stringify(rows), at]);
  }

  /** Those of one merchant at which nothing is due before then. */
  async listNotDue(merchantId: string, ids: readonly string[], before: Date): Promise<string[]> {
    const rows = await this.transactions.rows<{ id: string }>(
      `select k.id from unnest($2::uuid[]) as k (id) where not exists (select from subscriptions s where s.merchant_id = $1 and s.id = k.id and s.due_at < $3)`,
      [merchantId, ids, before],
    );
    return rows.map(({ id }) => id);
  }
}

function jsonOf(value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
