import type { Logger } from '@nestjs/common';

/** A job never overlaps itself, and a failing tick is told and tried again with the next one. */
export class SingleRun {
  private current: Promise<void> | undefined;

  constructor(private readonly logger: Logger) {}

  async once(work: () => Promise<void>): Promise<void> {
    if (this.current !== undefined) return;
    this.current = work().catch((error: unknown) => {
      this.logger.error({ msg: 'job failed', error: error instanceof Error ? { name: error.name, message: error.message, stack: error.stack } : String(error) });
    });
    await this.current;
    this.current = undefined;
  }
}
