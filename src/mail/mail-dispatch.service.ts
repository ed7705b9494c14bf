import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Trouble } from '../common/trouble';
import { inBatches } from '../database/batches';
import { Transactions } from '../database/transactions';
import { MailPort, MailRefused } from './mail-port';
import { type ClaimedMail, FRONT, type MailKey, type MailOutcome, MailQueueRepository } from './mail-queue.repository';
import { MailSeal } from './mail-seal';

/** Sent at the same time, each by a connection of its own. */
const TOGETHER = 5;
/** Longer than sending one may take. */
const LEASE_SECONDS = 120;
/** Pauses between the tries: three within six hours. */
const AGAIN_AFTER_MS = [30 * 60_000, 330 * 60_000];
const KEEP_ENDED_MS = 30 * 24 * 3600 * 1000;
const SWEEP_BATCH = 5_000;
const MOST_CHARACTERS = 500;

/**
 * Sends what is due, merchant by merchant: claimed in a short transaction, sent outside of any, and recorded in another. Any number of processes may
 * run it. At least once: what a process takes with it when it dies is sent again after the lease, with the same Message-ID.
 */
@Injectable()
export class MailDispatchService {
  private readonly logger = new Logger('Mail');
  private readonly trouble = new Trouble();
  private stopping = false;
  private last = FRONT;

  constructor(
    private readonly queue: MailQueueRepository,
    private readonly port: MailPort,
    private readonly seal: MailSeal,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** Everything that is due. Resolves when nothing is that another process has not taken. */
  async run(): Promise<void> {
    while (!this.stopping) {
      const keys = await this.claim();
      if (keys.length === 0) return;
      const mails = await this.queue.read(keys);
      const outcomes = await Promise.all(mails.map((mail) => this.attempt(mail)));
      await this.transactions.run(async () => {
        if (outcomes.length > 0) await this.queue.record(outcomes, this.clock.now());
        const waiting = outcomes.filter(({ state }) => state === 'waiting');
        await this.queue.putOff(waiting);
        const kept = new Set(waiting.map(({ id }) => id));
        await this.queue.leave(keys.filter(({ id }) => !kept.has(id)));
      });
    }
  }

  /** Begins nothing new. */
  stop(): void {
    this.stopping = true;
  }

  /** Forgets what ended long ago. */
  async sweep(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - KEEP_ENDED_MS);
    await inBatches(SWEEP_BATCH, (size) => this.queue.deleteEnded(before, size));
  }

  /** From the merchant after the last one that had its turn; behind the last merchant the first one is next. */
  private async claim(): Promise<MailKey[]> {
    const begun = this.last;
    const keys = await this.queue.claim(this.clock.now(), TOGETHER, LEASE_SECONDS, begun);
    const merchants = keys.map(({ merchantId }) => merchantId).toSorted();
    this.last = keys.length < TOGETHER ? FRONT : (merchants.at(-1) ?? FRONT);
    return keys.length === 0 && begun !== FRONT ? this.claim() : keys;
  }

  private async attempt(mail: ClaimedMail): Promise<MailOutcome> {
    const { merchantId, id } = mail;
    if (!this.port.configured) return { merchantId, id, state: 'not_configured', dueAt: null, error: null };
    try {
      const data = this.seal.open(mail.data, id);
      await this.port.send({ ...mail, data, dedupeKey: `${mail.dedupeKey}.${merchantId}` });
      this.trouble.worked();
      return { merchantId, id, state: 'sent', dueAt: null, error: null };
    } catch (error) {
      return this.failed(mail, error);
    }
  }

  private failed({ merchantId, id, template, attempts }: ClaimedMail, error: unknown): MailOutcome {
    const message = (error instanceof Error ? error.message : String(error)).slice(0, MOST_CHARACTERS);
    const pauseMs = error instanceof MailRefused ? undefined : AGAIN_AFTER_MS[attempts];
    if (pauseMs === undefined) {
      this.logger.error({ msg: 'mail_failed', merchantId, mailId: id, template });
      return { merchantId, id, state: 'failed', dueAt: null, error: message };
    }
    // A server's answer may repeat the address: the log has only what kind of failure it was.
    const code = codeOf(error);
    if (this.trouble.failed(code)) this.logger.warn({ msg: 'mail was not sent; it is tried again', error: code });
    return { merchantId, id, state: 'waiting', dueAt: new Date(this.clock.now().getTime() + pauseMs), error: message };
  }
}

function codeOf(error: unknown): string {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  return (
    [code, responseCode].filter((each) => typeof each === 'string' || typeof each === 'number').join(' ') || 'no answer'
  );
}
