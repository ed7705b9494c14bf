import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What merchants look single things up by: their own reference, and the transaction a payer shows them. */
export class IndexLookups1763600000200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create index invoices_by_reference on invoices (merchant_id, reference) where reference is not null;
      create index payments_by_transaction on payments (merchant_id, transaction_hash);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index payments_by_transaction, invoices_by_reference');
  }
}
