import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a process proves by writing it, and which merchant the sandbox was opened with. */
export class WatchProcesses1763600000270 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- One row a process: written when it is asked whether it is ready, so that its answer rests on a write that
      -- has reached the disk.
      create table process_heartbeats (
        process uuid primary key,
        role text not null,
        written_at timestamptz(3) not null
      );

      -- At most one row: the demo merchant of this database, and where its credentials lie.
      create table demo_merchant (
        one boolean primary key default true check (one),
        merchant uuid not null,
        data_dir text not null,
        opened_at timestamptz(3) not null
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table demo_merchant; drop table process_heartbeats');
  }
}
