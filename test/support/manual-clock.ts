import { Clock, SystemClock } from '../../src/common/clock';

/** A wall clock that the test sets; it stands still until told. Pauses and time-outs stay real. */
export class ManualClock extends Clock {
  private readonly system = new SystemClock();
  private skippedMs = 0;

  /** @param instant where it starts, default the real time */
  constructor(private instant: Date = new Date()) {
    super();
  }

  now(): Date {
    return new Date(this.instant);
  }

  /** Moves to an instant; the ledgers' close times follow, and they never run backwards. */
  set(instant: Date): void {
    this.instant = instant;
  }

  advance(ms: number): void {
    this.instant = new Date(this.instant.getTime() + ms);
  }

  /** What is remembered for that long is forgotten. */
  forget(ms: number): void {
    this.skippedMs += ms;
  }

  monotonicMs(): number {
    return this.system.monotonicMs() + this.skippedMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.system.sleep(ms, signal);
  }
}
