import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the service has noticed about itself. */
export class RememberIncidents1763600000333 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table incidents (
        kind text not null check (kind in ('ledger_behind', 'webhooks_late', 'service_away')),
        -- The network, where it is about one.
        subject text not null,
        opened_at timestamptz(3) not null,
        closed_at timestamptz(3) check (closed_at >= opened_at),
        primary key (kind, subject, opened_at)
      );
      create unique index incidents_open on incidents (kind, subject) where closed_at is null;
      create index incidents_closed on incidents (closed_at) where closed_at is not null;

      -- One row: when a worker last looked. After a long pause none was there.
      create table incident_watch (
        only_row boolean primary key default true check (only_row),
        seen_at timestamptz(3) not null
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table incident_watch; drop table incidents');
  }
}
