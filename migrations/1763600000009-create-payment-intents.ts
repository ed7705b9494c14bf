import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePaymentIntents1763600000009 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table payment_intents (
        merchant_id uuid not null,
        id uuid not null,
        invoice_id uuid not null,
        status text not null check (status in ('open', 'submitted', 'succeeded', 'failed', 'expired')),
        sender text,
        transaction_hash text,
        created_at timestamptz(3) not null,
        expires_at timestamptz(3) not null,
        primary key (merchant_id, id),
        foreign key (merchant_id, invoice_id) references invoices (merchant_id, id)
      );
      create index payment_intents_due on payment_intents (expires_at) where status in ('open', 'submitted');
      create index payment_intents_invoice on payment_intents (merchant_id, invoice_id) where status in ('open', 'submitted');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table payment_intents');
  }
}
