import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Transactions } from '../database/transactions';
import { LivesService } from '../lives/lives.service';
import { EventFanOutRepository } from './event-fan-out.repository';
import { EventNumbersRepository, type NumberedMerchant } from './event-numbers.repository';
import { MerchantLine } from './merchant-line';
import { WebhookSettings } from './webhook-settings';

/** Of one round, over all its merchants. */
const EVENTS_PER_ROUND = 1_000;
const DELIVERIES_PER_ROUND = 2_000;
/** Younger events are left to the process that committed them. */
const LEFT_BEHIND_SECONDS = 0.1;
const ROWS_PER_SWEEP = 1_000;
const NOBODY = '00000000-0000-0000-0000-000000000000';
const BUSY_AT_ONCE = 2;
const LONE_AT_ONCE = 4;
const TELL_EVERY_MS = 10_000;

/**
 * Gives events their numbers after they were committed, and turns them into deliveries. A process that has committed
 * events of a merchant runs the merchant's next round. A round takes everything committed by then, so many commits need
 * few rounds. The sweep finds what a dead process left behind. Events without a number are neither read nor sent.
 */
@Injectable()
export class EventNumberingService implements BeforeApplicationShutdown {
  private readonly logger = new Logger('EventNumbering');
  private readonly touched: MerchantLine;
  /** Merchants that had more than their part of a shared round, or were locked: one by one, beside the others and not before them. */
  private readonly busy = new MerchantLine(1, BUSY_AT_ONCE, (merchantIds) => this.attempt(merchantIds, true));
  private sweptTo = NOBODY;
  private lastToldMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly numbers: EventNumbersRepository,
    private readonly fanOut: EventFanOutRepository,
    private readonly lives: LivesService,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    { merchantsPerRound }: WebhookSettings,
  ) {
    // One round at a time gathers what commits meanwhile; rounds of one merchant each gather nothing.
    this.touched = new MerchantLine(merchantsPerRound, merchantsPerRound === 1 ? LONE_AT_ONCE : 1, (merchantIds) =>
      this.attempt(merchantIds, false),
    );
  }

  /** Events of these merchants are numbered soon, once the open transaction is committed. */
  afterCommit(merchantIds: Iterable<string>): void {
    const ids = [...merchantIds];
    this.transactions.afterCommit(() => this.touched.add(ids));
  }

  /** Numbers and hands on everything of one merchant that is committed by now; in the caller's transaction, when there is one. */
  async catchUp(merchantId: string): Promise<void> {
    while ((await this.round([merchantId], true)).length > 0);
  }

  /** Takes up what its process left behind; each round goes on where the one before ended, so that no merchant's heap hides the others. */
  async sweep(): Promise<void> {
    const { merchantIds, more } = await this.numbers.listLeftBehind(this.sweptTo, LEFT_BEHIND_SECONDS, ROWS_PER_SWEEP);
    this.sweptTo = (more ? merchantIds.at(-1) : undefined) ?? NOBODY;
    this.touched.add(merchantIds);
  }

  /** Until everything that is committed by now is numbered and handed on. */
  async settle(): Promise<void> {
    for (let beyond: string | undefined = NOBODY; beyond !== undefined;) {
      const { merchantIds, more } = await this.numbers.listLeftBehind(beyond, 0, ROWS_PER_SWEEP);
      beyond = more ? merchantIds.at(-1) : undefined;
      this.touched.add(merchantIds);
    }
    await this.idle();
  }

  /** Lets rounds under way end; whatever is left is found by others. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.idle();
  }

  private async idle(): Promise<void> {
    while (!this.touched.isIdle || !this.busy.isIdle)
      await Promise.all([this.touched.untilIdle(), this.busy.untilIdle()]);
  }

  private async attempt(merchantIds: readonly string[], waiting: boolean): Promise<void> {
    try {
      this.busy.add(await this.round(merchantIds, waiting));
    } catch (error) {
      // If it is one of them that fails, the others are not to wait for it.
      if (merchantIds.length > 1) this.busy.add(merchantIds);
      else this.tell(error);
    }
  }

  /** Not with every sweep. */
  private tell(error: unknown): void {
    const nowMs = this.clock.monotonicMs();
    if (nowMs - this.lastToldMs < TELL_EVERY_MS) return;
    this.lastToldMs = nowMs;
    this.logger.error({
      msg: 'events were not numbered; they are tried again',
      error: error instanceof Error ? error.message : String(error),
    });
  }

  /** One round of these merchants, on disk when it returns. Returns the merchants that need another one. */
  private round(merchantIds: readonly string[], waiting: boolean): Promise<string[]> {
    return this.transactions.run(async () => {
      const [first] = merchantIds;
      if (waiting && first !== undefined) await this.numbers.hold(first);
      const held = waiting ? merchantIds : await this.numbers.holdFree(merchantIds);
      if (held.length === 0) return [...merchantIds];
      const rows = await this.number(held, Math.ceil(EVENTS_PER_ROUND / held.length));
      const untold = rows.filter((row) => row.untold).map(({ merchantId }) => merchantId);
      const more =
        untold.length === 0
          ? []
          : await this.fanOut.tell(untold, this.clock.now(), Math.ceil(DELIVERIES_PER_ROUND / held.length));
      const done = new Set(held);
      return [
        ...new Set([
          ...merchantIds.filter((id) => !done.has(id)),
          ...rows.filter(({ full }) => full).map(({ merchantId }) => merchantId),
          ...more,
        ]),
      ];
    });
  }

  private async number(merchantIds: readonly string[], quota: number): Promise<NumberedMerchant[]> {
    const rows = await this.numbers.number(merchantIds, quota);
    if (rows.length > 0) return rows;
    // The server under us may be another one than before: nothing is given out before that is known.
    await this.lives.current();
    return this.numbers.number(merchantIds, quota);
  }
}
