import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateCredentials1763600000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Directories keyed by what the caller presents; only digests of secrets are kept.
      create table credentials (
        id uuid primary key,
        merchant_id uuid not null references merchants (id),
        kind text not null check (kind in ('api_key', 'client_key')),
        -- The part that may be shown: the start of an API key, the whole client key.
        public_part text not null,
        secret_digest bytea not null check (octet_length(secret_digest) = 32),
        label text not null check (char_length(label) between 1 and 100),
        network text not null,
        scopes text[] not null,
        created_at timestamptz(3) not null,
        expires_at timestamptz(3),
        revoked_at timestamptz(3),
        last_used_at timestamptz(3)
      );
      create unique index credentials_secret on credentials (secret_digest);
      create unique index credentials_client_key on credentials (public_part) where kind = 'client_key';
      create index credentials_merchant on credentials (merchant_id, created_at);
      create table auth_challenges (
        -- SHA-256 of the nonce (message sign-in) or the hash of the challenge transaction (SEP-10).
        digest bytea primary key check (octet_length(digest) = 32),
        kind text not null check (kind in ('message', 'sep10')),
        wallet text not null,
        message text not null,
        expires_at timestamptz(3) not null,
        used_at timestamptz(3)
      );
      create index auth_challenges_expiry on auth_challenges (expires_at);
      create table sessions (
        digest bytea primary key check (octet_length(digest) = 32),
        merchant_id uuid not null,
        member_id uuid not null,
        wallet text not null,
        created_at timestamptz(3) not null,
        expires_at timestamptz(3) not null,
        revoked_at timestamptz(3),
        foreign key (merchant_id, member_id) references members (merchant_id, id)
      );
      create index sessions_expiry on sessions (expires_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table sessions, auth_challenges, credentials');
  }
}
