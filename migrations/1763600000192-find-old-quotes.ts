import type { MigrationInterface, QueryRunner } from 'typeorm';

export class FindOldQuotes1763600000192 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- For housekeeping: what has ended long ago, and whether an invoice rests on it.
      create index quotes_by_end on quotes (expires_at);
      create index payment_link_choices_by_quote on payment_link_choices (merchant_id, quote_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index payment_link_choices_by_quote; drop index quotes_by_end');
  }
}
