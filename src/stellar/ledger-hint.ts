import type { Clock } from '../common/clock';
import type { HorizonClient } from './horizon-client';
import { LedgerUnavailable } from './ledger-source';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** An event is one ledger's header; more without an empty line in between is no event stream. */
const MAX_PENDING_CHARACTERS = 256 * 1024;

/**
 * Horizon's stream of closed ledgers (server-sent events), used as a hint that paging now is worth it. It only
 * makes the next page come sooner: events that are lost, repeated, late or invented change nothing else, so a
 * silent stream needs no detection, and no record is read from it.
 */
export class LedgerHint {
  constructor(
    private readonly client: HorizonClient,
    private readonly clock: Clock,
  ) {}

  /** Calls `onLedger` for each ledger until `signal` aborts; reconnects with growing pauses. Never throws for the network. */
  async run(onLedger: () => void, signal: AbortSignal): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      const heard = await this.listen(onLedger, signal);
      if (heard.events > 0) pauseMs = FIRST_PAUSE_MS;
      await this.clock.sleep(Math.max(pauseMs, heard.retryAfterMs), signal);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  private async listen(onLedger: () => void, signal: AbortSignal): Promise<{ events: number; retryAfterMs: number }> {
    const parser = new EventCounter();
    let events = 0;
    try {
      for await (const text of this.client.events('/ledgers?cursor=now', signal)) {
        const fresh = parser.feed(text);
        events += fresh;
        if (fresh > 0) onLedger();
      }
      return { events, retryAfterMs: 0 };
    } catch (error) {
      // Once stopped, the broken-off body is our own doing.
      if (signal.aborted) return { events, retryAfterMs: 0 };
      if (!(error instanceof LedgerUnavailable) && !(error instanceof TypeError)) throw error;
      return { events, retryAfterMs: error instanceof LedgerUnavailable ? (error.retryAfterSeconds ?? 0) * 1000 : 0 };
    }
  }
}

/** Counts events that carry an id, which the greeting, the farewell and errors do not. Text may come in any pieces. */
export class EventCounter {
  private pending = '';

  /** Number of complete events with an id in what has come so far and was not counted yet. */
  feed(text: string): number {
    this.pending += text;
    const events = this.pending.split(/\r?\n\r?\n/);
    this.pending = events.pop() ?? '';
    if (this.pending.length > MAX_PENDING_CHARACTERS) throw new LedgerUnavailable('the event stream sends no events');
    return events.filter((event) => /^id:/m.test(event)).length;
  }
}
