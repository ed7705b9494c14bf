import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateMerchants1763600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table merchants (
        id uuid primary key,
        name text not null check (char_length(name) between 1 and 200),
        default_network text not null,
        tolerance_bp integer not null default 0 check (tolerance_bp between 0 and 10000),
        late_grace_seconds integer not null default 86400 check (late_grace_seconds between 0 and 31536000),
        created_at timestamptz(3) not null,
        updated_at timestamptz(3) not null
      );
      create table members (
        merchant_id uuid not null references merchants (id),
        id uuid not null,
        wallet text not null check (wallet ~ '^G[A-Z2-7]{55}$'),
        role text not null check (role in ('owner', 'admin', 'approver', 'viewer')),
        created_at timestamptz(3) not null,
        primary key (merchant_id, id),
        constraint members_wallet_unique unique (merchant_id, wallet)
      );
      -- Directory: which merchant a wallet opens when it signs in. One row a wallet, whoever signs in first.
      create table wallets (
        address text primary key check (address ~ '^G[A-Z2-7]{55}$'),
        merchant_id uuid not null,
        member_id uuid not null,
        foreign key (merchant_id, member_id) references members (merchant_id, id)
      );
      create table receiving_accounts (
        merchant_id uuid not null references merchants (id),
        id uuid not null,
        network text not null,
        address text not null check (address ~ '^G[A-Z2-7]{55}$'),
        is_default boolean not null,
        created_at timestamptz(3) not null,
        primary key (merchant_id, id),
        constraint receiving_accounts_address_unique unique (merchant_id, network, address)
      );
      create index receiving_accounts_watch on receiving_accounts (network, address);
      create table customers (
        merchant_id uuid not null references merchants (id),
        id uuid not null,
        name text not null check (char_length(name) between 1 and 200),
        email text not null check (char_length(email) <= 320),
        company text check (char_length(company) <= 200),
        address text check (char_length(address) <= 500),
        is_favorite boolean not null default false,
        created_at timestamptz(3) not null,
        updated_at timestamptz(3) not null,
        primary key (merchant_id, id)
      );
      create unique index customers_email_unique on customers (merchant_id, lower(email));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table customers, receiving_accounts, wallets, members, merchants');
  }
}
