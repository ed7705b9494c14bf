import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every link carries its own terms: those that were read from their invoice until now are written down as they were told. */
export class GiveLinksTheirTerms1763600000292 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      update payment_links l set title = coalesce(l.title, left(i.title, 300)), description = coalesce(l.description, left(i.description, 2000)), amount = i.total,
          scale = greatest(i.scale, 2), currency = i.asset_code, expires_at = i.expires_at, created_by = i.created_by
        from invoices i where i.merchant_id = l.merchant_id and i.id = l.invoice_id and l.currency is null;
      -- Born with its invoice, a link without a title was told by the invoice's.
      update payment_links l set title = left(i.title, 300)
        from invoices i where i.merchant_id = l.merchant_id and i.id = l.invoice_id and l.title is null and i.public_id = l.public_id;
      update payment_links set payment_methods = coalesce(payment_methods, '{on_chain}'), metadata = coalesce(metadata, '{}') where payment_methods is null or metadata is null;
      alter table payment_links
        drop constraint payment_links_terms_check, drop constraint payment_links_price_check,
        alter column scale set not null, alter column currency set not null, alter column payment_methods set not null, alter column metadata set not null, alter column created_by set not null,
        add constraint payment_links_terms_check check (invoice_id is not null or expires_at is not null),
        add constraint payment_links_price_check check (num_nonnulls(amount, minimum) = case when kind = 'product' then 0 else 1 end);
    `);
  }

  /** The terms stay, which the release before reads as a link's own. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table payment_links
        drop constraint payment_links_terms_check, drop constraint payment_links_price_check,
        alter column scale drop not null, alter column currency drop not null, alter column payment_methods drop not null, alter column metadata drop not null, alter column created_by drop not null,
        add constraint payment_links_terms_check check (invoice_id is not null or num_nulls(scale, currency, expires_at, created_by) = 0),
        add constraint payment_links_price_check check (currency is null or num_nonnulls(amount, minimum) = case when kind = 'product' then 0 else 1 end);
    `);
  }
}
