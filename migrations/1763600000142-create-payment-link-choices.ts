import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePaymentLinkChoices1763600000142 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Every invoice that a payer's choice of an asset has made for a link, also those that a later one replaced:
      -- money for any of them completes the link.
      create table payment_link_choices (
        merchant_id uuid not null,
        invoice_id uuid not null,
        link_id uuid not null,
        quote_id uuid not null,
        pay_currency text not null,
        created_at timestamptz(3) not null,
        primary key (merchant_id, invoice_id),
        foreign key (merchant_id, invoice_id) references invoices (merchant_id, id),
        foreign key (merchant_id, link_id) references payment_links (merchant_id, id)
      );
      create index payment_links_by_public_id on payment_links (public_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index payment_links_by_public_id; drop table payment_link_choices');
  }
}
