import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Nothing that grows for ever may meet the end of its type: sums of money over time have none, and what is counted by requests or
 * payments has 64 bits. Rewrites the tables, invoices above all. A release before this one would read sums as text and add by
 * writing digits behind digits, so its processes must have stopped; where there is nothing to add up, nothing is refused.
 */
export class WidenSums1763600000231 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      do $$ begin
        if exists (select from invoices) and exists (select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and application_name in ('lumentill-all', 'lumentill-api', 'lumentill-worker')) then
          raise exception 'Stop the processes of the older release first: they cannot read what this one writes. Behind a pooler, its idle connections end with them or soon after.';
        end if;
      end $$;
      alter table invoices alter column received type numeric, alter column version type bigint;
      alter table watched_balances alter column unexplained type numeric;
      alter table payment_links alter column slots_used type bigint, alter column payments_made type bigint, alter column payments_over_limit type bigint, alter column version type bigint;
      alter table products alter column version type bigint;
      alter table tax_rates alter column version type bigint;
      alter table merchants alter column version type bigint;
      alter table receiving_accounts alter column version type bigint;
      alter table customers alter column version type bigint;
      alter table members alter column version type bigint;
      alter table webhook_endpoints alter column version type bigint;
    `);
  }

  /** Fails where a sum does not fit any more. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table webhook_endpoints alter column version type integer;
      alter table members alter column version type integer;
      alter table customers alter column version type integer;
      alter table receiving_accounts alter column version type integer;
      alter table merchants alter column version type integer;
      alter table tax_rates alter column version type integer;
      alter table products alter column version type integer;
      alter table payment_links alter column version type integer, alter column payments_over_limit type integer, alter column payments_made type integer, alter column slots_used type integer;
      alter table watched_balances alter column unexplained type bigint;
      alter table invoices alter column version type integer, alter column received type bigint;
    `);
  }
}
