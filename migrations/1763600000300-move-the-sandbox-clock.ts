import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far the clock of a sandbox was moved, and which processes have seen it. */
export class MoveTheSandboxClock1763600000300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- One row. Time only goes forward, so the offset only grows; each move has the next epoch.
      create table sandbox_clock (
        only_row boolean primary key default true check (only_row),
        offset_ms bigint not null default 0 check (offset_ms >= 0),
        epoch bigint not null default 0
      );
      insert into sandbox_clock default values;

      -- The processes that follow the clock, by the database's clock, and the newest epoch that each of them lives in.
      create table sandbox_clock_readers (
        process uuid primary key,
        epoch bigint not null,
        seen_at timestamptz not null
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table sandbox_clock_readers; drop table sandbox_clock');
  }
}
