import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What tells money that is older than its invoice, and what keeps references from being given out twice. */
export class RememberTheLedgerAtBirth1763600000211 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The newest ledger that had closed when the invoice was made: money from there or before cannot be meant for it.
      -- Null on rows of earlier releases, which knew the last ledger they had read themselves (opened_ledger).
      alter table invoices add column provider_ledger integer, alter column opened_ledger drop not null;
      -- The head start of the life in which the last number was given out is contained in it.
      alter table invoice_counters alter column last_number type bigint, add column head_start bigint not null default 0;
      -- The life, and the start of the server process, in which everything that had closed was last read.
      alter table ledger_cursors add column caught_up_life uuid, add column caught_up_on timestamptz;
      -- In a life that nobody had named.
      update ledger_cursors set caught_up_life = '00000000-0000-0000-0000-000000000000' where ingested_through is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table ledger_cursors drop column caught_up_on, drop column caught_up_life;
      alter table invoice_counters drop column head_start, alter column last_number type integer;
      update invoices set opened_ledger = coalesce(provider_ledger, 0) where opened_ledger is null;
      alter table invoices alter column opened_ledger set not null, drop column provider_ledger;
    `);
  }
}
