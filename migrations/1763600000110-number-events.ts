import type { MigrationInterface, QueryRunner } from 'typeorm';

export class NumberEvents1763600000110 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Drawn while the changed row is still locked, so the events of one subject are numbered in the order of its changes.
      create sequence event_sequence;
      alter table events add column sequence bigint not null default nextval('event_sequence');
      -- The fan-out reads the events of all merchants in the order of their transactions.
      create index events_for_fan_out on events (transaction_id, id);

      create table event_cursors (
        reader text primary key,
        transaction_id xid8 not null,
        event_id uuid not null
      );
      insert into event_cursors values ('webhooks', pg_current_xact_id(), '00000000-0000-0000-0000-000000000000');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table event_cursors;
      drop index events_for_fan_out;
      alter table events drop column sequence;
      drop sequence event_sequence;
    `);
  }
}
