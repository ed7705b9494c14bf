import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Trouble } from '../common/trouble';
import { inBatches } from '../database/batches';
import { causeOf } from '../database/database-errors';
import { DeliveryOutcomesRepository, type DeliveryOutcome } from './delivery-outcomes.repository';
import { type ClaimedDelivery, DeliveryQueueRepository } from './delivery-queue.repository';
import { LANES } from './delivery-lanes';
import { DeliveryCapacity } from './delivery-capacity';
import { OutcomeRecorder } from './outcome-recorder';
import { WebhookEndpointsService } from './webhook-endpoints.service';
import { WebhookSenderService } from './webhook-sender.service';
import { WebhookSettings } from './webhook-settings';

/** What a stop waits for requests under way before it ends them; the rest is sent again by the next process. */
const STOP_GRACE_MS = 3_000;
const KEEP_ENDED_MS = 30 * 24 * 3600 * 1000;
const SWEEP_BATCH = 5_000;
/** Between two looks for what a process that died has left behind. */
const LOOK_AGAIN_MS = 1_000;

/**
 * The way of deliveries to the receivers: due ones are claimed, sent outside of any transaction, and recorded. Any number of processes may run it. At least once: what a process takes with it when
 * it dies is sent again after the lease.
 */
@Injectable()
export class WebhookDispatchService implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Webhooks');
  private readonly underWay = new Set<Promise<void>>();
  private readonly slots: DeliveryCapacity;
  private readonly recorder = new OutcomeRecorder((outcomes) => this.write(outcomes));
  private readonly writing = new Trouble();
  private stopping = false;
  private stopped: Promise<void> | undefined;
  private looping: Promise<void> = Promise.resolve();
  private finished = false;
  private wake: () => void = () => undefined;
  private lastLookMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly queue: DeliveryQueueRepository,
    private readonly outcomes: DeliveryOutcomesRepository,
    private readonly sender: WebhookSenderService,
    private readonly endpoints: WebhookEndpointsService,
    private readonly settings: WebhookSettings,
    private readonly clock: Clock,
  ) {
    this.slots = new DeliveryCapacity(settings.concurrency, settings.promptMs);
  }

  /** Sends everything due and what becomes due meanwhile; resolves when nothing is due and nothing under way. A second run begins when the first is over. */
  run(): Promise<void> {
    const looping = this.looping.then(() => this.loop());
    this.looping = looping.catch(() => undefined); // the caller of the run gets the error
    return looping;
  }

  private async loop(): Promise<void> {
    this.lastLookMs = Number.NEGATIVE_INFINITY;
    while (!this.stopping) {
      this.finished = false;
      const claimed = await this.claim();
      // Claimed while the process began to stop: another one may send it at once.
      if (this.isStopping())
        await Promise.all(claimed.map((delivery) => this.queue.release(delivery, this.clock.now())));
      else for (const delivery of claimed) this.send(delivery);
      if (claimed.length > 0 || this.finished) continue;
      if (this.underWay.size === 0) return;
      await this.progress(this.settings.pollMs);
    }
  }

  /** Ends what nobody will send, and forgets what ended long ago. */
  async sweep(): Promise<void> {
    const now = this.clock.now();
    await this.queue.endStranded(now);
    await this.queue.announceForgotten(now);
    const before = new Date(now.getTime() - KEEP_ENDED_MS);
    await inBatches(SWEEP_BATCH, (size) => this.queue.deleteEnded(before, size));
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.stop();
  }

  /** Begins nothing new; resolves when what is under way has ended and is recorded. */
  stop(): Promise<void> {
    return (this.stopped ??= this.end());
  }

  private isStopping(): boolean {
    return this.stopping;
  }

  private async end(): Promise<void> {
    this.stopping = true;
    this.wake();
    await this.looping;
    const endMs = this.clock.monotonicMs() + STOP_GRACE_MS;
    for (let leftMs = STOP_GRACE_MS; this.underWay.size > 0 && leftMs > 0; leftMs = endMs - this.clock.monotonicMs())
      await this.progress(leftMs);
    this.sender.close();
    await Promise.all(this.underWay);
  }

  /** Until a request has ended and is recorded, at most `ms`. */
  private async progress(ms: number): Promise<void> {
    const early = new AbortController();
    this.wake = () => {
      this.wake = () => undefined;
      early.abort();
    };
    await this.clock.sleep(ms, early.signal);
  }

  private async claim(): Promise<ClaimedDelivery[]> {
    const nowMs = this.clock.monotonicMs();
    const slots = this.slots.free(nowMs);
    if (LANES.every((lane) => slots[lane] === 0)) return [];
    const lookAgain = nowMs - this.lastLookMs >= LOOK_AGAIN_MS;
    if (lookAgain) this.lastLookMs = nowMs;
    const { perEndpoint, perMerchant, leaseSeconds } = this.settings;
    return this.queue.claim({ slots, perEndpoint, perMerchant, leaseSeconds, lookAgain }, this.clock.now());
  }

  private send(delivery: ClaimedDelivery): void {
    const giveBack = this.slots.take(delivery.lane, this.clock.monotonicMs());
    const task: Promise<void> = this.attempt(delivery)
      .catch((error: unknown) => this.tell('a webhook could not be sent', error))
      .finally(() => {
        this.underWay.delete(task);
        giveBack();
        this.finished = true;
        this.wake();
      });
    this.underWay.add(task);
  }

  private async attempt(delivery: ClaimedDelivery): Promise<void> {
    const outcome = await this.sender.attempt(delivery);
    if (outcome === 'stopped') await this.queue.release(delivery, this.clock.now());
    else await this.recorder.record(outcome);
  }

  private async write(outcomes: readonly DeliveryOutcome[]): Promise<void> {
    try {
      const now = this.clock.now();
      const struck = await this.outcomes.record(outcomes, now);
      for (const { merchantId, endpointId, gone } of outcomes)
        if (gone) await this.endpoints.giveUp(merchantId, endpointId, 'gone');
      for (const { merchantId, id, failingSince } of struck) {
        if (now.getTime() - failingSince.getTime() >= this.settings.disableAfterSeconds * 1000)
          await this.endpoints.giveUp(merchantId, id, 'failing');
      }
      this.writing.worked();
    } catch (error) {
      if (this.writing.failed(causeOf(error).message))
        this.tell('the outcome of webhooks could not be written; they are sent again', error);
    }
  }

  private tell(msg: string, error: unknown): void {
    this.logger.error({ msg, error: causeOf(error) });
  }
}
