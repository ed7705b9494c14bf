import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePaymentLinks1763600000008 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table payment_links (
        merchant_id uuid not null,
        id uuid not null,
        public_id text not null,
        kind text not null check (kind in ('standard')),
        status text not null check (status in ('active', 'inactive', 'completed', 'expired', 'cancelled')),
        network text not null,
        invoice_id uuid not null,
        created_at timestamptz(3) not null,
        updated_at timestamptz(3) not null,
        primary key (merchant_id, id),
        constraint payment_links_public_id_unique unique (merchant_id, public_id),
        constraint payment_links_invoice_unique unique (merchant_id, invoice_id),
        foreign key (merchant_id, invoice_id) references invoices (merchant_id, id)
      ) with (fillfactor = 85);
      create index payment_links_newest on payment_links (merchant_id, created_at desc, id desc);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table payment_links');
  }
}
