import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePayments1763600000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Credits seen on the ledger. Keyed by the ledger's own identity of money, not by merchant: whatever else
      -- goes wrong, one operation can be recorded once only.
      create table payments (
        network text not null,
        operation_id bigint not null,
        change_index integer not null,
        id uuid not null,
        merchant_id uuid,
        invoice_id uuid,
        disposition text not null check (disposition in ('applied', 'suspense')),
        outcome text not null,
        kind text not null,
        account text not null,
        muxed_id numeric(20) check (muxed_id >= 0),
        from_address text not null,
        asset_code text not null,
        asset_issuer text,
        amount bigint not null check (amount > 0),
        memo_type text not null,
        memo bytea not null,
        transaction_hash text not null,
        ledger integer not null,
        closed_at timestamptz(3) not null,
        recorded_at timestamptz(3) not null,
        primary key (network, operation_id, change_index),
        foreign key (merchant_id, invoice_id) references invoices (merchant_id, id),
        constraint payments_applied_has_invoice check (disposition <> 'applied' or invoice_id is not null)
      );
      create index payments_invoice on payments (merchant_id, invoice_id, operation_id);
      create index payments_newest on payments (merchant_id, recorded_at desc, id desc);
      -- Items of the ledger's answers that could not be understood: kept whole, the cursor went on.
      create table quarantined_items (
        network text not null,
        operation_id bigint not null,
        reason text not null,
        raw text not null,
        recorded_at timestamptz(3) not null,
        primary key (network, operation_id)
      );
      create table ledger_cursors (
        network text primary key,
        -- TOID after which the next page begins; null until the first poll has chosen a start.
        cursor bigint,
        -- Every ledger up to this one, and every close time up to that, has been ingested.
        ledger integer not null default 0,
        ingested_through timestamptz(3),
        provider_ledger integer not null default 0,
        polled_at timestamptz(3),
        lease_owner uuid,
        lease_until timestamptz(3)
      ) with (fillfactor = 20);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table ledger_cursors, quarantined_items, payments');
  }
}
