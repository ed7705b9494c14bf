import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateInvoices1763600000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table invoices (
        merchant_id uuid not null references merchants (id),
        id uuid not null,
        public_id text not null,
        number text not null,
        status text not null check (status in ('DRAFT', 'PENDING', 'PROCESSING', 'PAID', 'EXPIRED', 'FAILED', 'CANCELLED')),
        network text not null,
        destination text not null,
        asset_code text not null,
        asset_issuer text,
        title text not null,
        description text,
        notes text,
        reference text,
        client_name text,
        client_email text,
        client_company text,
        client_address text,
        lines jsonb not null default '[]',
        subtotal bigint not null check (subtotal >= 0),
        -- Millionths of one: 20 % is 200000, so four decimals of a percent are kept.
        tax_rate integer not null default 0 check (tax_rate between 0 and 1000000),
        tax_amount bigint not null default 0 check (tax_amount >= 0),
        discount bigint not null default 0 check (discount >= 0),
        total bigint not null check (total > 0),
        scale smallint not null check (scale between 0 and 7),
        received bigint not null default 0 check (received >= 0),
        tolerance_bp integer not null default 0,
        late_grace_seconds integer not null default 86400,
        activate_new_accounts boolean not null default false,
        reference_number bigint not null check (reference_number > 0),
        memo text not null check (octet_length(memo) between 1 and 28),
        -- Last ledger ingested when the invoice was made: money from before it cannot be meant for it.
        opened_ledger integer not null,
        created_by text not null,
        created_at timestamptz(3) not null,
        updated_at timestamptz(3) not null,
        sent_at timestamptz(3),
        expires_at timestamptz(3),
        closed_at timestamptz(3),
        deleted_at timestamptz(3),
        paid_at timestamptz(3),
        paid_transaction text,
        paid_ledger integer,
        payer_wallet text,
        version integer not null default 1,
        primary key (merchant_id, id),
        constraint invoices_number_unique unique (merchant_id, number),
        constraint invoices_paid_is_proven check (status <> 'PAID' or (paid_at is not null and paid_transaction is not null and received > 0))
      ) with (fillfactor = 85);
      -- Not unique: 160 random bits are, and a unique key would have to begin with merchant_id, which no payer knows.
      create index invoices_public_id on invoices (public_id);
      create index invoices_newest on invoices (merchant_id, created_at desc, id desc);
      create index invoices_due on invoices (network, expires_at) where status in ('PENDING', 'PROCESSING');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table invoices');
  }
}
