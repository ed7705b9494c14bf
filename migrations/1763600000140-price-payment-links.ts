import type { MigrationInterface, QueryRunner } from 'typeorm';

export class PricePaymentLinks1763600000140 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Terms of its own are what the link was made with; where they are null its one invoice tells them. A link
      -- priced in fiat has no invoice until a payer chooses an asset.
      alter table payment_links
        alter column invoice_id drop not null,
        add column direction text not null default 'invoice' constraint payment_links_direction_check check (direction in ('invoice', 'payout')),
        add column title text constraint payment_links_title_check check (char_length(title) between 1 and 300),
        add column description text constraint payment_links_description_check check (char_length(description) <= 2000),
        add column amount bigint constraint payment_links_amount_check check (amount > 0),
        add column scale smallint constraint payment_links_scale_check check (scale between 0 and 7),
        add column currency text,
        add column account_currency text,
        add column pay_currencies text[],
        add column payment_methods text[],
        add column reference text constraint payment_links_reference_check check (char_length(reference) between 1 and 255),
        add column success_redirect_url text,
        add column unsuccess_redirect_url text,
        add column metadata jsonb,
        add column expires_at timestamptz(3),
        add column created_by text,
        add constraint payment_links_terms_check check (invoice_id is not null or num_nulls(amount, scale, currency, expires_at, created_by) = 0),
        add constraint payment_links_reference_unique unique (merchant_id, network, reference);
      create index payment_links_due on payment_links (network, expires_at) where invoice_id is null and status = 'active';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index payment_links_due;
      delete from payment_links where invoice_id is null;
      alter table payment_links
        drop constraint payment_links_reference_unique, drop constraint payment_links_terms_check,
        drop column created_by, drop column expires_at, drop column metadata, drop column unsuccess_redirect_url, drop column success_redirect_url,
        drop column reference, drop column payment_methods, drop column pay_currencies, drop column account_currency, drop column currency,
        drop column scale, drop column amount, drop column description, drop column title, drop column direction, alter column invoice_id set not null;
    `);
  }
}
