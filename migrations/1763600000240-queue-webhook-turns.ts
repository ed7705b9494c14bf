import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Deliveries are found by merchant, from a queue in which merchants take turns, and no longer by looking through the
 * endpoints of all of them. An endpoint stands in one of three lanes, by what came of it last.
 */
export class QueueWebhookTurns1763600000240 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- prompt: the last attempt was answered in time; unproven: never tried, or it has just failed to be prompt;
      -- troubled: silent, slow, or refusing again and again.
      alter table webhook_endpoints add column lane text not null default 'unproven' check (lane in ('prompt', 'unproven', 'troubled'));
      -- Time of the last attempt that was not answered in time: endpoints of one merchant take turns by it.
      alter table webhook_endpoints add column last_trouble_at timestamptz(3);
      update webhook_endpoints w set last_trouble_at = case when consecutive_failures > 0 then w.updated_at end, lane = case
        when consecutive_failures > 0 then 'troubled'
        when exists (select from webhook_deliveries d where d.merchant_id = w.merchant_id and d.endpoint_id = w.id and d.status = 'delivered') then 'prompt'
        else 'unproven' end;

      -- A merchant for whom something waits; there is a row as long as a delivery is pending. Known before any merchant is: a directory.
      create table webhook_turns (
        merchant_id uuid primary key,
        -- When the merchant's turn comes in each lane: the time at which something is due, or at which the last turn was
        -- (the microseconds keep the order of those who had theirs together).
        prompt_due_at timestamptz not null default 'infinity',
        unproven_due_at timestamptz not null default 'infinity',
        troubled_due_at timestamptz not null default 'infinity',
        -- Lanes in which more is due than may be under way for one merchant: due again when an attempt has ended.
        held text[] not null default '{}',
        -- Since when the oldest delivery waits that is not under way.
        waiting_since timestamptz(3) not null default 'infinity',
        -- By the database's clock: when every lease given until now is over, and the row is looked at whatever it says.
        look_again_at timestamptz not null default clock_timestamp() + interval '1 minute',
        -- Grows with everything that is announced, so that a look at the deliveries is known to be older than that.
        changes bigint not null default 0
      ) with (fillfactor = 70);
      create index webhook_turns_prompt on webhook_turns (prompt_due_at) where prompt_due_at < 'infinity';
      create index webhook_turns_unproven on webhook_turns (unproven_due_at) where unproven_due_at < 'infinity';
      create index webhook_turns_troubled on webhook_turns (troubled_due_at) where troubled_due_at < 'infinity';
      create index webhook_turns_look_again on webhook_turns (look_again_at) where look_again_at < 'infinity';
      -- What waits already is found by a look.
      insert into webhook_turns (merchant_id, look_again_at) select merchant_id, clock_timestamp() from webhook_deliveries where status = 'pending' group by merchant_id;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table webhook_turns;
      alter table webhook_endpoints drop column last_trouble_at, drop column lane;
    `);
  }
}
