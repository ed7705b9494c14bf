import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a shop tells of its products besides name and price. */
export class DescribeProducts1763600000318 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table products
        -- Addresses of pictures, in the order in which they are shown.
        add column images text[] not null default '{}' check (cardinality(images) <= 10 and array_position(images, null) is null),
        add column type text check (char_length(type) between 1 and 100),
        add column product_type text check (char_length(product_type) between 1 and 100),
        add column unit text check (char_length(unit) between 1 and 50),
        add column weight numeric(17, 7) check (weight >= 0),
        add column quantity numeric(17, 7) check (quantity >= 0),
        add column stock_count numeric(17, 7) check (stock_count >= 0);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table products drop column stock_count, drop column quantity, drop column weight, drop column unit, drop column product_type, drop column type,
        drop column images;
    `);
  }
}
