import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Quarantine also keeps credits that were understood and could not be recorded: whole, so that they can be recorded later. */
export class KeepCreditsAside1763600000230 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table quarantined_items
        -- Of the balance change; -1 for an item that could not be understood.
        add column change_index integer not null default -1,
        -- The credit, as JSON that gives it back exactly; text, because jsonb refuses what a memo or an address may hold.
        add column credit text,
        -- Of the invoice it names, where that is known.
        add column merchant_id uuid,
        add column invoice_id uuid,
        -- When it is tried again by itself; null waits for a human.
        add column retry_at timestamptz(3),
        add column attempts integer not null default 0,
        drop constraint quarantined_items_pkey,
        add constraint quarantined_items_pkey primary key (network, operation_id, change_index),
        add constraint quarantined_items_credit_check check ((credit is null) = (change_index < 0) and (retry_at is null or credit is not null));
      create index quarantined_items_waiting on quarantined_items (network, retry_at) where retry_at is not null;
      create index quarantined_items_of_invoice on quarantined_items (merchant_id, invoice_id) where retry_at is not null;
    `);
  }

  /** Credits are lost with it: set the cursor back before them. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index quarantined_items_of_invoice, quarantined_items_waiting;
      delete from quarantined_items where change_index >= 0;
      alter table quarantined_items
        drop constraint quarantined_items_credit_check, drop constraint quarantined_items_pkey, add primary key (network, operation_id),
        drop column attempts, drop column retry_at, drop column invoice_id, drop column merchant_id, drop column credit, drop column change_index;
    `);
  }
}
