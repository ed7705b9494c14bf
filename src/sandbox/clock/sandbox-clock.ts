import { Clock } from '../../common/clock';

/** The clock of a deployment that is nothing but a sandbox: as far ahead of the real one as integrators have moved it, and never back. */
export class SandboxClock extends Clock {
  private ahead = 0;

  constructor(private readonly base: Clock) {
    super();
  }

  /** By how many milliseconds it is ahead of the real clock. */
  get offsetMs(): number {
    return this.ahead;
  }

  /** Takes over what the database says of the offset; a smaller one is an older answer. */
  adopt(offsetMs: number): void {
    this.ahead = Math.max(this.ahead, offsetMs);
  }

  now(): Date {
    return new Date(this.base.now().getTime() + this.ahead);
  }

  override real(): Date {
    return this.base.real();
  }

  monotonicMs(): number {
    return this.base.monotonicMs();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.base.sleep(ms, signal);
  }
}
