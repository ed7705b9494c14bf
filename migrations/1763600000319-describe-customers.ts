import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A customer may be known by telephone alone, is of a type, and has a status that the merchant gives it. */
export class DescribeCustomers1763600000319 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table customers
        -- Both or neither: where they are unknown, the name alone tells who it is.
        add column first_name text check (char_length(first_name) between 1 and 100),
        add column last_name text check (char_length(last_name) between 1 and 100),
        add column phone_number text check (char_length(phone_number) between 1 and 20),
        add column type text not null default 'Individual' check (type in ('Individual', 'Startup', 'Small Business', 'Medium Business', 'Enterprise', 'Non-Profit', 'Government')),
        add column status text not null default 'active' check (status in ('active', 'blacklisted', 'deactivated', 'deleted')),
        add constraint customers_names_check check (num_nonnulls(first_name, last_name) in (0, 2)),
        drop constraint customers_erased_check,
        add constraint customers_erased_check check (case when erased_at is null then num_nonnulls(email, phone_number) > 0
          else num_nonnulls(email, company, address, first_name, last_name, phone_number) = 0 end);
    `);
  }

  /** The release before knows nobody without an address. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table customers drop constraint customers_erased_check;
      delete from customers where email is null and erased_at is null;
      alter table customers
        drop constraint customers_names_check, drop column status, drop column type, drop column phone_number, drop column last_name, drop column first_name,
        add constraint customers_erased_check check (case when erased_at is null then email is not null else num_nonnulls(email, company, address) = 0 end);
    `);
  }
}
