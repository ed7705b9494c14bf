import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateReceivability1763600000252 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Whether an account can take an asset that payers were asked to send it, as it was when somebody last looked. About
      -- the ledger, like watched_balances: several merchants may name the account.
      create table receivability (
        network text not null,
        account text not null,
        asset_code text not null,
        -- Empty for the native asset.
        asset_issuer text not null,
        fault text constraint receivability_fault_check check (fault in ('no_account', 'no_trustline', 'not_authorized', 'line_full')),
        -- Null until somebody has looked.
        checked_at timestamptz(3),
        next_check_at timestamptz(3) not null,
        primary key (network, account, asset_code, asset_issuer),
        constraint receivability_known_check check (checked_at is not null or fault is null)
      );
      create index receivability_due on receivability (network, next_check_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table receivability');
  }
}
