import { Injectable } from '@nestjs/common';
import { isoInstant } from '../../common/clock';
import { isDatabaseAway } from '../../database/database-errors';
import { SandboxHostService } from '../sandbox-host.service';
import { NetworkNotLoaded } from '../sandbox-network';
import { LostLeadership } from '../sandbox-store';
import { ClockLimits } from './clock-limits';
import { ClockRepository } from './clock.repository';
import { type ClockRequest, refusalOf } from './clock-request';
import type { Due, DueWork } from './due-work';
import { SandboxClock } from './sandbox-clock';

type Move = Exclude<ClockRequest, { readonly faults: unknown }>;

export interface ClockFace {
  /** RFC 3339. */
  readonly now: string;
  readonly offsetSeconds: number;
}

/** A move that was not made, or not to its end: where the clock stands is what holds. */
export class ClockRefusal extends Error {
  constructor(
    readonly status: 400 | 409 | 503,
    message: string,
  ) {
    super(message);
    this.name = 'ClockRefusal';
  }
}

/** Pause between two looks at what others are doing. */
const PAUSE_MS = 10;

/** Where a walk goes: to an offset, or to an instant. Real time goes on meanwhile, so both are asked anew at each step. */
interface Goal {
  offsetMs(): number;
}

/**
 * Moves the clock of the sandbox, in the process that closes its ledgers. A jump is played as a walk through every instant
 * at which something is due, in order; at each the network closes a ledger, the ledger is read, and what is due is done. Each step is one row in the
 * database, so a walk that breaks off leaves a present like any other, from which the next move goes on.
 */
@Injectable()
export class ClockMovesService {
  private line: Promise<unknown> = Promise.resolve();
  private halted = false;

  constructor(
    private readonly host: SandboxHostService,
    private readonly repository: ClockRepository,
    private readonly clock: SandboxClock,
    private readonly limits: ClockLimits,
  ) {}

  face(): ClockFace {
    return { now: isoInstant(this.clock.now()), offsetSeconds: this.clock.offsetMs / 1000 };
  }

  /** One at a time, each from where the one before has left off. Throws `ClockRefusal`. */
  move(request: Move, work: DueWork): Promise<ClockFace> {
    // A move that waits for others has less time of its own, so that every caller gets an answer.
    const endMs = this.clock.monotonicMs() + this.limits.walkMs;
    const moved = this.line.then(() => this.walk(request, work, endMs));
    this.line = moved.catch(() => undefined); // its own caller gets the error; the next move only waits for it to be over
    return moved;
  }

  /** A stop does not wait for a walk of a year. */
  halt(): void {
    this.halted = true;
  }

  private async walk(request: Move, work: DueWork, endMs: number): Promise<ClockFace> {
    try {
      const goal = this.goalOf(request);
      const walk = new Walk(this.host, this.repository, this.clock, work, () => this.assertGoingOn(endMs));
      await walk.present();
      for (let steps = 1; await walk.step(goal); steps += 1)
        if (steps >= this.limits.steps)
          throw new ClockRefusal(
            409,
            `The clock has stopped after ${steps} steps, and more is due on the way: move it again to go on from here`,
          );
      await work.sweep();
      return this.face();
    } catch (error) {
      if (error instanceof NetworkNotLoaded || error instanceof LostLeadership || isDatabaseAway(error))
        throw new ClockRefusal(
          503,
          'The sandbox cannot move its clock at the moment: repeat the request in a few seconds',
        );
      throw error;
    }
  }

  private goalOf(request: Move): Goal {
    const now = this.clock.now().getTime();
    const toMs = 'to' in request ? request.to.getTime() : now + request.advanceSeconds * 1000;
    const refusal = refusalOf(now, toMs);
    if (refusal === 'back') throw new ClockRefusal(409, 'The clock only goes forward: what has happened stays');
    if (refusal === 'far') throw new ClockRefusal(400, 'A step can be at most two years long: take several');
    if ('to' in request) return { offsetMs: () => toMs - this.clock.real().getTime() };
    const offset = this.clock.offsetMs + request.advanceSeconds * 1000;
    return { offsetMs: () => offset };
  }

  private assertGoingOn(endMs: number): void {
    if (this.halted || !this.host.isOpen)
      throw new ClockRefusal(503, 'The process that moved the clock has stopped: repeat the request in a few seconds');
    if (this.clock.monotonicMs() > endMs)
      throw new ClockRefusal(409, 'The way takes too long for one request: move the clock again to go on from here');
  }
}

/** One walk: the clock and the ledger go together, and nothing is passed by before it is done. */
class Walk {
  /** Everything due up to here is done. */
  private settled: Date;

  constructor(
    private readonly host: SandboxHostService,
    private readonly repository: ClockRepository,
    private readonly clock: SandboxClock,
    private readonly work: DueWork,
    private readonly assertGoingOn: () => void,
  ) {
    this.settled = clock.now();
  }

  /** Transactions handed to the network before the move close before it: a jump makes no payment late. */
  async present(): Promise<void> {
    for (; this.host.network.engine.pendingCount() > 0; this.assertGoingOn()) await this.close();
    await this.settle(this.clock.now());
  }

  /** To the next instant at which something is due, or to the goal. False when that is reached. */
  async step(goal: Goal): Promise<boolean> {
    this.assertGoingOn();
    const next = await this.work.next(this.settled);
    const goalMs = this.clock.real().getTime() + goal.offsetMs();
    // Ledgers have the time in whole seconds: the ledger of the next second has passed it.
    const nextMs = next === null ? Number.POSITIVE_INFINITY : nextSecond(next.at);
    const atMs = Math.min(nextMs, goalMs);
    await this.set(nextMs < goalMs ? () => nextMs - this.clock.real().getTime() : () => goal.offsetMs());
    await this.settle(new Date(Math.max(atMs, this.settled.getTime())));
    return nextMs < goalMs;
  }

  /** Every process lives there when it resolves: none may read a ledger of a time that it does not know. */
  private async set(offset: () => number): Promise<void> {
    for (;;) {
      const state = await this.repository.read();
      this.clock.adopt(state.offsetMs);
      const offsetMs = Math.round(offset());
      const arrived = offsetMs <= state.offsetMs;
      if (!arrived && !(await this.repository.move(state, offsetMs))) continue;
      if (!arrived) this.clock.adopt(offsetMs);
      return this.untilSeen(arrived ? state.epoch : state.epoch + 1n);
    }
  }

  private async untilSeen(epoch: bigint): Promise<void> {
    while (!(await this.repository.isSeen(epoch))) await this.pause();
  }

  /** Closes a ledger, has it read, and does what is due at `instant` or before, until nothing of it is left. */
  private async settle(instant: Date): Promise<void> {
    let closedAt = await this.close();
    for (;;) {
      await this.untilRead(closedAt);
      await this.work.run();
      const undone = await this.work.undone(instant);
      if (undone === null) break;
      if (undone.at < closedAt) await this.pause(undone);
      else {
        // The ledger has not passed it: that of the next second has.
        await this.clock.sleep(Math.max(0, nextSecond(undone.at) - this.clock.now().getTime()));
        closedAt = await this.close();
      }
    }
    this.settled = instant;
  }

  private async close(): Promise<Date> {
    const { header } = await this.host.network.closeLedger();
    return new Date(header.closeTime * 1000);
  }

  private async untilRead(closedAt: Date): Promise<void> {
    for (;;) {
      const through = await this.work.read();
      if (through !== null && through >= closedAt) return;
      await this.pause();
    }
  }

  private async pause(undone?: Due): Promise<void> {
    try {
      this.assertGoingOn();
    } catch (error) {
      if (undone === undefined || !(error instanceof ClockRefusal)) throw error;
      throw new ClockRefusal(
        error.status,
        `${error.message}; not done yet: ${undone.what}, due ${isoInstant(undone.at)}`,
      );
    }
    await this.clock.sleep(PAUSE_MS);
  }
}

function nextSecond(instant: Date): number {
  return Math.floor(instant.getTime() / 1000) * 1000 + 1000;
}
