import type { Registry } from 'prom-client';
import { Telemetry } from '../common/telemetry';
import { CounterMeter, DurationMeter } from './meters';

const QUICK = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const SLOW = [0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 900, 3600];

/** Adds up in memory what happens in this process. */
export class PrometheusTelemetry extends Telemetry {
  private readonly requests = new CounterMeter(
    'lumentill_http_requests_total',
    'Requests answered, by the template of their route',
    ['method', 'route', 'status'],
  );
  private readonly requestTimes = new DurationMeter(
    'lumentill_http_request_duration_seconds',
    'From the first byte of a request to the end of its answer',
    ['method', 'route'],
    QUICK,
  );
  private readonly payments = new CounterMeter(
    'lumentill_payments_recorded_total',
    'Payments put on record by this process, by what they mean',
    ['network', 'outcome'],
  );
  private readonly creditTimes = new DurationMeter(
    'lumentill_payment_credit_delay_seconds',
    'From the close of a ledger to its payments being on record',
    ['network'],
    SLOW,
  );
  private readonly webhooks = new CounterMeter(
    'lumentill_webhook_attempts_total',
    'Attempts to deliver webhooks by this process: delivered, or why not',
    ['outcome'],
  );
  private readonly webhookTimes = new DurationMeter(
    'lumentill_webhook_attempt_duration_seconds',
    'How long receivers of webhooks take',
    ['outcome'],
    QUICK,
  );
  private readonly horizon = new CounterMeter(
    'lumentill_horizon_requests_total',
    'Requests to Horizon, by the status of the answer, none where there was no answer',
    ['network', 'status'],
  );
  private readonly horizonTimes = new DurationMeter(
    'lumentill_horizon_request_duration_seconds',
    'How long Horizon takes to answer',
    ['network'],
    QUICK,
  );

  private readonly connections = new CounterMeter(
    'lumentill_http_connections_ended_total',
    'Sockets of an address at its limit: the oldest replaced, or the newcomer refused',
    ['reason'],
  );

  registerIn(registry: Registry): void {
    for (const meter of [
      this.requests,
      this.requestTimes,
      this.payments,
      this.creditTimes,
      this.webhooks,
      this.webhookTimes,
      this.horizon,
      this.horizonTimes,
      this.connections,
    ])
      meter.in(registry);
  }

  requestAnswered(method: string, route: string, status: number, seconds: number): void {
    this.requests.add([method, route, String(status)]);
    this.requestTimes.observe([method, route], seconds);
  }

  paymentRecorded(network: string, outcome: string, seconds: number): void {
    this.payments.add([network, outcome]);
    this.creditTimes.observe([network], Math.max(0, seconds));
  }

  webhookAttempted(outcome: string, seconds: number): void {
    this.webhooks.add([outcome]);
    this.webhookTimes.observe([outcome], seconds);
  }

  connectionEnded(reason: string): void {
    this.connections.add([reason]);
  }

  horizonAsked(network: string, outcome: string, seconds: number): void {
    this.horizon.add([network, outcome]);
    this.horizonTimes.observe([network], seconds);
  }
}
