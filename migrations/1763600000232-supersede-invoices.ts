import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which invoice took the place of which; and money that is kept aside is found by its invoice, whatever it waits for. */
export class SupersedeInvoices1763600000232 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table invoice_supersessions (
        merchant_id uuid not null,
        superseded_id uuid not null,
        invoice_id uuid not null,
        primary key (merchant_id, superseded_id),
        unique (merchant_id, invoice_id),
        foreign key (merchant_id, superseded_id) references invoices (merchant_id, id),
        foreign key (merchant_id, invoice_id) references invoices (merchant_id, id)
      );
      drop index quarantined_items_of_invoice;
      create index quarantined_items_of_invoice on quarantined_items (merchant_id, invoice_id) where invoice_id is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index quarantined_items_of_invoice;
      create index quarantined_items_of_invoice on quarantined_items (merchant_id, invoice_id) where retry_at is not null;
      drop table invoice_supersessions;
    `);
  }
}
