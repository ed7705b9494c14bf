import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What each rate is charged on. Several rates have no common one: null, where 0 was written before. */
export class BreakTaxesDown1763600000290 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table invoices add column taxes jsonb not null default '[]';
      alter table invoices alter column tax_rate drop not null, alter column tax_rate drop default;
      update invoices set tax_rate = null where tax_rate = 0 and tax_amount > 0;
      -- Invoices of links may contain their tax, and nobody wrote down whether they do: theirs stays untold.
      update invoices i set taxes = jsonb_build_array(jsonb_build_object(
          'percentage', trim_scale(i.tax_rate::numeric / 10000)::text,
          'base', to_char(i.subtotal::numeric / 10000000, 'FM99999999999990.0099999'),
          'tax', to_char(i.tax_amount::numeric / 10000000, 'FM99999999999990.0099999'), 'inclusive', false))
      where i.tax_rate > 0
        and not exists (select from payment_link_choices c where c.merchant_id = i.merchant_id and c.invoice_id = i.id)
        and not exists (select from payment_links l where l.merchant_id = i.merchant_id and l.invoice_id = i.id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      update invoices set tax_rate = 0 where tax_rate is null;
      alter table invoices alter column tax_rate set default 0, alter column tax_rate set not null;
      alter table invoices drop column taxes;
    `);
  }
}
