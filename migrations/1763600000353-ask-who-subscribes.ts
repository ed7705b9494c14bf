import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a subscriber says of himself stands on the subscription, because nobody has proved it: an address that is typed names no customer.
 * `bills_customer`: the merchant has named the customer, whom the invoices are made out to. `reminds_customer`: and who is reminded.
 */
export class AskWhoSubscribes1763600000353 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table subscriptions
        add column email text check (char_length(email) <= 320),
        add column payer_name text,
        -- Of text, as invoices keep it.
        add column payer_address json,
        add column bills_customer boolean not null default false,
        add column reminds_customer boolean not null default false;
      update subscriptions s set bills_customer = true, reminds_customer = s.created_by <> 'payer'
        from payment_links l where l.merchant_id = s.merchant_id and l.id = s.link_id and s.customer_id is not null and (s.created_by <> 'payer' or s.customer_id = l.customer_id);
      update subscriptions s set email = c.email from customers c
        where not s.bills_customer and c.merchant_id = s.merchant_id and c.id = s.customer_id;
      alter table subscriptions add constraint subscriptions_reminded_check check (email is null or not reminds_customer);
      create index subscriptions_by_email on subscriptions (merchant_id, lower(email)) where email is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index subscriptions_by_email;
      alter table subscriptions drop constraint subscriptions_reminded_check, drop column reminds_customer, drop column bills_customer,
        drop column payer_address, drop column payer_name, drop column email;
    `);
  }
}
