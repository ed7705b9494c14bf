import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Mail is written in the transaction of its cause, and sent after it by whoever takes it from the queue. */
export class QueueMail1763600000330 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table mail_outbox (
        merchant_id uuid not null references merchants (id),
        id uuid not null,
        -- One cause, one mail: written again, it stays as it is. Part of the Message-ID.
        dedupe_key text not null check (dedupe_key ~ '^[A-Za-z0-9._-]{1,150}$'),
        recipient text not null,
        template text not null,
        locale text not null,
        -- What the template needs, sealed, because its link may open what is the reader's alone; emptied when the mail has ended.
        data bytea,
        state text not null default 'waiting' check (state in ('waiting', 'sent', 'failed', 'not_configured')),
        attempts int not null default 0,
        due_at timestamptz(3) not null,
        last_error text,
        created_at timestamptz(3) not null,
        sent_at timestamptz(3) check ((sent_at is not null) = (state = 'sent')),
        ended_at timestamptz(3) check ((ended_at is null) = (state = 'waiting')),
        check ((data is null) = (ended_at is not null)),
        primary key (merchant_id, id),
        unique (merchant_id, dedupe_key)
      );
      create index mail_outbox_ended on mail_outbox (ended_at) where ended_at is not null;
      create index mail_outbox_recipient on mail_outbox (merchant_id, lower(recipient));

      -- Directory: mail of any merchant that waits. A row whose mail is gone does no harm.
      create table mail_queue (
        merchant_id uuid not null,
        mail_id uuid not null,
        due_at timestamptz(3) not null,
        -- By the database's clock: until then the mail is somebody's who sends it.
        leased_until timestamptz not null default '-infinity',
        primary key (merchant_id, mail_id)
      );
      create index mail_queue_due on mail_queue (due_at);
      create index mail_queue_by_merchant on mail_queue (merchant_id, due_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table mail_queue; drop table mail_outbox');
  }
}
