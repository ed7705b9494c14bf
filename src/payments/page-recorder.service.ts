import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock';
import type { Network } from '../common/network';
import { isDatabaseAway } from '../database/database-errors';
import { Transactions } from '../database/transactions';
import type { Life } from '../lives/lives.service';
import type { CreditPage } from '../stellar/ledger-source';
import { CreditPieces } from './credit-pieces.service';
import { type CursorMove, CursorsRepository } from './cursors.repository';
import { PaymentsService } from './payments.service';
import { RecoveryService } from './recovery.service';

/** Records pages of a ledger: nothing that a page holds can stop those behind it. */
@Injectable()
export class PageRecorder {
  private readonly logger = new Logger('PageRecorder');

  constructor(
    private readonly cursors: CursorsRepository,
    private readonly payments: PaymentsService,
    private readonly pieces: CreditPieces,
    private readonly recovery: RecoveryService,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /**
   * Effects and cursor in one transaction; returns how many credits were new, or undefined when another process moved the cursor
   * first and nothing was kept. A page that fails as a whole, whatever the cause, is taken apart, unless the database is away.
   */
  async record(network: Network, page: CreditPage, move: CursorMove, unsure?: Life): Promise<number | undefined> {
    try {
      return await this.transactions.run(async () => {
        const fresh = await this.payments.record(network, page.credits, page.unreadable, 'page');
        await this.finish(network, page, move, unsure);
        return fresh;
      });
    } catch (error) {
      if (error instanceof CursorMoved) return undefined;
      if (isDatabaseAway(error)) throw error;
      this.logger.error({ msg: 'a page of the ledger is taken apart', network, credits: page.credits.length, error: error instanceof Error ? error.message : String(error), stack: error instanceof Error ? error.stack : undefined });
      return this.recordApart(network, page, move, unsure, error);
    }
  }

  /** Reading it again is harmless: a crash in between, or another reader, finds what is recorded as it is. */
  private async recordApart(network: Network, page: CreditPage, move: CursorMove, unsure: Life | undefined, cause: unknown): Promise<number | undefined> {
    const recorded = await this.pieces.record(network, page.credits, cause);
    try {
      await this.transactions.run(async () => {
        await this.payments.record(network, [], page.unreadable, 'page');
        await this.finish(network, page, move, unsure);
      });
      return recorded;
    } catch (error) {
      if (error instanceof CursorMoved) return undefined;
      throw error;
    }
  }

  /** The cursor, and what the page tells of a lost life while we may be in another one (`unsure`). */
  private async finish(network: Network, page: CreditPage, move: CursorMove, unsure: Life | undefined): Promise<void> {
    if (unsure !== undefined) await this.recovery.heed(network, page.credits, unsure);
    if (!(await this.cursors.move(network, move, this.clock.now()))) throw new CursorMoved();
  }
}

/** Another process read the same page first; its transaction holds, ours is dropped whole. */
class CursorMoved extends Error {}
