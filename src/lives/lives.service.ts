import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import type { Network } from '../common/network';
import { Ids } from '../common/ids';
import { Randomness } from '../common/secrets';
import { transactionScope } from '../common/transaction-scope';
import { Transactions } from '../database/transactions';
import { type LifeCause, type LifeRow, LivesRepository } from './lives.repository';

/** A stretch of history in which numbers only grow. */
export interface Life extends LifeRow {
  /** True until the ledger has been read as it was when the life began, or later: nothing that hands out a reference may run. */
  readonly recovering: boolean;
}

/** By how much numbers jump ahead with each life, at least. */
const HEAD_START = 1_000_000n;
const MAX_ATTEMPTS = 5;
const RETRY_SECONDS = 2;
const REFUSED =
  'The service is finding out which payment references were given out before its database was restored or restarted, so that none is given out twice. Nothing was changed: repeat the request in a few seconds. Reading, webhooks and incoming payments go on.';

/**
 * Knows in which life of the database we are. Data that were restored, or promoted without their tail, look like what
 * they were copied from; a new life begins when the server under them is another one, so that nothing which was given
 * out in the lost stretch is given out again.
 */
@Injectable()
export class LivesService implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('Lives');
  private readonly listeners: (() => void)[] = [];
  private looking = false;
  private stopped = false;

  constructor(
    private readonly repository: LivesRepository,
    private readonly transactions: Transactions,
    private readonly ids: Ids,
    private readonly randomness: Randomness,
    private readonly clock: Clock,
  ) {}

  /** A new connection may lead to another server than the one before. */
  onModuleInit(): void {
    this.transactions.onConnection(() => void this.look());
  }

  onModuleDestroy(): void {
    this.stopped = true;
  }

  /** The present life. Begins one at the first start, or when the server is not the one of the newest life. */
  async current(): Promise<Life> {
    for (let attempt = 1; ; attempt++) {
      const here = await this.repository.findHere();
      if (here !== null) return lifeOf(here);
      if (!(await this.repository.verify())) await this.beginOne('server');
      for (const tell of this.listeners) tell();
      // A server that takes no writes has no life of its own.
      if (attempt === MAX_ATTEMPTS) throw new DomainError('database_busy', { retryAfterSeconds: 1 });
    }
  }

  /** `listener` is called when the server under us turns out to be another one, or to have been started anew. */
  onMoved(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** True while something that hands out a reference of one of these networks would be refused. */
  async recovering(networks: readonly Network[]): Promise<boolean> {
    const open = await Promise.all(networks.map((network) => this.repository.isOpen(network)));
    return open.includes(false);
  }

  /** Throws `recovering` while no reference of a network may be given out. */
  async assertOpen(network: Network): Promise<void> {
    if (!(await this.repository.isOpen(network))) throw this.refusal();
  }

  /** For a caller that saw the recovery in a statement of its own; looks whether there is something to be done about it. */
  refusal(): DomainError {
    // Not in the caller's transaction, which will be taken back.
    void transactionScope.exit(() => this.look());
    return new DomainError('recovering', { detail: REFUSED, retryAfterSeconds: RETRY_SECONDS });
  }

  /** Called when a network was read up to what had closed. The reader must have known this life before it asked the provider. */
  async caughtUp(life: Life, enabled: readonly Network[]): Promise<void> {
    if (!life.recovering || !(await this.repository.recover(life.id, enabled, this.clock.now()))) return;
    this.logger.log({
      msg: 'recovered: payment references are given out again',
      life: life.id,
      ordinal: life.ordinal.toString(),
    });
  }

  /** Begins a life whatever the server: what is on record cannot be all that was given out. */
  async begin(cause: Extract<LifeCause, 'traces' | 'operator'>): Promise<Life> {
    await this.current();
    await this.beginOne(cause);
    return this.current();
  }

  /** Oldest first. */
  async list(): Promise<Life[]> {
    return (await this.repository.list()).map(lifeOf);
  }

  /** The part above the fixed one is random: two lives that began from the same dump give out different numbers. */
  private async beginOne(cause: LifeCause): Promise<void> {
    const jump = HEAD_START + (this.randomness.bytes(8).readBigUInt64BE() % HEAD_START);
    const begun = await this.repository.begin(this.ids.row(), cause, jump, this.clock.now());
    if (begun === null) return;
    const words = { life: begun.id, ordinal: begun.ordinal.toString(), cause: begun.cause };
    if (begun.cause === 'first_start') this.logger.log({ msg: 'the first life of this database began', ...words });
    else this.logger.warn({ msg: 'a new life of this database began: it was restored or promoted', ...words });
  }

  /** One at a time: looking may itself open a connection. A caller that needs the answer asks for it and gets a failure. */
  private async look(): Promise<void> {
    if (this.looking || this.stopped) return;
    this.looking = true;
    try {
      await this.current();
    } catch (error) {
      this.logger.debug({ msg: 'the life of the database is not known', error: String(error) });
    } finally {
      this.looking = false;
    }
  }
}

function lifeOf(row: LifeRow): Life {
  return { ...row, recovering: row.recoveredAt === null };
}
