import type { MigrationInterface, QueryRunner } from 'typeorm';

export class VersionConfiguration1763600000132 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table merchants add column version integer not null default 1;
      alter table receiving_accounts add column version integer not null default 1;
      create index receiving_accounts_in_order on receiving_accounts (merchant_id, created_at, id);

      -- An erased customer keeps its row, so that what refers to it stays whole.
      alter table customers alter column email drop not null, add column version integer not null default 1, add column erased_at timestamptz(3),
        add constraint customers_erased_check check (case when erased_at is null then email is not null else num_nonnulls(email, company, address) = 0 end);
      create index customers_in_order on customers (merchant_id, created_at, id);

      -- Nobody becomes a member by being named: the wallet itself has to accept.
      alter table members add column status text not null default 'active' check (status in ('invited', 'active')), add column version integer not null default 1;
      create index members_in_order on members (merchant_id, created_at, id);
      create index members_wallet on members (wallet);
      -- Who is removed is out at once.
      alter table sessions drop constraint sessions_merchant_id_member_id_fkey,
        add constraint sessions_member_fkey foreign key (merchant_id, member_id) references members (merchant_id, id) on delete cascade;
      create index sessions_member on sessions (merchant_id, member_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index sessions_member;
      alter table sessions drop constraint sessions_member_fkey,
        add constraint sessions_merchant_id_member_id_fkey foreign key (merchant_id, member_id) references members (merchant_id, id);
      drop index members_wallet;
      drop index members_in_order;
      delete from members where status = 'invited';
      alter table members drop column version, drop column status;
      drop index customers_in_order;
      delete from customers where erased_at is not null;
      alter table customers drop constraint customers_erased_check, drop column erased_at, drop column version, alter column email set not null;
      drop index receiving_accounts_in_order;
      alter table receiving_accounts drop column version;
      alter table merchants drop column version;
    `);
  }
}
