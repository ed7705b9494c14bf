import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who gave a key its power: the wallet of the member, also when it was another key of his that made it. Null for the operator. */
export class NameIssuersOfCredentials1763600000293 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table credentials add column issued_by text;
      -- The audit log has known it all the time.
      update credentials c set issued_by = substr(e.actor, length('wallet:') + 1)
        from audit_entries e where e.merchant_id = c.merchant_id and e.subject_id = c.id::text and e.action in ('api_key.created', 'client.created') and e.actor like 'wallet:%';
    `);
    // Keys that keys have made: as many rounds as the longest line of them.
    for (let found = 1; found > 0;) {
      const rows = (await runner.query(`
        with made as (
          select c.id, p.issued_by from credentials c
          join audit_entries e on e.merchant_id = c.merchant_id and e.subject_id = c.id::text and e.action in ('api_key.created', 'client.created')
          join credentials p on p.merchant_id = c.merchant_id and e.actor in ('api_key:' || p.id, 'client_key:' || p.id)
          where c.issued_by is null and p.issued_by is not null
        ), named as (update credentials c set issued_by = made.issued_by from made where c.id = made.id returning c.id)
        select count(*)::int as count from named`)) as { count: number }[];
      found = rows[0]?.count ?? 0;
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table credentials drop column issued_by');
  }
}
