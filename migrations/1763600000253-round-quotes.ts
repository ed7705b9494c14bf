import type { MigrationInterface, QueryRunner } from 'typeorm';

export class RoundQuotes1763600000253 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What is paid is worth the price, and at most a hundredth of the currency's unit more: amounts are rounded up to the
      -- decimals that matter, for those who read and type them.
      alter table quotes
        drop constraint quotes_round_for_the_merchant,
        add constraint quotes_round_for_the_merchant check (pay_amount * rate >= amount and (pay_amount - 1) * rate < amount + 100000);
    `);
  }

  /** Quotes that were rounded up stay: they are promises. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table quotes
        drop constraint quotes_round_for_the_merchant,
        add constraint quotes_round_for_the_merchant check (pay_amount * rate >= amount and (pay_amount - 1) * rate < amount) not valid;
    `);
  }
}
