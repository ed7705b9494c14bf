import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Money that counted towards an invoice for a while: the books of that time do not change when it is taken off. */
export class RememberReleasedMoney1763600000346 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table payment_releases (
        merchant_id uuid not null,
        id uuid not null,
        payment_id uuid not null,
        network text not null,
        invoice_id uuid not null,
        applied_at timestamptz(3) not null,
        -- It had been held before it counted.
        held_before boolean not null,
        released_at timestamptz(3) not null,
        primary key (merchant_id, id),
        foreign key (merchant_id, invoice_id) references invoices (merchant_id, id)
      );
      create index payment_releases_applied on payment_releases (merchant_id, applied_at, payment_id, id);
      create index payment_releases_released on payment_releases (merchant_id, released_at, payment_id, id);
      create index payment_releases_payment on payment_releases (merchant_id, payment_id);
      create index payment_releases_invoice on payment_releases (merchant_id, invoice_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table payment_releases');
  }
}
