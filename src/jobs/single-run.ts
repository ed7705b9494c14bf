import type { Logger } from '@nestjs/common';
import { causeOf } from '../database/database-errors';
import { patiently } from '../database/patience';

/** A job never overlaps itself, and a failing tick is tried again with the next one. What it fails with is told once, and then that it is over. */
export class SingleRun {
  private current: Promise<void> | undefined;
  private stopped = false;
  private failures = 0;
  private told = new Set<string>();

  constructor(private readonly logger: Logger) {}

  async once(work: () => Promise<void>): Promise<void> {
    if (this.current !== undefined || this.stopped) return;
    this.current = patiently(work).then(
      () => this.succeeded(),
      (error: unknown) => this.failed(error),
    );
    await this.current;
    this.current = undefined;
  }

  /** Begins nothing any more; resolves when what has begun is over. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.current;
  }

  private succeeded(): void {
    if (this.failures > 0) this.logger.log({ msg: 'job works again', failures: this.failures });
    this.failures = 0;
    this.told.clear();
  }

  private failed(error: unknown): void {
    this.failures += 1;
    const cause = causeOf(error);
    if (this.told.has(cause.message)) return;
    this.told.add(cause.message);
    this.logger.error({ msg: 'job failed', error: cause });
  }
}
