import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock';
import { endsWithin } from '../common/ends-within';
import type { Network } from '../common/network';
import { Trouble } from '../common/trouble';
import { causeOf } from '../database/database-errors';
import { patiently } from '../database/patience';
import { Settings } from '../env';
import { LivesService } from '../lives/lives.service';
import { HistoryGap, ReconciliationService } from '../payments/reconciliation.service';
import { SettlingApartService } from '../payments/settling-apart.service';
import { LedgerMismatch, LedgerUnavailable } from '../stellar/ledger-source';
import { LedgerSources } from '../stellar/ledger-sources';
import { Networks } from '../stellar/networks';

/** Pause while a human must act (network reset, gap in history). */
export const MAX_PAUSE_MS = 60_000;
/** How long a stop waits for the page at hand. */
const STOP_MS = 2_000;
/** A start that is ready without having read waits no longer for a provider that does not answer. */
const FIRST_PAGE_MS = 5_000;
/** Longest pause of our own choosing after failures; a provider may ask for more. */
export const MAX_RETRY_MS = 10_000;

/** One reader a network: pages without pause until the end of the ledger, then polls. */
@Injectable()
export class ReconciliationJob implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Reconciliation');
  private readonly stopping = new AbortController();
  private readonly pauses = new Map<Network, { readonly early: AbortController; readonly failing: boolean }>();
  private readonly troubles = new Map<Network, Trouble>();
  private loops: Promise<void>[] = [];

  constructor(
    private readonly reconciliation: ReconciliationService,
    private readonly apart: SettlingApartService,
    private readonly networks: Networks,
    private readonly sources: LedgerSources,
    lives: LivesService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {
    // Our own database is back: nothing is given out before it was read what happened meanwhile.
    lives.onMoved(() => this.pauses.forEach(({ early }) => early.abort()));
  }

  /**
   * Called when the service listens: the sandbox is reached over HTTP like any other network. Resolves when each network was
   * asked for its first page, whatever came of it, or soon: where little had happened, references are given out from then on.
   */
  async start(): Promise<void> {
    const asked = patiently(() =>
      this.networks.enabled.map(({ network }) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.loops.push(this.loop(network, resolve), this.listen(network), this.settleApart(network));
        return promise;
      }),
    );
    await endsWithin(this.clock, Promise.all(asked), FIRST_PAGE_MS);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.stop();
  }

  /** Finishes the page at hand and lets another process read on at once. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const loops = this.loops.splice(0);
    if (loops.length === 0) return;
    // A provider that hangs is not waited for: a page that comes too late is recorded whole or not at all.
    await endsWithin(this.clock, Promise.all(loops), STOP_MS);
    await this.reconciliation.release();
  }

  /** The provider's stream of ledgers ends a pause early; nothing depends on it. */
  private listen(network: Network): Promise<void> {
    return this.sources.of(network).announceLedgers(() => this.hurry(network), this.stopping.signal);
  }

  private async loop(network: Network, asked: () => void): Promise<void> {
    let failures = 0;
    while (!this.stopping.signal.aborted) {
      let pauseMs = this.pollMs(network);
      try {
        const report = await this.reconciliation.ingestPage(network);
        failures = 0;
        if (report.more) pauseMs = 0;
      } catch (error) {
        failures += 1;
        pauseMs = this.pauseAfter(network, error, failures);
      }
      asked();
      await this.pause(network, pauseMs, failures > 0);
    }
  }

  /** Beside the reader, which must not wait for it. */
  private async settleApart(network: Network): Promise<void> {
    const trouble = new Trouble();
    for (let failures = 0; !this.stopping.signal.aborted;) {
      try {
        await this.apart.round(network);
        failures = 0;
        trouble.worked();
      } catch (error) {
        failures += 1;
        const { message } = causeOf(error);
        if (trouble.failed(message))
          this.logger.warn({ msg: 'money that was put aside could not be looked at', network, error: message });
      }
      await this.clock.sleep(
        failures === 0 ? this.pollMs(network) : this.backOff(network, failures),
        this.stopping.signal,
      );
    }
  }

  /** A public Horizon allows 3,600 requests an hour and a poll takes two. */
  private pollMs(network: Network): number {
    return this.settings.ledgerPollMs ?? (network === 'sandbox' ? 1_000 : 5_000);
  }

  /** A provider that fails is left alone for as long as was decided. */
  private hurry(network: Network): void {
    const pause = this.pauses.get(network);
    if (pause?.failing === false) pause.early.abort();
  }

  private async pause(network: Network, ms: number, failing: boolean): Promise<void> {
    if (ms === 0) return;
    const early = new AbortController();
    this.pauses.set(network, { early, failing });
    await this.clock.sleep(ms, AbortSignal.any([early.signal, this.stopping.signal]));
    this.pauses.delete(network);
  }

  /** Gaps and resets wait for a human, everything else passes: the ledger or our own database is away for a while. */
  private pauseAfter(network: Network, error: unknown, failures: number): number {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof LedgerMismatch || error instanceof HistoryGap) {
      this.logger.error({ msg: 'reading the ledger stopped', network, error: message });
      return MAX_PAUSE_MS;
    }
    if (error instanceof LedgerUnavailable) {
      this.logger.warn({ msg: 'the ledger gave no answer', network, error: message, failures });
      return Math.max(this.backOff(network, failures), (error.retryAfterSeconds ?? 0) * 1000);
    }
    this.tell(network, error, failures);
    return this.backOff(network, failures);
  }

  /** A failure that repeats in the same way is logged once. */
  private tell(network: Network, error: unknown, failures: number): void {
    const { message, stack } = causeOf(error);
    const trouble = failures > 1 ? (this.troubles.get(network) ?? new Trouble()) : new Trouble();
    this.troubles.set(network, trouble);
    if (trouble.failed(message))
      this.logger.error({ msg: 'a page of the ledger was not recorded', network, error: message, failures, stack });
  }

  private backOff(network: Network, failures: number): number {
    return Math.min(MAX_RETRY_MS, this.pollMs(network) * 2 ** Math.min(failures, 16));
  }
}
