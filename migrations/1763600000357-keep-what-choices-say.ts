import type { MigrationInterface, QueryRunner } from 'typeorm';

export class KeepWhatChoicesSay1763600000357 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- SHA-256 of a client's key and of what was said under it, so that the same key with another choice is known without asking the link, which may
      -- have changed. Null for choices without a key or by a form, and for those made before.
      alter table payment_link_choices add column said_digest bytea constraint payment_link_choices_said_check check (said_digest is null or (octet_length(said_digest) = 32 and key_digest is not null));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table payment_link_choices drop column said_digest');
  }
}
