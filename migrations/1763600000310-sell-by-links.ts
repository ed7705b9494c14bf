import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a shop says of a link, what its payers answer, and the name of the shop in addresses. */
export class SellByLinks1763600000310 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table merchant_handles (
        handle text primary key check (handle ~ '^[a-z0-9][a-z0-9-]{0,59}$'),
        merchant_id uuid not null references merchants (id),
        created_at timestamptz(3) not null,
        constraint merchant_handles_once unique (merchant_id)
      );

      alter table payment_links
        add column slug text check (slug ~ '^[A-Za-z0-9/._-]{1,100}$'),
        add column cover_image text check (char_length(cover_image) <= 2000),
        -- Of text, because the order of the questions counts.
        add column custom_fields json,
        add column collects_address boolean not null default false,
        add column adjusts_quantity boolean not null default false,
        add column sells_everything boolean not null default false,
        add column shows_codes boolean not null default true,
        -- Null: products are taxed as they say. Otherwise the link alone says whether and how everything is taxed.
        add column collects_tax boolean,
        add column paid_for text check (char_length(paid_for) between 1 and 255),
        add column customer_id uuid,
        add constraint payment_links_slug_unique unique (merchant_id, slug),
        add constraint payment_links_customer_fkey foreign key (merchant_id, customer_id) references customers (merchant_id, id),
        add constraint payment_links_goods_check check (not sells_everything or kind = 'product'),
        drop constraint payment_links_price_check,
        add constraint payment_links_price_check check (
          num_nonnulls(amount, minimum) = 1 or (kind = 'product' and minimum is null));
      create index payment_links_by_customer on payment_links (merchant_id, customer_id) where customer_id is not null;

      alter table payment_link_products
        add column quantity integer not null default 1 constraint payment_link_products_quantity_check check (quantity between 1 and 1000);

      -- What of the goods was taken: [{"product": id, "quantity": 2}, ...]; null where there was nothing to take.
      alter table payment_link_choices add column basket jsonb;

      -- What the payer was asked for beside the money. Never public.
      alter table invoices add column payer json;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table invoices drop column payer;
      alter table payment_link_choices drop column basket;
      alter table payment_link_products drop column quantity;
      alter table payment_links
        drop constraint payment_links_price_check,
        add constraint payment_links_price_check check (num_nonnulls(amount, minimum) = case when kind = 'product' then 0 else 1 end),
        drop column slug, drop column cover_image, drop column custom_fields, drop column collects_address, drop column adjusts_quantity,
        drop column sells_everything, drop column shows_codes, drop column collects_tax, drop column paid_for, drop column customer_id;
      drop table merchant_handles;
    `);
  }
}
