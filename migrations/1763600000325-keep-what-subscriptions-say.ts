import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What each invoice of a subscription says of its link, and whether its merchant has ended the keys of its subscriber. */
export class KeepWhatSubscriptionsSay1763600000325 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table subscriptions add column paid_for text, add column keys_revoked_at timestamptz(3);
      update subscriptions s set paid_for = l.paid_for from payment_links l where l.merchant_id = s.merchant_id and l.id = s.link_id and l.paid_for is not null;
      update subscriptions s set keys_revoked_at = t.revoked_at
      from (select merchant_id, subscription_id, max(revoked_at) as revoked_at from subscription_tokens where revoked_at is not null group by merchant_id, subscription_id) t
      where t.merchant_id = s.merchant_id and t.subscription_id = s.id;
      create index subscription_tokens_ended on subscription_tokens (least(expires_at, revoked_at)) where expires_at is not null or revoked_at is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index subscription_tokens_ended;
      alter table subscriptions drop column keys_revoked_at, drop column paid_for;
    `);
  }
}
