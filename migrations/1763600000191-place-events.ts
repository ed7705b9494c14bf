import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Events lie in the order of their transactions. A dump that is restored on another server meets transaction ids that
 * begin anew, so a place is the id plus what all earlier servers have used up.
 */
export class PlaceEvents1763600000191 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table event_places (
        only_one boolean primary key default true check (only_one),
        used_up bigint not null check (used_up >= 0)
      );
      insert into event_places values (true, 0);

      -- Where the events of this transaction lie.
      create function event_place() returns xid8 language sql volatile as $$
        select (pg_current_xact_id()::text::bigint + used_up)::text::xid8 from event_places
      $$;
      -- Below it lie all events that will ever lie there: every transaction below has ended.
      create function event_horizon() returns xid8 language sql stable as $$
        select (pg_snapshot_xmin(pg_current_snapshot())::text::bigint + used_up)::text::xid8 from event_places
      $$;
      -- For the start of the service: true when the ids of this server had begun anew and what is stored lies before them now.
      create function resume_event_places() returns boolean language plpgsql as $$
        declare
          newest bigint := greatest(
            (select transaction_id::text::bigint from events order by transaction_id desc, id desc limit 1),
            (select max(transaction_id::text::bigint) from event_cursors),
            (select max(since_transaction_id::text::bigint) from webhook_endpoints)
          );
          -- Read afterwards: on the server that wrote them, the next id is above all that was seen.
          next bigint := (select pg_snapshot_xmax(pg_current_snapshot())::text::bigint + used_up from event_places);
        begin
          if newest < next then return false; end if;
          update event_places set used_up = used_up + newest - next + 1;
          return true;
        end
      $$;

      alter table events alter column transaction_id set default event_place();
      alter table webhook_endpoints alter column since_transaction_id set default event_place();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table webhook_endpoints alter column since_transaction_id set default pg_current_xact_id();
      alter table events alter column transaction_id set default pg_current_xact_id();
      drop function resume_event_places();
      drop function event_horizon();
      drop function event_place();
      drop table event_places;
    `);
  }
}
