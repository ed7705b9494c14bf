import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateEvents1763600000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- No foreign keys: checking one a row would cost as much as the row, and nothing an event tells of is ever deleted.
      create table events (
        merchant_id uuid not null,
        id uuid not null,
        type text not null,
        network text not null,
        subject_type text not null,
        subject_id uuid not null,
        data jsonb not null,
        created_at timestamptz(3) not null,
        -- Readers page by (transaction, id) below the oldest running transaction, so that no late commit is skipped.
        transaction_id xid8 not null default pg_current_xact_id(),
        primary key (merchant_id, id)
      );
      create index events_in_order on events (merchant_id, transaction_id, id);
      create index events_subject on events (merchant_id, subject_id, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table events');
  }
}
