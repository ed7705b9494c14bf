import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a directory table refers to may live on another server: who writes such a row proves it by the statement that writes the
 * rest, and the operator's audit finds what was torn. The audit log stays as it was written without triggers, too: even its owner has no right to change
 * it (a superuser has every right), and the chain of its hashes shows whatever somebody did all the same.
 */
export class PartTenantsFromDirectory1763600000294 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table payments drop constraint payments_merchant_id_invoice_id_fkey;
      alter table payment_references drop constraint payment_references_merchant_id_invoice_id_fkey;
      alter table sessions drop constraint sessions_member_fkey;
      alter table wallets drop constraint wallets_merchant_id_member_id_fkey;

      drop trigger audit_entries_stay on audit_entries;
      drop trigger audit_entries_are_not_truncated on audit_entries;
      drop trigger audit_heads_stay on audit_heads;
      drop trigger audit_heads_are_not_truncated on audit_heads;
      drop trigger audit_heads_go_forward on audit_heads;
      drop function refuse_audit_change();
      revoke update, delete, truncate on audit_entries from current_user;
      revoke delete, truncate on audit_heads from current_user;
    `);
  }

  /** What leads nowhere opens nothing and goes. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      grant delete, truncate on audit_heads to current_user;
      grant update, delete, truncate on audit_entries to current_user;
      create function refuse_audit_change() returns trigger language plpgsql as $body$
      begin
        raise exception 'the audit log is append-only' using errcode = 'insufficient_privilege';
      end $body$;
      create trigger audit_entries_stay before update or delete on audit_entries for each row execute function refuse_audit_change();
      create trigger audit_entries_are_not_truncated before truncate on audit_entries for each statement execute function refuse_audit_change();
      create trigger audit_heads_stay before delete on audit_heads for each row execute function refuse_audit_change();
      create trigger audit_heads_are_not_truncated before truncate on audit_heads for each statement execute function refuse_audit_change();
      create trigger audit_heads_go_forward before update on audit_heads for each row
        when (new.merchant_id <> old.merchant_id or new.sequence <> old.sequence + 1 or new.previous_hash <> old.hash) execute function refuse_audit_change();

      delete from wallets w where not exists (select from members m where m.merchant_id = w.merchant_id and m.id = w.member_id);
      delete from sessions s where not exists (select from members m where m.merchant_id = s.merchant_id and m.id = s.member_id);
      alter table wallets add constraint wallets_merchant_id_member_id_fkey foreign key (merchant_id, member_id) references members (merchant_id, id);
      alter table sessions add constraint sessions_member_fkey foreign key (merchant_id, member_id) references members (merchant_id, id) on delete cascade;
      alter table payment_references add constraint payment_references_merchant_id_invoice_id_fkey foreign key (merchant_id, invoice_id) references invoices (merchant_id, id);
      alter table payments add constraint payments_merchant_id_invoice_id_fkey foreign key (merchant_id, invoice_id) references invoices (merchant_id, id);
    `);
  }
}
