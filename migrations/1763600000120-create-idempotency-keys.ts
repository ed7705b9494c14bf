import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateIdempotencyKeys1763600000120 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What a request with this key was answered. Without a status it is being answered, under a lease that ends by
      -- the database clock. Callers without credentials belong to the merchant of zeros, so no foreign key.
      create table idempotency_keys (
        merchant_id uuid not null,
        scope text not null,
        key text not null,
        fingerprint bytea not null,
        status smallint,
        headers jsonb,
        body bytea,
        lock_token uuid,
        locked_until timestamptz,
        created_at timestamptz(3) not null,
        expires_at timestamptz(3) not null,
        primary key (merchant_id, scope, key),
        constraint idempotency_keys_finished_or_leased check (num_nonnulls(status, lock_token) = 1 and num_nonnulls(lock_token, locked_until) <> 1)
      );
      create index idempotency_keys_finished on idempotency_keys (expires_at) where status is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table idempotency_keys');
  }
}
