import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAuditLog1763600000130 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The end of each merchant's chain: its row lock orders the changes, and it tells when entries were cut off.
      create table audit_heads (
        merchant_id uuid not null references merchants (id),
        sequence bigint not null check (sequence > 0),
        previous_hash bytea not null check (octet_length(previous_hash) = 32),
        hash bytea not null check (octet_length(hash) = 32),
        primary key (merchant_id)
      );
      create table audit_entries (
        merchant_id uuid not null references merchants (id),
        sequence bigint not null check (sequence > 0),
        id uuid not null,
        actor text not null,
        action text not null,
        subject_type text not null,
        subject_id text not null,
        before jsonb,
        after jsonb,
        network text,
        request_id text,
        occurred_at timestamptz(3) not null,
        previous_hash bytea not null check (octet_length(previous_hash) = 32),
        hash bytea not null check (octet_length(hash) = 32),
        primary key (merchant_id, sequence),
        constraint audit_entries_id_unique unique (merchant_id, id)
      );
      create index audit_entries_subject on audit_entries (merchant_id, subject_type, subject_id, sequence);
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
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table audit_entries, audit_heads;
      drop function refuse_audit_change();
    `);
  }
}
