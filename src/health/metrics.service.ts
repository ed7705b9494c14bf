import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { Clock } from '../common/clock';
import { packageVersion } from '../http/package-version';
import { Transactions } from '../database/transactions';
import { type Figures, FiguresService } from './figures.service';
import { GaugeMeter } from './meters';
import { PrometheusTelemetry } from './prometheus-telemetry';

/** How long the database may take for its figures; after that the page has only the others. Prometheus itself waits 10 s. */
const DATABASE_MS = 2_000;
/** Gauges of the library whose names say that they are counters. The same figures are there by type, without `_total`. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Figures an operator alarms on, as they are when they are asked for. */
@Injectable()
export class MetricsService {
  private readonly registry = new Registry();
  private readonly answers = this.gauge(
    'lumentill_database_up',
    '1 when the database answered this scrape and takes writes; what it knows is absent otherwise',
  );
  private readonly ready = this.gauge('lumentill_ready', '1 when the readiness probe would answer 200');
  private readonly age = this.gauge(
    'lumentill_ledger_read_age_seconds',
    'Age of the newest ledger read completely, per network; absent when none ever was',
  );
  private readonly ledger = this.gauge(
    'lumentill_ledger_read',
    'Number of the newest ledger read completely, per network',
  );
  private readonly quarantined = this.gauge(
    'lumentill_quarantined_items',
    'Ledger items that could not be understood or recorded, per network',
  );
  private readonly aside = this.gauge(
    'lumentill_waiting_payments',
    'Payments put aside because somebody held the invoice they are for, per network',
  );
  private readonly intents = this.gauge('lumentill_open_payment_intents', 'Prepared payments that have not ended');
  private readonly untold = this.gauge(
    'lumentill_oldest_untold_event_seconds',
    'How long the oldest event has waited for its number',
  );
  private readonly overdue = this.gauge(
    'lumentill_overdue_delivery_seconds',
    'How long the most overdue webhook delivery has been due',
  );
  private readonly connections = this.gauge(
    'lumentill_database_connections',
    'Connections of this process to the database, in use and idle',
  );
  private readonly waiting = this.gauge(
    'lumentill_database_waiting',
    'Work of this process that waits for a connection to the database',
  );
  private asked: Promise<Figures> | undefined;

  constructor(
    private readonly figures: FiguresService,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    telemetry: PrometheusTelemetry,
  ) {
    collectDefaultMetrics({ register: this.registry });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
    telemetry.registerIn(this.registry);
    this.gauge('lumentill_build_info', 'Always 1: what is running').set([
      1,
      { version: packageVersion(), node: process.version },
    ]);
  }

  /** Prometheus text. A database that does not answer leaves its part out and holds nothing up. */
  async text(): Promise<string> {
    this.show(await this.known());
    const { busy, idle, waiting } = this.transactions.poolUse();
    this.connections.set([busy, { state: 'busy' }], [idle, { state: 'idle' }]);
    this.waiting.set([waiting]);
    return this.registry.metrics();
  }

  /** Undefined when the database is away or slow. While one question is open no other is asked. */
  private async known(): Promise<Figures | undefined> {
    this.asked ??= this.figures.read().finally(() => (this.asked = undefined));
    const answered = new AbortController();
    const late = this.clock.sleep(DATABASE_MS, answered.signal).then(() => undefined);
    const figures = await Promise.race([this.asked.catch(() => undefined), late]);
    answered.abort();
    return figures;
  }

  private show(figures: Figures | undefined): void {
    this.answers.set([figures === undefined ? 0 : 1]);
    this.ready.set([figures?.ready === true ? 1 : 0]);
    const ledgers = figures?.ledgers ?? [];
    this.age.set(
      ...ledgers.flatMap(({ network, ageSeconds }) =>
        ageSeconds === null ? [] : [[ageSeconds, { network }] as const],
      ),
    );
    this.ledger.set(...ledgers.map(({ network, ledger }) => [ledger, { network }] as const));
    this.quarantined.set(...ledgers.map(({ network, quarantined }) => [quarantined, { network }] as const));
    this.aside.set(...ledgers.map(({ network, waiting }) => [waiting, { network }] as const));
    for (const [gauge, value] of [
      [this.intents, figures?.openIntents],
      [this.untold, figures?.untoldSeconds],
      [this.overdue, figures?.overdueSeconds],
    ] as const) {
      if (value === undefined) gauge.set();
      else gauge.set([value]);
    }
  }

  private gauge(name: string, help: string): GaugeMeter {
    return new GaugeMeter(name, help).in(this.registry);
  }
}
