import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Endpoints are told what happens in the words of the API that they were made with. */
export class SpeakToWebhookEndpoints1763600000315 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `alter table webhook_endpoints add column vocabulary text not null default 'own' check (vocabulary in ('own', 'merchant'))`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table webhook_endpoints drop column vocabulary');
  }
}
