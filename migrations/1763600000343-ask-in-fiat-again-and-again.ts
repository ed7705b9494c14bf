import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A period that is priced in fiat is paid by a single-use link of its own, and has an invoice when one of its choices is paid. */
export class AskInFiatAgainAndAgain1763600000343 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Null: a price in fiat, which is paid in what the payer chooses each time.
      alter table subscriptions alter column pay_currency drop not null;
      alter table payment_links
        add column subscription_id uuid,
        add column period_index integer,
        add constraint payment_links_subscription_fkey foreign key (merchant_id, subscription_id) references subscriptions (merchant_id, id),
        add constraint payment_links_period_check check (num_nulls(subscription_id, period_index) = 2 or (num_nulls(subscription_id, period_index) = 0 and kind = 'standard'));
      create unique index payment_links_period_unique on payment_links (merchant_id, subscription_id, period_index) where subscription_id is not null;
      alter table subscription_periods
        add column link_id uuid,
        add constraint subscription_periods_link_unique unique (merchant_id, link_id),
        add constraint subscription_periods_link_fkey foreign key (merchant_id, link_id) references payment_links (merchant_id, id),
        drop constraint subscription_periods_invoice_check,
        add constraint subscription_periods_invoice_check check (state = 'skipped' or invoice_id is not null or (link_id is not null and state <> 'paid'));
    `);
  }

  /** What only the newer form can say is lost. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      delete from subscription_reminders r using subscription_periods p
        where r.merchant_id = p.merchant_id and r.subscription_id = p.subscription_id and r.period_index = p.period_index and p.invoice_id is null and p.state <> 'skipped';
      delete from subscription_periods where invoice_id is null and state <> 'skipped';
      alter table subscription_periods
        drop constraint subscription_periods_invoice_check, drop constraint subscription_periods_link_fkey, drop constraint subscription_periods_link_unique, drop column link_id,
        add constraint subscription_periods_invoice_check check (state = 'skipped' or invoice_id is not null);
      drop index payment_links_period_unique;
      alter table payment_links
        drop constraint payment_links_period_check, drop constraint payment_links_subscription_fkey, drop column period_index, drop column subscription_id;
      update subscriptions set pay_currency = currency where pay_currency is null;
      alter table subscriptions alter column pay_currency set not null;
    `);
  }
}
