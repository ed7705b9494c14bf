import type { Clock } from '../common/clock';

/** A clock that is ahead by so much more than when it was asked has been moved. */
const MOVED_MS = 1_000;

/**
 * One answer for all callers within `forMs`, a failure included, so that a broken provider is not asked by every visitor.
 * Only one question is under way at a time.
 */
export class Remembered<T> {
  private answer: Promise<T> | undefined;
  private answeredAt: number | undefined;
  private askedAhead = 0;

  constructor(
    private readonly ask: () => Promise<T>,
    private readonly forMs: number,
    private readonly clock: Clock,
  ) {}

  get(): Promise<T> {
    if (
      this.answer !== undefined &&
      (this.answeredAt === undefined || this.clock.monotonicMs() - this.answeredAt < this.forMs) &&
      this.aheadMs() - this.askedAhead < MOVED_MS
    )
      return this.answer;
    this.answeredAt = undefined;
    this.askedAhead = this.aheadMs();
    this.answer = this.ask().finally(() => {
      this.answeredAt = this.clock.monotonicMs();
    });
    return this.answer;
  }

  /** The clock of a sandbox may be moved: what was fresh is old then. */
  private aheadMs(): number {
    return this.clock.now().getTime() - this.clock.real().getTime();
  }
}
