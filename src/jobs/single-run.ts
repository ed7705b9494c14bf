import type { Logger } from '@nestjs/common';
import type { Clock } from '../common/clock';
import { endsWithin } from '../common/ends-within';
import { Trouble } from '../common/trouble';
import { causeOf } from '../database/database-errors';
import { patiently } from '../database/patience';

/** How long a stop waits for what has begun. A provider that hangs is not waited for: the next process asks it again. */
const STOP_MS = 2_000;

/** A job never overlaps itself, and a failed tick is tried again with the next one. Each failure is logged once, and so is its end. */
export class SingleRun {
  private current: Promise<void> | undefined;
  private stopped = false;
  private abandoned = false;
  private readonly trouble = new Trouble();
  private readonly partial = new Map<string, Trouble>();

  constructor(
    private readonly logger: Logger,
    private readonly clock: Clock,
    private readonly stopMs = STOP_MS,
  ) {}

  async once(work: () => Promise<void>): Promise<void> {
    if (this.current !== undefined || this.stopped) return;
    this.current = patiently(work).then(
      () => this.succeeded(),
      (error: unknown) => this.failed(error),
    );
    await this.current;
    this.current = undefined;
  }

  /** Begins nothing any more. Resolves when the current run is over, or has not ended in time. Its later failures are not logged. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.current === undefined) return;
    this.abandoned = !(await endsWithin(this.clock, this.current, this.stopMs));
  }

  /** For a part of the work that fails while the rest goes on: logged once until that part works again. */
  async part(name: string, work: () => Promise<unknown>, tell: (error: unknown) => object | undefined): Promise<void> {
    const trouble = this.partial.get(name) ?? new Trouble();
    this.partial.set(name, trouble);
    try {
      await work();
      trouble.worked();
    } catch (error) {
      const line = tell(error);
      if (line === undefined) throw error;
      if (trouble.failed(JSON.stringify(line)) && !this.abandoned) this.logger.warn(line);
    }
  }

  private succeeded(): void {
    const failures = this.trouble.worked();
    if (failures > 0) this.logger.log({ msg: 'job works again', failures });
  }

  private failed(error: unknown): void {
    const cause = causeOf(error);
    if (this.trouble.failed(cause.message) && !this.abandoned) this.logger.error({ msg: 'job failed', error: cause });
  }
}
