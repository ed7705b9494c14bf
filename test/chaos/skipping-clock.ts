import { SystemClock } from '../../src/common/clock';

/** The real clock, which can be made to skip: what would have ended in that time ends at once. */
export class SkippingClock extends SystemClock {
  private skippedMs = 0;
  private readonly sleepers = new Map<AbortController, number>();

  override now(): Date {
    return new Date(super.now().getTime() + this.skippedMs);
  }

  override monotonicMs(): number {
    return super.monotonicMs() + this.skippedMs;
  }

  override async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const woken = new AbortController();
    this.sleepers.set(woken, this.monotonicMs() + ms);
    await super.sleep(ms, signal === undefined ? woken.signal : AbortSignal.any([signal, woken.signal]));
    this.sleepers.delete(woken);
  }

  skip(ms: number): void {
    this.skippedMs += ms;
    const now = this.monotonicMs();
    for (const [sleeper, until] of this.sleepers) if (until <= now) sleeper.abort();
  }
}
