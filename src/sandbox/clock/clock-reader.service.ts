import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Ids } from '../../common/ids';
import { Trouble } from '../../common/trouble';
import { causeOf } from '../../database/database-errors';
import { patiently } from '../../database/patience';
import { ClockRepository } from './clock.repository';
import { SandboxClock } from './sandbox-clock';

/** How old the offset of a process's clock may be. */
const LOOK_MS = 200;
/** A move has many steps, and each waits for all processes: a process that has seen one looks for the next at once. */
const WALK_LOOK_MS = 15;
const WALK_MS = 2_000;
const BEAT_MS = 2_000;

/** Keeps the clock of this process where the database says it is. */
@Injectable()
export class ClockReaderService implements BeforeApplicationShutdown {
  private readonly logger = new Logger('SandboxClock');
  private readonly stopping = new AbortController();
  private readonly trouble = new Trouble();
  private readonly process: string;
  private loop: Promise<void> | undefined;
  private noted: { readonly epoch: bigint; readonly atMs: number } | undefined;
  private changedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly repository: ClockRepository,
    private readonly clock: SandboxClock,
    ids: Ids,
  ) {
    this.process = ids.row();
  }

  /** Resolves when this process lives in the present of its deployment; from then on it follows. */
  async start(): Promise<void> {
    await this.look();
    this.loop = patiently(() => this.follow());
  }

  /** Moves no longer wait for this process; if that cannot be written, not for long. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.loop;
    if (this.noted !== undefined) await this.repository.forget(this.process).catch(() => undefined);
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    for (;;) {
      const walking = this.clock.monotonicMs() - this.changedAtMs < WALK_MS;
      await this.clock.sleep(walking ? WALK_LOOK_MS : LOOK_MS, signal);
      if (signal.aborted) return;
      try {
        await this.look();
        this.trouble.worked();
      } catch (error) {
        const { message } = causeOf(error);
        if (this.trouble.failed(message))
          this.logger.warn({ msg: 'the clock of the sandbox could not be read', error: message });
      }
    }
  }

  /** The clock first: a process that has noted an epoch must run on its time already. */
  private async look(): Promise<void> {
    const { offsetMs, epoch } = await this.repository.read();
    this.clock.adopt(offsetMs);
    const nowMs = this.clock.monotonicMs();
    const { noted } = this;
    if (noted !== undefined && noted.epoch !== epoch) this.changedAtMs = nowMs;
    if (noted?.epoch === epoch && nowMs - noted.atMs < BEAT_MS) return;
    await this.repository.note(this.process, epoch);
    this.noted = { epoch, atMs: nowMs };
  }
}
