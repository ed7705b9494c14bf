import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateProducts1763600000131 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table tax_rates (
        merchant_id uuid not null references merchants (id),
        id uuid not null,
        name text not null check (char_length(name) between 1 and 100),
        description text check (char_length(description) <= 255),
        -- Ten-thousandths of a percent: 19 % is 190000.
        percentage integer not null check (percentage between 0 and 1000000),
        inclusive boolean not null,
        status text not null check (status in ('active', 'archived')),
        version integer not null default 1,
        created_at timestamptz(3) not null,
        updated_at timestamptz(3) not null,
        primary key (merchant_id, id)
      );
      create index tax_rates_in_order on tax_rates (merchant_id, created_at, id);
      create table products (
        merchant_id uuid not null references merchants (id),
        id uuid not null,
        name text not null check (char_length(name) between 1 and 200),
        description text check (char_length(description) <= 2000),
        sku text check (char_length(sku) between 1 and 100),
        -- Stroops of the currency, whether it is an asset or not.
        price bigint not null check (price > 0),
        currency text not null,
        tax_rate_id uuid,
        status text not null check (status in ('active', 'archived')),
        metadata jsonb not null default '{}',
        version integer not null default 1,
        created_at timestamptz(3) not null,
        updated_at timestamptz(3) not null,
        primary key (merchant_id, id),
        constraint products_sku_unique unique (merchant_id, sku),
        constraint products_tax_rate_fkey foreign key (merchant_id, tax_rate_id) references tax_rates (merchant_id, id)
      );
      create index products_in_order on products (merchant_id, created_at, id);
      create index products_by_tax_rate on products (merchant_id, tax_rate_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table products, tax_rates');
  }
}
