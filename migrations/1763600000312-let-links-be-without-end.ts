import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A link whose payers open the invoices may have no end: each of its invoices has one of its own. */
export class LetLinksBeWithoutEnd1763600000312 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table payment_links drop constraint payment_links_terms_check');
  }

  /** The release before knows the longest life of a link: those without end get it, and are reminded of it. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      with ended as (
        update payment_links set expires_at = date_trunc('milliseconds', now()) + interval '366 days' where invoice_id is null and expires_at is null
        returning network, expires_at, merchant_id, id, status
      )
      insert into deadlines (network, kind, due_at, merchant_id, subject_id)
      select network, 'link', expires_at, merchant_id, id from ended where status in ('active', 'inactive');
      alter table payment_links add constraint payment_links_terms_check check (invoice_id is not null or expires_at is not null);
    `);
  }
}
