import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where a member is written to, and about what. */
export class LetMembersChooseMail1763600000331 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table members
        add column email text check (char_length(email) <= 320),
        add column mail_on text[] not null default '{}' check (mail_on <@ array['paid', 'held', 'failed'] and array_position(mail_on, null) is null);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table members drop column mail_on, drop column email');
  }
}
