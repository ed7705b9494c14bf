import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock';
import type { Network } from '../common/network';
import { Settings } from '../env';
import { ReconciliationService } from '../payments/reconciliation.service';
import { LedgerUnavailable } from '../stellar/ledger-source';
import { Networks } from '../stellar/networks';

/** Longest pause after failures, and while a human must act (network reset, gap in history). */
const MAX_PAUSE_MS = 60_000;

/** One reader a network: pages without pause until the end of the ledger, then polls. */
@Injectable()
export class ReconciliationJob implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Reconciliation');
  private readonly stopping = new AbortController();
  private loops: Promise<void>[] = [];

  constructor(
    private readonly reconciliation: ReconciliationService,
    private readonly networks: Networks,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Called when the service listens: the sandbox is reached over HTTP like any other network. */
  start(): void {
    this.loops = this.networks.enabled.map(({ network }) => this.loop(network));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.loops);
    if (this.loops.length > 0) await this.reconciliation.release();
  }

  private async loop(network: Network): Promise<void> {
    let failures = 0;
    while (!this.stopping.signal.aborted) {
      let pauseMs = this.settings.ledgerPollMs;
      try {
        const report = await this.reconciliation.ingestPage(network);
        failures = 0;
        if (report.more) pauseMs = 0;
      } catch (error) {
        failures += 1;
        pauseMs = this.pauseAfter(network, error, failures);
      }
      await this.clock.sleep(pauseMs, this.stopping.signal);
    }
  }

  private pauseAfter(network: Network, error: unknown, failures: number): number {
    const pauseMs = Math.min(MAX_PAUSE_MS, this.settings.ledgerPollMs * 2 ** Math.min(failures, 16));
    const message = error instanceof Error ? error.message : String(error);
    if (!(error instanceof LedgerUnavailable)) {
      this.logger.error({ msg: 'reading the ledger stopped', network, error: message, stack: error instanceof Error ? error.stack : undefined });
      return MAX_PAUSE_MS;
    }
    this.logger.warn({ msg: 'the ledger gave no answer', network, error: message, failures });
    return Math.max(pauseMs, (error.retryAfterSeconds ?? 0) * 1000);
  }
}
