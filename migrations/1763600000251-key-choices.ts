import type { MigrationInterface, QueryRunner } from 'typeorm';

export class KeyChoices1763600000251 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- SHA-256 of what a payer's client names its choice by, so that a repetition finds the invoice that the first one made.
      -- It belongs to the link, not to an address: two people may share one.
      alter table payment_link_choices add column key_digest bytea constraint payment_link_choices_key_check check (octet_length(key_digest) = 32);
      create unique index payment_link_choices_key_unique on payment_link_choices (merchant_id, link_id, key_digest) where key_digest is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop index payment_link_choices_key_unique; alter table payment_link_choices drop column key_digest',
    );
  }
}
