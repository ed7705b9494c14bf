import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateSandbox1763600000006 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The embedded network's own memory: what a real network keeps outside of us.
      create table sandbox_ledgers (
        sequence integer primary key,
        closed jsonb not null
      );
      create table sandbox_entries (
        key text primary key,
        value jsonb not null
      );
      -- Which process closes ledgers; the others pass requests on to it.
      create table sandbox_host (
        only_row boolean primary key default true check (only_row),
        owner uuid not null,
        url text not null,
        lease_until timestamptz(3) not null
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table sandbox_host, sandbox_entries, sandbox_ledgers');
  }
}
