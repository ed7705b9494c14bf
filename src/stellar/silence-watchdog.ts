/** One look at the provider: the newest ledger it knows, and when (monotonic milliseconds) we asked. */
export interface LedgerSample {
  readonly latestLedger: number;
  readonly monotonicMs: number;
}

export type LedgerPulse =
  | { readonly kind: 'advancing' }
  /** No new ledger for `silentMs`; a network closes one every few seconds. */
  | { readonly kind: 'stalled'; readonly silentMs: number }
  /** The ledger number fell: the network was reset, or the provider lost history. Cursors mean nothing any more. */
  | { readonly kind: 'reset'; readonly from: number; readonly to: number };

/** Falls below this are a load balancer with an older replica behind it, not a reset. */
const REPLICA_LAG_LEDGERS = 120;

/** Judges samples; holds no clock and no timer. A stall ends with the next ledger, a reset stays until restart. */
export class SilenceWatchdog {
  private highest: LedgerSample | undefined;
  private reset: LedgerPulse | undefined;

  constructor(private readonly stallMs: number) {}

  observe(sample: LedgerSample): LedgerPulse {
    if (this.reset !== undefined) return this.reset;
    const highest = this.highest;
    if (highest === undefined || sample.latestLedger > highest.latestLedger) {
      this.highest = sample;
      return { kind: 'advancing' };
    }
    // A young network (fewer ledgers than that lag) is judged by halves.
    if (sample.latestLedger < Math.max(highest.latestLedger - REPLICA_LAG_LEDGERS, highest.latestLedger / 2)) {
      this.reset = { kind: 'reset', from: highest.latestLedger, to: sample.latestLedger };
      return this.reset;
    }
    const silentMs = sample.monotonicMs - highest.monotonicMs;
    return silentMs >= this.stallMs ? { kind: 'stalled', silentMs } : { kind: 'advancing' };
  }
}
