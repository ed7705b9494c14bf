import type { MigrationInterface, QueryRunner } from 'typeorm';

export class KeepChoicesSideBySide1763600000250 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Several choices of a single-use link may be open at once, so many for each payer's address: it is kept as long as
      -- its choice is open. What a choice that lost could not be ended in the transaction that decided, because somebody
      -- held its invoice, is marked to be ended soon after.
      alter table payment_link_choices
        drop constraint payment_link_choices_payer_check,
        add constraint payment_link_choices_payer_check check (payer_address is null or slot is null or slot = 'held'),
        add column closing boolean not null default false;
      create index payment_link_choices_open on payment_link_choices (merchant_id, link_id, payer_address) where slot is null and payer_address is not null;
      create index payment_link_choices_closing on payment_link_choices (merchant_id, invoice_id) where closing;
      -- Part of a price that was paid for a choice that had been replaced already is the payer's to have back, too.
      update payment_link_choices c set closing = true from payment_links l, invoices i
        where l.merchant_id = c.merchant_id and l.id = c.link_id and i.merchant_id = c.merchant_id and i.id = c.invoice_id and l.kind = 'standard' and l.status = 'completed'
          and l.invoice_id <> i.id and c.slot is null and (i.status in ('PENDING', 'PROCESSING') or (i.status = 'EXPIRED' and i.received > 0));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index payment_link_choices_closing, payment_link_choices_open;
      update payment_link_choices set payer_address = null where slot is null;
      alter table payment_link_choices
        drop column closing,
        drop constraint payment_link_choices_payer_check,
        add constraint payment_link_choices_payer_check check (payer_address is null or (slot is not null and slot = 'held'));
    `);
  }
}
