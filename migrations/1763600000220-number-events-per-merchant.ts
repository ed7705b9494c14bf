import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Events of a merchant have numbers without gaps, given after they were committed. Order by transaction id meant
 * something on one server only, and a copy of the data on another one gave the same places out again.
 */
export class NumberEventsPerMerchant1763600000220 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What has been written and has no number yet: a row for what one statement wrote for one merchant, in its order.
      create table event_queue (
        merchant_id uuid not null,
        written_at timestamptz not null default clock_timestamp(),
        id uuid not null,
        event_ids uuid[] not null,
        subject_ids uuid[] not null,
        primary key (merchant_id, written_at, id),
        check (cardinality(event_ids) = cardinality(subject_ids))
      );

      -- Beside the events and not in them: a number that comes later would write every event, and all its index entries, twice.
      create table event_numbers (
        merchant_id uuid not null,
        seq bigint not null check (seq > 0),
        event_id uuid not null,
        subject_id uuid not null,
        -- Place of the event among those about its subject; jumps ahead with each life.
        subject_version bigint not null,
        primary key (merchant_id, seq),
        constraint event_numbers_event_unique unique (merchant_id, event_id),
        constraint event_numbers_version_unique unique (merchant_id, subject_id, subject_version)
      );

      -- Whoever gives out a number of a merchant, or hands his events on, holds his row.
      create table event_heads (
        merchant_id uuid not null,
        last_seq bigint not null default 0,
        -- Up to here events have become deliveries.
        told_seq bigint not null default 0,
        -- The life in which the last number was given out, and the first number that it gave out.
        life_ordinal bigint,
        life_first_seq bigint not null default 1,
        primary key (merchant_id),
        check (told_seq between 0 and last_seq)
      ) with (fillfactor = 50);

      -- Where each life of the database began to give out numbers of a merchant.
      create table event_lives (
        merchant_id uuid not null,
        life_ordinal bigint not null,
        first_seq bigint not null,
        primary key (merchant_id, life_ordinal)
      );
    `);
    await this.numberWhatIsThere(runner);
  }

  private async numberWhatIsThere(runner: QueryRunner): Promise<void> {
    await runner.query(`
      insert into event_numbers (merchant_id, seq, event_id, subject_id, subject_version)
      select merchant_id, row_number() over (partition by merchant_id order by transaction_id, id), id, subject_id,
        row_number() over (partition by merchant_id, subject_id order by sequence)
      from events;
      insert into event_heads (merchant_id, last_seq, told_seq)
      select e.merchant_id, count(*), count(*) filter (where (e.transaction_id, e.id) <= (c.transaction_id, c.event_id))
      from events e cross join event_cursors c where c.reader = 'webhooks' group by e.merchant_id;
      -- Nobody comes back to what was left over unless it stands in the queue.
      insert into event_queue (merchant_id, id, event_ids, subject_ids)
      select merchant_id, gen_random_uuid(), '{}', '{}' from event_heads where told_seq < last_seq;

      alter table webhook_endpoints add column since_seq bigint not null default 0;
      update webhook_endpoints w set since_seq = coalesce((
        select max(n.seq) from events e join event_numbers n on n.merchant_id = e.merchant_id and n.event_id = e.id
        where e.merchant_id = w.merchant_id and e.transaction_id <= w.since_transaction_id), 0);
      alter table webhook_endpoints drop column since_transaction_id;

      -- Many events have the same millisecond; what came first stays first.
      alter table events add column written_at timestamptz;
      update events e set written_at = o.written_at from (
        select merchant_id, id, created_at + row_number() over (partition by merchant_id, created_at order by sequence) * interval '1 microsecond' as written_at from events
      ) o where o.merchant_id = e.merchant_id and o.id = e.id;
      alter table events alter column written_at set not null, alter column written_at set default clock_timestamp();
      drop index events_subject;
      create index events_subject on events (merchant_id, subject_id, written_at, id);
    `);
    await this.dropTransactionIds(runner);
  }

  private async dropTransactionIds(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table event_cursors;
      drop index events_for_fan_out, events_in_order;
      alter table events drop column transaction_id, drop column sequence;
      drop sequence event_sequence;
      drop function resume_event_places();
      drop function event_horizon();
      drop function event_place();
      drop table event_places;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table event_places (
        only_one boolean primary key default true check (only_one),
        used_up bigint not null check (used_up >= 0)
      );
      insert into event_places values (true, 0);
      create function event_place() returns xid8 language sql volatile as $$
        select (pg_current_xact_id()::text::bigint + used_up)::text::xid8 from event_places
      $$;
      create function event_horizon() returns xid8 language sql stable as $$
        select (pg_snapshot_xmin(pg_current_snapshot())::text::bigint + used_up)::text::xid8 from event_places
      $$;
      create function resume_event_places() returns boolean language sql stable as 'select false';
      create sequence event_sequence;
      alter table events add column sequence bigint not null default nextval('event_sequence'), add column transaction_id xid8 not null default event_place();
      create index events_in_order on events (merchant_id, transaction_id, id);
      create index events_for_fan_out on events (transaction_id, id);
      create table event_cursors (
        reader text primary key,
        transaction_id xid8 not null,
        event_id uuid not null
      );
      insert into event_cursors values ('webhooks', event_place(), '00000000-0000-0000-0000-000000000000');
      alter table webhook_endpoints add column since_transaction_id xid8 not null default event_place();
      alter table webhook_endpoints drop column since_seq;
      drop index events_subject;
      alter table events drop column written_at;
      create index events_subject on events (merchant_id, subject_id, id);
      drop table event_lives, event_heads, event_numbers, event_queue;
    `);
  }
}
