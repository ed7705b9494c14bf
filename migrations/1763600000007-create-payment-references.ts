import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePaymentReferences1763600000007 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Directory: how money finds its invoice. A value is never reused, also not after expiry.
      create table payment_references (
        network text not null,
        account text not null,
        kind text not null check (kind in ('id', 'text')),
        value text not null,
        merchant_id uuid not null,
        invoice_id uuid not null,
        constraint payment_references_pkey primary key (network, account, kind, value),
        foreign key (merchant_id, invoice_id) references invoices (merchant_id, id)
      );
      create index payment_references_invoice on payment_references (merchant_id, invoice_id);
      create table invoice_counters (
        merchant_id uuid primary key references merchants (id),
        last_number integer not null
      ) with (fillfactor = 50);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table invoice_counters, payment_references');
  }
}
