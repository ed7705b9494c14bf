import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Endpoints are changed by several people at once; deliveries are looked up by endpoint, and the failed ones alone. */
export class VersionWebhookEndpoints1763600000190 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table webhook_endpoints add column version integer not null default 1;
      create index webhook_deliveries_by_endpoint on webhook_deliveries (merchant_id, endpoint_id, created_at, id);
      create index webhook_deliveries_failed on webhook_deliveries (merchant_id, created_at, id) where status = 'failed';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index webhook_deliveries_failed;
      drop index webhook_deliveries_by_endpoint;
      alter table webhook_endpoints drop column version;
    `);
  }
}
