import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For tables that may be large when the upgrade comes: built beside those who write. */
const INDEXES = {
  payments_booked: `payments (merchant_id, (coalesce(applied_at, recorded_at)), id) where disposition = 'applied'`,
  // Money that was held when it arrived.
  payments_held_first: `payments (merchant_id, recorded_at, id) where disposition = 'suspense' or applied_at > recorded_at`,
  // Money that names a period which is paid already waits for the next one.
  payments_period_paid: `payments (merchant_id, invoice_id) where outcome = 'period_paid' and disposition = 'suspense'`,
  invoices_by_subscription: 'invoices (merchant_id, subscription_id, period_index) where subscription_id is not null',
};

const CONSTRAINTS = [
  'payment_links validate constraint payment_links_kind_check',
  'payment_links validate constraint payment_links_recurrence_check',
  'invoices validate constraint invoices_period_check',
  'invoices validate constraint invoices_subscription_fkey',
];

/** Not one transaction: it goes on where it was cut off. */
export class FindBookedMoney1763600000347 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, on] of Object.entries(INDEXES)) {
      // What a build that was cut off leaves behind is no index.
      const [found] = (await runner.query(
        `select indisvalid as valid from pg_index where indexrelid = to_regclass('${name}')`,
      )) as { valid: boolean }[];
      if (found?.valid === true) continue;
      if (found !== undefined) await runner.query(`drop index ${name}`);
      // A table in partitions takes no other.
      const [table] = (await runner.query(
        `select relkind = 'p' as parted from pg_class where oid = '${on.split(' ')[0]}'::regclass`,
      )) as { parted: boolean }[];
      await runner.query(`create index ${table?.parted === true ? '' : 'concurrently'} ${name} on ${on}`);
    }
    for (const each of CONSTRAINTS) await runner.query(`alter table ${each}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index ${Object.keys(INDEXES).join(', ')}`);
  }
}
