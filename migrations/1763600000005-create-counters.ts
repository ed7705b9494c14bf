import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateCounters1763600000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Fixed windows shared by all replicas. Unlogged: a crash of the database forgives, nothing else is lost.
      create unlogged table rate_limits (
        key text not null,
        window_start timestamptz(0) not null,
        used integer not null,
        primary key (key, window_start)
      ) with (fillfactor = 50);
      create index rate_limits_window on rate_limits (window_start);
      -- One row a tick of a job: the replica that inserts it runs the tick.
      create table job_slots (
        job text not null,
        slot timestamptz(3) not null,
        primary key (job, slot)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table job_slots, rate_limits');
  }
}
