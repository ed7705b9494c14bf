import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When money began to count towards its invoice, which may be long after its ledger closed: books are kept by this. */
export class BookPayments1763600000334 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table payments add column applied_at timestamptz(3);
      update payments set applied_at = closed_at where disposition = 'applied';
      -- What the release before this one applies meanwhile has no time of its own: it counts from when it was recorded.
      create index payments_booked on payments (merchant_id, (coalesce(applied_at, recorded_at)), id) where disposition = 'applied';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index payments_booked; alter table payments drop column applied_at');
  }
}
