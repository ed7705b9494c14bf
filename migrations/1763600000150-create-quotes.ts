import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateQuotes1763600000150 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- A fiat amount fixed in an asset for a time, with what the rate rests on; never changed once made. The last
      -- check is the promise to the merchant: what is paid is worth the price, and one stroop less would not be.
      create table quotes (
        merchant_id uuid not null references merchants (id),
        id uuid not null,
        network text not null,
        currency text not null,
        amount bigint not null check (amount > 0),
        asset_code text not null,
        asset_issuer text,
        pay_amount bigint not null check (pay_amount > 0),
        rate numeric not null check (rate > 0),
        evidence jsonb not null,
        created_at timestamptz(3) not null,
        expires_at timestamptz(3) not null,
        primary key (merchant_id, id),
        constraint quotes_end_on_a_second check (expires_at > created_at and date_trunc('second', expires_at) = expires_at),
        constraint quotes_round_for_the_merchant check (pay_amount * rate >= amount and (pay_amount - 1) * rate < amount)
      );
      create index quotes_by_creation on quotes (merchant_id, created_at, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table quotes');
  }
}
