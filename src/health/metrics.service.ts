import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { HealthRepository } from './health.repository';
import { HealthService } from './health.service';

/** Figures an operator alarms on, read when they are asked for. */
@Injectable()
export class MetricsService {
  private readonly registry = new Registry();

  constructor(health: HealthService, repository: HealthRepository) {
    collectDefaultMetrics({ register: this.registry, prefix: 'lumentill_' });
    const { registry } = this;
    const registers = [registry];
    const age = new Gauge({ name: 'lumentill_ledger_read_age_seconds', help: 'Age of the newest ledger read completely, per network', labelNames: ['network'], registers });
    const ledger = new Gauge({ name: 'lumentill_ledger_read', help: 'Number of the newest ledger read completely, per network', labelNames: ['network'], registers });
    const quarantined = new Gauge({ name: 'lumentill_quarantined_items', help: 'Ledger items that could not be understood', registers });
    const intents = new Gauge({ name: 'lumentill_open_payment_intents', help: 'Prepared payments that have not ended', registers });
    const untold = new Gauge({ name: 'lumentill_oldest_untold_event_seconds', help: 'How long the oldest event has waited to become deliveries', registers });
    const overdue = new Gauge({ name: 'lumentill_overdue_delivery_seconds', help: 'How long the most overdue webhook delivery has been due', registers });
    const ready = new Gauge({
      name: 'lumentill_ready',
      help: '1 when the readiness probe would answer 200',
      registers,
      async collect() {
        const state = await health.readiness();
        this.set(state.ready ? 1 : 0);
        for (const each of state.ledgers) {
          age.set({ network: each.network }, each.ageSeconds ?? -1);
          ledger.set({ network: each.network }, each.ledger);
        }
        untold.set(state.oldestUntoldEventSeconds);
        overdue.set(state.overdueDeliverySeconds);
        if (!state.database) return;
        const counts = await repository.counts();
        quarantined.set(counts.quarantined);
        intents.set(counts.openIntents);
      },
    });
    ready.set(0);
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}
