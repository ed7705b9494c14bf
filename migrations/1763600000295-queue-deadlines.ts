import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Whose time is over is read from a queue of small rows, merchant by merchant, instead of from partial indexes over everybody's invoices, links and
 * intents. Without these a change of status touches no index, so it can stay within its page, which is left some room for it.
 */
export class QueueDeadlines1763600000295 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Directory: reminders. What is found at the merchant decides; a row too many does no harm.
      create table deadlines (
        network text not null,
        kind text not null check (kind in ('invoice', 'link', 'intent')),
        due_at timestamptz(3) not null,
        merchant_id uuid not null,
        subject_id uuid not null,
        primary key (network, kind, due_at, merchant_id, subject_id)
      );
      insert into deadlines (network, kind, due_at, merchant_id, subject_id)
      select network, 'invoice', expires_at, merchant_id, id from invoices where status in ('PENDING', 'PROCESSING') and expires_at is not null
      union all
      select network, 'link', expires_at, merchant_id, id from payment_links where invoice_id is null and status in ('active', 'inactive') and expires_at is not null
      union all
      select i.network, 'intent', p.expires_at, p.merchant_id, p.id from payment_intents p join invoices i on i.merchant_id = p.merchant_id and i.id = p.invoice_id
      where p.status in ('open', 'submitted');
      drop index invoices_due, payment_links_due, payment_intents_due;
      -- A partitioned table has no pages of its own.
      do $$ begin
        if (select relkind from pg_class where oid = 'invoices'::regclass) = 'r' then
          alter table invoices set (fillfactor = 80);
        end if;
      end $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table invoices reset (fillfactor);
      create index invoices_due on invoices (network, expires_at) where status in ('PENDING', 'PROCESSING');
      create index payment_links_due on payment_links (network, expires_at) where invoice_id is null and status in ('active', 'inactive');
      create index payment_intents_due on payment_intents (expires_at) where status in ('open', 'submitted');
      drop table deadlines;
    `);
  }
}
