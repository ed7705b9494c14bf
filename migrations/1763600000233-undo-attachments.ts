import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Money that somebody attached to an invoice can be taken off it again, when another invoice takes its place. Then it waits for a decision anew. */
export class UndoAttachments1763600000233 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table payment_resolutions
        drop constraint payment_resolutions_once,
        add column undone_at timestamptz(3),
        add constraint payment_resolutions_undone check (undone_at is null or action = 'attach');
      create unique index payment_resolutions_once on payment_resolutions (merchant_id, payment_id) where undone_at is null;
      -- What was taken off before this release is decided about anew as well.
      update payment_resolutions s set undone_at = date_trunc('milliseconds', now()) from payments p
      where p.merchant_id = s.merchant_id and p.id = s.payment_id and s.action = 'attach' and p.disposition = 'suspense';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index payment_resolutions_once;
      delete from payment_resolutions where undone_at is not null;
      alter table payment_resolutions
        drop constraint payment_resolutions_undone,
        drop column undone_at,
        add constraint payment_resolutions_once unique (merchant_id, payment_id);
    `);
  }
}
