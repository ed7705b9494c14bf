import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ReusePaymentLinks1763600000170 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- A slot is an invoice that may still be paid or has been; a limit is a limit because this check says so. What is
      -- paid after its slot went to somebody else is counted beside it.
      alter table payment_links
        drop constraint payment_links_kind_check,
        drop constraint payment_links_terms_check,
        add column minimum bigint,
        add column maximum bigint,
        add column presets bigint[],
        add column max_payments integer,
        add column max_quantity integer,
        add column slots_used integer not null default 0,
        add column payments_made integer not null default 0,
        add column payments_over_limit integer not null default 0,
        add column version integer not null default 1,
        add constraint payment_links_kind_check check (kind in ('standard', 'product', 'donation')),
        add constraint payment_links_terms_check check (invoice_id is not null or num_nulls(scale, currency, expires_at, created_by) = 0),
        add constraint payment_links_price_check check (currency is null or num_nonnulls(amount, minimum) = case when kind = 'product' then 0 else 1 end),
        add constraint payment_links_open_amount_check check (num_nulls(minimum, maximum, presets) = 3 or (num_nulls(minimum, maximum, presets) = 0 and minimum > 0 and minimum <= maximum)),
        add constraint payment_links_quantity_check check (max_quantity is null or (max_quantity between 2 and 1000 and kind <> 'standard' and minimum is null)),
        add constraint payment_links_limit_check check (payments_made between 0 and slots_used and payments_over_limit >= 0 and (max_payments is null or (kind <> 'standard' and max_payments >= 1 and slots_used <= max_payments)));
      drop index payment_links_due;
      create index payment_links_due on payment_links (network, expires_at) where invoice_id is null and status in ('active', 'inactive');

      create table payment_link_products (
        merchant_id uuid not null,
        link_id uuid not null,
        position integer not null,
        product_id uuid not null,
        primary key (merchant_id, link_id, position),
        constraint payment_link_products_once unique (merchant_id, link_id, product_id),
        foreign key (merchant_id, link_id) references payment_links (merchant_id, id),
        foreign key (merchant_id, product_id) references products (merchant_id, id)
      );
      create index payment_link_products_by_product on payment_link_products (merchant_id, product_id);
      create table payment_link_tax_rates (
        merchant_id uuid not null,
        link_id uuid not null,
        tax_rate_id uuid not null,
        primary key (merchant_id, link_id),
        foreign key (merchant_id, link_id) references payment_links (merchant_id, id),
        foreign key (merchant_id, tax_rate_id) references tax_rates (merchant_id, id)
      );
      create index payment_link_tax_rates_by_rate on payment_link_tax_rates (merchant_id, tax_rate_id);

      -- What was chosen, in the link's currency, and for a reusable link what became of its slot. The payer's network
      -- address is kept only while it is needed: to stop one payer from holding every slot.
      alter table payment_link_choices
        alter column quote_id drop not null,
        add column amount bigint constraint payment_link_choices_amount_check check (amount > 0),
        add column quantity integer not null default 1 constraint payment_link_choices_quantity_check check (quantity > 0),
        add column slot text constraint payment_link_choices_slot_check check (slot in ('held', 'paid', 'returned', 'over')),
        add column payer_address text,
        add constraint payment_link_choices_payer_check check (payer_address is null or (slot is not null and slot = 'held'));
      update payment_link_choices c set amount = q.amount from quotes q where q.merchant_id = c.merchant_id and q.id = c.quote_id;
      alter table payment_link_choices alter column amount set not null;
      create index payment_link_choices_by_link on payment_link_choices (merchant_id, link_id, created_at, invoice_id);
      create index payment_link_choices_held on payment_link_choices (merchant_id, link_id, payer_address) where slot = 'held';
    `);
  }

  /** What only the newer form can say is lost. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index payment_link_choices_held;
      drop index payment_link_choices_by_link;
      delete from payment_link_choices c using payment_links l
        where l.merchant_id = c.merchant_id and l.id = c.link_id and (l.kind <> 'standard' or l.minimum is not null);
      alter table payment_link_choices
        drop constraint payment_link_choices_payer_check, drop column payer_address, drop column slot, drop column quantity, drop column amount,
        alter column quote_id set not null;
      drop table payment_link_tax_rates;
      drop table payment_link_products;
      delete from payment_links where kind <> 'standard' or minimum is not null;
      drop index payment_links_due;
      alter table payment_links
        drop constraint payment_links_limit_check, drop constraint payment_links_quantity_check, drop constraint payment_links_open_amount_check,
        drop constraint payment_links_price_check, drop constraint payment_links_terms_check, drop constraint payment_links_kind_check,
        drop column version, drop column payments_over_limit, drop column payments_made, drop column slots_used,
        drop column max_quantity, drop column max_payments, drop column presets, drop column maximum, drop column minimum,
        add constraint payment_links_kind_check check (kind in ('standard')),
        add constraint payment_links_terms_check check (invoice_id is not null or num_nulls(amount, scale, currency, expires_at, created_by) = 0);
      create index payment_links_due on payment_links (network, expires_at) where invoice_id is null and status = 'active';
    `);
  }
}
