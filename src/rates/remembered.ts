import type { Clock } from '../common/clock';

/**
 * One answer for all callers within `forMs`, a failure included, so that a broken provider is not asked by every visitor.
 * Only one question is under way at a time.
 */
export class Remembered<T> {
  private answer: Promise<T> | undefined;
  private answeredAt: number | undefined;

  constructor(
    private readonly ask: () => Promise<T>,
    private readonly forMs: number,
    private readonly clock: Clock,
  ) {}

  get(): Promise<T> {
    if (
      this.answer !== undefined &&
      (this.answeredAt === undefined || this.clock.monotonicMs() - this.answeredAt < this.forMs)
    )
      return this.answer;
    this.answeredAt = undefined;
    this.answer = this.ask().finally(() => {
      this.answeredAt = this.clock.monotonicMs();
    });
    return this.answer;
  }
}
