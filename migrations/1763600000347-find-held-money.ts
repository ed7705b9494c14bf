import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Money that was held when it arrived, by when that was. Built while payments are being recorded. */
export class FindHeldMoney1763600000347 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    // What a build that was cut off leaves behind is no index.
    await runner.query('drop index concurrently if exists payments_held_first');
    await runner.query(
      `create index concurrently payments_held_first on payments (merchant_id, recorded_at, id) where disposition = 'suspense' or applied_at > recorded_at`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index payments_held_first');
  }
}
