import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A life is a stretch of history in which numbers only grow. A restored copy of the data is another life than the one
 * it was copied from, and what tells the two apart is the server: a row says on which one its life goes on.
 */
export class CreateLives1763600000210 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Directory. One row a life; the newest is the present one.
      create table lives (
        -- Random, so that the same dump restored twice is two lives.
        id uuid primary key,
        ordinal bigint not null constraint lives_ordinal_unique unique,
        began_at timestamptz(3) not null,
        cause text not null check (cause in ('first_start', 'server', 'traces', 'operator')),
        -- By how much numbers given out in this life are ahead of a count from one; grows with each life.
        head_start bigint not null check (head_start >= 0),
        -- The server it goes on on. Null is what a managed server does not tell.
        system_identifier text,
        timeline bigint,
        database_oid oid not null,
        table_oid oid not null,
        -- Start of the server process on which all of these were last compared and held.
        verified_on timestamptz not null,
        recovered_at timestamptz(3)
      );

      -- What tells this server, its history and this copy of the data from all others. Whatever is refused is null.
      create function server_fingerprint(out system_identifier text, out timeline bigint, out database_oid oid, out table_oid oid) language plpgsql stable as $$
      begin
        begin
          select c.system_identifier::text into system_identifier from pg_catalog.pg_control_system() c;
        exception when others then
          system_identifier := null;
        end;
        begin
          -- Not from the last checkpoint, which may be older than a promotion.
          timeline := ('x' || substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 1, 8))::bit(32)::bigint;
        exception when others then
          timeline := null;
        end;
        database_oid := (select d.oid from pg_catalog.pg_database d where d.datname = current_database());
        table_oid := 'lives'::regclass::oid;
      end
      $$;

      -- The present life for a statement that gives out a number; null until its server was compared (see src/lives).
      -- The start of the server process stands for what is dear to ask and cannot change while it runs.
      create function current_life() returns bigint language sql stable as $$
        select newest.ordinal
        from (select ordinal, verified_on, database_oid, table_oid, tableoid from lives order by ordinal desc limit 1) as newest
        where newest.verified_on = pg_postmaster_start_time() and newest.table_oid = newest.tableoid
          and newest.database_oid = (select d.oid from pg_database d where d.datname = current_database())
      $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function current_life(); drop function server_fingerprint(); drop table lives');
  }
}
