import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateWebhookEndpoints1763600000111 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table webhook_endpoints (
        merchant_id uuid not null references merchants (id),
        id uuid not null,
        network text not null,
        url text not null check (char_length(url) between 1 and 2048),
        description text check (char_length(description) <= 200),
        -- Null: every type, also those that do not exist yet.
        event_types text[] check (cardinality(event_types) between 1 and 100),
        status text not null default 'enabled' check (status in ('enabled', 'disabled')),
        disabled_reason text check (disabled_reason in ('owner', 'gone', 'failing')),
        disabled_at timestamptz(3),
        -- Encrypted; the row's id is bound to the ciphertext.
        secret bytea not null,
        previous_secret bytea,
        previous_secret_until timestamptz(3),
        failing_since timestamptz(3),
        consecutive_failures integer not null default 0,
        paused_until timestamptz(3),
        -- Changes that began before the endpoint existed are not told to it.
        since_transaction_id xid8 not null default pg_current_xact_id(),
        created_at timestamptz(3) not null,
        updated_at timestamptz(3) not null,
        primary key (merchant_id, id),
        check ((status = 'disabled') = (disabled_reason is not null and disabled_at is not null)),
        check ((previous_secret is null) = (previous_secret_until is null))
      );
      create index webhook_endpoints_in_order on webhook_endpoints (merchant_id, created_at, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table webhook_endpoints');
  }
}
