import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A due date without a time ends with the merchant's day. The names are checked by the service, which knows the zones. */
export class PlaceMerchantsInTime1763600000291 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `alter table merchants add column time_zone text not null default 'UTC' constraint merchants_time_zone_check check (char_length(time_zone) between 1 and 64)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table merchants drop column time_zone');
  }
}
