import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * When money began to count towards its invoice, which may be long after its ledger closed: books are kept by this. What has no time of
 * its own, because an older release applied it, counts from when it was recorded: the table is not rewritten.
 */
export class BookPayments1763600000334 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table payments add column applied_at timestamptz(3);
      -- Few: what a human attached.
      update payments p set applied_at = s.created_at from payment_resolutions s
      where s.merchant_id = p.merchant_id and s.payment_id = p.id and s.action = 'attach' and s.undone_at is null and p.disposition = 'applied';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table payments drop column applied_at');
  }
}
