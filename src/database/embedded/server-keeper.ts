import { SystemClock } from '../../common/clock';
import type { Presence } from './presence';

const clock = new SystemClock();
/** A server that keeps dying is not to be helped by starting it; what ails it is in its log. */
const MOST_RETURNS = 5;
const WITHIN_MS = 10 * 60_000;
/** How often, and for how long, a start is tried again: a full disk may get room, a folder may come back. */
const TRIES = 8;
const PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

export interface Returned {
  readonly presence: Presence;
  readonly adopted: boolean;
  readonly postmaster: { readonly pid: number };
}

export interface KeeperOptions {
  readonly log: (message: string) => void;
  readonly onLost: ((reason: unknown) => void) | undefined;
  readonly exclusive: boolean;
}

/**
 * Stays connected to the server and brings it back when it dies: at the same address, so that all connections find it
 * again, and after its recovery.
 */
export class ServerKeeper {
  private leaving = false;
  private returning: Promise<void> | undefined;
  private returns: number[] = [];

  constructor(
    private presence: Presence,
    private readonly bringBack: () => Promise<Returned>,
    private readonly options: KeeperOptions,
  ) {
    this.watch();
  }

  /** Waits for a start that is under way, then leaves as `Presence.leave` does. */
  async leave(): ReturnType<Presence['leave']> {
    this.leaving = true;
    await this.returning;
    return this.presence.leave();
  }

  private watch(): void {
    if (this.options.onLost === undefined) return;
    this.presence.onBroken(() => {
      if (this.leaving) return;
      this.returning = this.tryToReturn().catch((error: unknown) => {
        if (!this.leaving) this.options.onLost?.(error);
      });
    });
  }

  private async tryToReturn(): Promise<void> {
    this.options.log('PostgreSQL has ended the connection: it is brought back if it has died.');
    for (let tries = 1; !this.leaving; tries++) {
      try {
        return await this.returnOnce();
      } catch (error) {
        if (tries === TRIES || error instanceof GivenUp) throw error;
        this.options.log(
          `PostgreSQL could not be brought back yet: ${error instanceof Error ? error.message : String(error)}`,
        );
        await this.pause(Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** tries));
      }
    }
  }

  private async returnOnce(): Promise<void> {
    const { presence, adopted, postmaster } = await this.bringBack();
    this.presence = presence;
    if (this.options.exclusive && !(await presence.claimService()))
      throw new GivenUp('another service works on the data now');
    if (!adopted) this.count();
    this.options.log(
      `PostgreSQL ${adopted ? 'has recovered' : 'had died and is running again'} (process ${postmaster.pid}).`,
    );
    this.watch();
  }

  private count(): void {
    const now = clock.monotonicMs();
    this.returns = [...this.returns.filter((at) => now - at < WITHIN_MS), now];
    if (this.returns.length > MOST_RETURNS)
      throw new GivenUp(`it has died ${this.returns.length} times within ${WITHIN_MS / 60_000} minutes`);
  }

  /** In short sleeps, so that a stop is not kept waiting. */
  private async pause(ms: number): Promise<void> {
    const end = clock.monotonicMs() + ms;
    while (!this.leaving && clock.monotonicMs() < end) await clock.sleep(100);
  }
}

/** Trying again would not help. */
class GivenUp extends Error {}
