import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateWatchedBalances1763600000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Last look at what a watched account holds, to notice money that arrived without being read as a payment.
      create table watched_balances (
        network text not null,
        account text not null,
        asset text not null,
        ledger integer not null,
        balance bigint not null,
        unexplained bigint not null default 0 check (unexplained >= 0),
        checked_at timestamptz(3) not null,
        primary key (network, account, asset)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table watched_balances');
  }
}
