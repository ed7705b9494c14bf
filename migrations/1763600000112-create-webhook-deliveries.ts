import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateWebhookDeliveries1763600000112 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table webhook_deliveries (
        merchant_id uuid not null,
        -- Follows from endpoint and event, so that one event is one delivery an endpoint whatever asks for it.
        id uuid not null,
        endpoint_id uuid not null,
        event_id uuid not null,
        status text not null default 'pending' check (status in ('pending', 'delivered', 'failed')),
        attempts integer not null default 0,
        -- Attempts before the last manual resend, which starts the schedule anew.
        attempts_before integer not null default 0,
        next_attempt_at timestamptz(3) not null,
        leased_until timestamptz,
        last_status_code integer,
        last_latency_ms integer,
        last_failure text,
        created_at timestamptz(3) not null,
        finished_at timestamptz(3),
        primary key (merchant_id, id),
        foreign key (merchant_id, endpoint_id) references webhook_endpoints (merchant_id, id) on delete cascade,
        foreign key (merchant_id, event_id) references events (merchant_id, id),
        check ((status = 'pending') = (finished_at is null))
      );
      create index webhook_deliveries_waiting on webhook_deliveries (merchant_id, endpoint_id, next_attempt_at, id) where status = 'pending';
      create index webhook_deliveries_leased on webhook_deliveries (merchant_id, endpoint_id) where leased_until is not null;
      create index webhook_deliveries_in_order on webhook_deliveries (merchant_id, created_at, id);

      create table webhook_attempts (
        merchant_id uuid not null,
        delivery_id uuid not null,
        number integer not null,
        started_at timestamptz(3) not null,
        latency_ms integer not null,
        status_code integer,
        failure text,
        excerpt text check (char_length(excerpt) <= 1024),
        primary key (merchant_id, delivery_id, number),
        foreign key (merchant_id, delivery_id) references webhook_deliveries (merchant_id, id) on delete cascade
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table webhook_attempts; drop table webhook_deliveries');
  }
}
