import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ScopeIdempotencyKeys1763600000260 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Answers kept by the release before name none; they are gone after a day.
    await runner.query(`alter table idempotency_keys add column scopes text[] not null default '{}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table idempotency_keys drop column scopes');
  }
}
