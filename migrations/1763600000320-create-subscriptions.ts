import type { MigrationInterface, QueryRunner } from 'typeorm';

const SUBSCRIPTIONS = `
  -- The plan is frozen here when it begins. Everything that time does to it is due at due_at, of which a reminder stands in
  -- the queue of deadlines.
  create table subscriptions (
    merchant_id uuid not null references merchants (id),
    id uuid not null,
    public_id text not null,
    link_id uuid not null,
    customer_id uuid,
    network text not null,
    status text not null check (status in ('incomplete', 'incomplete_expired', 'active', 'past_due', 'lapsed', 'cancelled', 'completed')),
    title text,
    description text,
    -- Stroops of the currency: what the merchant says, and what a period costs with its tax.
    price bigint not null check (price > 0),
    total bigint not null check (total > 0),
    currency text not null,
    scale integer not null,
    pay_currency text not null,
    tax_percentage integer check (tax_percentage between 0 and 1000000),
    tax_inclusive boolean,
    interval text not null check (interval in ('day', 'week', 'month', 'year')),
    interval_count integer not null check (interval_count between 1 and 1095),
    billing_cycles integer check (billing_cycles between 1 and 120),
    open_days integer not null check (open_days >= 0),
    grace_days integer not null check (grace_days >= 0),
    reactivation_days integer not null check (reactivation_days >= 0),
    roll_forward boolean not null,
    anchor_at timestamptz(3),
    next_index integer not null default 1 check (next_index >= 1),
    next_open_at timestamptz(3),
    paid_through timestamptz(3),
    due_at timestamptz(3),
    cancel_at_period_end boolean not null default false,
    paused_until timestamptz(3),
    cancelled_at timestamptz(3),
    reason text,
    next_price bigint check (next_price > 0),
    next_total bigint check (next_total > 0),
    next_price_from integer,
    answers jsonb not null default '{}',
    reference text,
    metadata jsonb not null default '{}',
    created_by text not null,
    version bigint not null default 1,
    created_at timestamptz(3) not null,
    updated_at timestamptz(3) not null,
    primary key (merchant_id, id),
    constraint subscriptions_public_id_unique unique (merchant_id, public_id),
    constraint subscriptions_reference_unique unique (merchant_id, reference),
    foreign key (merchant_id, link_id) references payment_links (merchant_id, id),
    foreign key (merchant_id, customer_id) references customers (merchant_id, id) on delete set null (customer_id),
    constraint subscriptions_anchor_check check ((anchor_at is null) = (status in ('incomplete', 'incomplete_expired') or (status = 'cancelled' and paid_through is null)) and (anchor_at is null) = (paid_through is null)),
    constraint subscriptions_tax_check check (num_nulls(tax_percentage, tax_inclusive) in (0, 2)),
    constraint subscriptions_price_change_check check (num_nulls(next_price, next_total, next_price_from) in (0, 3)),
    constraint subscriptions_flag_check check (not cancel_at_period_end or status in ('active', 'past_due', 'lapsed', 'cancelled', 'completed'))
  ) with (fillfactor = 85);
  create index subscriptions_in_order on subscriptions (merchant_id, created_at, id);
  create index subscriptions_by_link on subscriptions (merchant_id, link_id);
  create index subscriptions_by_customer on subscriptions (merchant_id, customer_id);
`;

const PERIODS = `
  create table subscription_periods (
    merchant_id uuid not null,
    subscription_id uuid not null,
    period_index integer not null check (period_index >= 0),
    id uuid not null,
    starts_at timestamptz(3),
    ends_at timestamptz(3),
    invoice_id uuid,
    state text not null check (state in ('open', 'past_due', 'paid', 'lapsed', 'skipped', 'cancelled')),
    amount bigint not null check (amount > 0),
    created_at timestamptz(3) not null,
    updated_at timestamptz(3) not null,
    primary key (merchant_id, subscription_id, period_index),
    constraint subscription_periods_id_unique unique (merchant_id, id),
    constraint subscription_periods_invoice_unique unique (merchant_id, invoice_id),
    foreign key (merchant_id, subscription_id) references subscriptions (merchant_id, id),
    foreign key (merchant_id, invoice_id) references invoices (merchant_id, id),
    constraint subscription_periods_invoice_check check (state = 'skipped' or invoice_id is not null),
    constraint subscription_periods_dates_check check (num_nulls(starts_at, ends_at) = 2 or starts_at < ends_at)
  );
  -- One debt at a time.
  create unique index subscription_periods_one_open on subscription_periods (merchant_id, subscription_id) where state in ('open', 'past_due');
`;

const KEYS_AND_REMINDERS = `
  -- A subscriber's keys to the own subscription: digests alone.
  create table subscription_tokens (
    merchant_id uuid not null,
    digest bytea not null check (octet_length(digest) = 32),
    subscription_id uuid not null,
    expires_at timestamptz(3),
    revoked_at timestamptz(3),
    created_at timestamptz(3) not null,
    primary key (merchant_id, digest),
    foreign key (merchant_id, subscription_id) references subscriptions (merchant_id, id)
  );
  create index subscription_tokens_by_digest on subscription_tokens (digest);
  create index subscription_tokens_by_subscription on subscription_tokens (merchant_id, subscription_id);

  create table subscription_reminders (
    merchant_id uuid not null,
    subscription_id uuid not null,
    period_index integer not null,
    kind text not null check (kind in ('opening', 'before_start', 'start', 'after_start', 'grace_end')),
    due_at timestamptz(3) not null,
    sent_at timestamptz(3),
    outcome text check (outcome in ('sent', 'dropped')),
    primary key (merchant_id, subscription_id, period_index, kind),
    foreign key (merchant_id, subscription_id, period_index) references subscription_periods (merchant_id, subscription_id, period_index),
    constraint subscription_reminders_sent_check check ((sent_at is null) = (outcome is null))
  );
`;

/** Looked for in the rows that are there, and indexed, by a later migration, beside those who write. */
const INVOICES = `
  alter table invoices
    add column subscription_id uuid,
    add column period_index integer,
    add constraint invoices_subscription_fkey foreign key (merchant_id, subscription_id) references subscriptions (merchant_id, id) not valid,
    add constraint invoices_period_check check (num_nulls(subscription_id, period_index) in (0, 2)) not valid;
`;

/** Promises to ask again: links that are subscribed to, who does, and every period with its invoice. */
export class CreateSubscriptions1763600000320 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table payment_links
        drop constraint payment_links_kind_check,
        add column recurrence jsonb,
        add constraint payment_links_kind_check check (kind in ('standard', 'product', 'donation', 'subscription')) not valid,
        add constraint payment_links_recurrence_check check ((recurrence is not null) = (kind = 'subscription')) not valid;
      alter table deadlines
        drop constraint deadlines_kind_check,
        add constraint deadlines_kind_check check (kind in ('invoice', 'link', 'intent', 'subscription'));
    `);
    for (const sql of [SUBSCRIPTIONS, PERIODS, KEYS_AND_REMINDERS, INVOICES]) await runner.query(sql);
  }

  /** What only the newer form can say is lost. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table invoices drop constraint invoices_subscription_fkey, drop constraint invoices_period_check, drop column period_index, drop column subscription_id;
      drop table subscription_reminders, subscription_tokens, subscription_periods, subscriptions;
      delete from deadlines where kind = 'subscription';
      alter table deadlines drop constraint deadlines_kind_check, add constraint deadlines_kind_check check (kind in ('invoice', 'link', 'intent'));
      delete from payment_link_tax_rates t using payment_links l where l.merchant_id = t.merchant_id and l.id = t.link_id and l.kind = 'subscription';
      delete from payment_link_choices c using payment_links l where l.merchant_id = c.merchant_id and l.id = c.link_id and l.kind = 'subscription';
      delete from payment_links where kind = 'subscription';
      alter table payment_links
        drop constraint payment_links_recurrence_check, drop constraint payment_links_kind_check, drop column recurrence,
        add constraint payment_links_kind_check check (kind in ('standard', 'product', 'donation'));
    `);
  }
}
