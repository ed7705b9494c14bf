import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePaymentResolutions1763600000141 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What a human decided about money held in suspense. The key decides that it happens once.
      create table payment_resolutions (
        merchant_id uuid not null references merchants (id),
        id uuid not null,
        payment_id uuid not null,
        network text not null,
        action text not null check (action in ('attach', 'refund', 'dismiss')),
        -- What the rules had said when the money was held.
        held_as text not null,
        invoice_id uuid,
        reason text check (char_length(reason) between 1 and 500),
        refund_transaction_hash text check (refund_transaction_hash ~ '^[0-9a-f]{64}$'),
        created_by text not null,
        created_at timestamptz(3) not null,
        primary key (merchant_id, id),
        constraint payment_resolutions_once unique (merchant_id, payment_id),
        foreign key (merchant_id, invoice_id) references invoices (merchant_id, id),
        check ((action = 'attach') = (invoice_id is not null)),
        check (action <> 'dismiss' or reason is not null),
        check (action = 'refund' or refund_transaction_hash is null)
      );
      create index payment_resolutions_in_order on payment_resolutions (merchant_id, created_at, id);
      create index payments_by_id on payments (merchant_id, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index payments_by_id; drop table payment_resolutions');
  }
}
