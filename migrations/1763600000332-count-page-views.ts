import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often the page of a link was opened; everything else about a link is counted from what was done. */
export class CountPageViews1763600000332 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table link_views (
        merchant_id uuid not null,
        link_id uuid not null,
        -- In UTC.
        day date not null,
        opened bigint not null check (opened > 0),
        primary key (merchant_id, link_id, day),
        foreign key (merchant_id, link_id) references payment_links (merchant_id, id)
      ) with (fillfactor = 70);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table link_views');
  }
}
