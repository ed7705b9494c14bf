import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A payment intent can be paid from another asset: what was prepared is kept, so that a signed one can be held to it. */
export class PreparePathPayments1763600000180 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table payment_intents
        add column amount bigint check (amount > 0),
        add column send_asset_code text,
        add column send_asset_issuer text,
        add column send_max bigint check (send_max > 0),
        -- [{code, issuer}] in order; the network takes at most five.
        add column send_path jsonb check (jsonb_array_length(send_path) <= 5),
        add constraint payment_intents_path_is_whole check (
          num_nulls(amount, send_asset_code, send_max, send_path) = 4 and send_asset_issuer is null
          or num_nulls(amount, send_asset_code, send_max, send_path, sender, transaction_hash) = 0
        );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table payment_intents
        drop constraint payment_intents_path_is_whole,
        drop column send_path, drop column send_max, drop column send_asset_issuer, drop column send_asset_code, drop column amount;
    `);
  }
}
