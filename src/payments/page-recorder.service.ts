import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock';
import type { Network } from '../common/network';
import { isDatabaseAway, isPassing } from '../database/database-errors';
import { Transactions } from '../database/transactions';
import type { Life } from '../lives/lives.service';
import type { Credit, CreditPage, UnreadableItem } from '../stellar/ledger-source';
import { CreditPiecesService } from './credit-pieces.service';
import { type CursorMove, CursorsRepository } from './cursors.repository';
import { creditText } from './kept-credit';
import { PaymentsService } from './payments.service';
import { RecoveryService } from './recovery.service';

/** Records pages of a ledger: nothing that a page holds can stop those behind it. */
@Injectable()
export class PageRecorderService {
  private readonly logger = new Logger('PageRecorder');

  constructor(
    private readonly cursors: CursorsRepository,
    private readonly payments: PaymentsService,
    private readonly pieces: CreditPiecesService,
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
        // What the page shows of a lost life, while we may be in another one.
        if (unsure !== undefined) await this.recovery.heed(network, page.credits, unsure);
        await this.move(network, move);
        return fresh;
      });
    } catch (error) {
      if (error instanceof CursorMoved) return undefined;
      if (isDatabaseAway(error)) throw error;
      this.logger.error({
        msg: 'a page of the ledger is taken apart',
        network,
        credits: page.credits.length,
        error: error instanceof Error ? error.message : String(error),
        stack: error instanceof Error ? error.stack : undefined,
      });
      return this.recordApart(network, page, move, unsure);
    }
  }

  /** Reading it again is harmless: a crash in between, or another reader, finds what is recorded as it is. */
  private async recordApart(
    network: Network,
    page: CreditPage,
    move: CursorMove,
    unsure: Life | undefined,
  ): Promise<number | undefined> {
    const recorded = await this.pieces.recordAll(network, page.credits);
    try {
      await this.transactions.run(async () => {
        const unheeded = unsure === undefined ? [] : await this.heedApart(network, page.credits, unsure);
        await this.payments.record(network, [], [...page.unreadable, ...unheeded], 'page');
        await this.move(network, move);
      });
      return recorded;
    } catch (error) {
      if (error instanceof CursorMoved) return undefined;
      throw error;
    }
  }

  /** Uses what each credit shows of a lost life. Returns the credits that cannot be used, for a human to look at. */
  private async heedApart(network: Network, credits: readonly Credit[], life: Life): Promise<UnreadableItem[]> {
    const unheeded: UnreadableItem[] = [];
    for (const credit of credits) {
      try {
        await this.transactions.recoverable(() => this.recovery.heed(network, [credit], life));
      } catch (error) {
        if (isDatabaseAway(error) || isPassing(error)) throw error;
        const reason = `the number it names could not be passed by: ${error instanceof Error ? error.message : String(error)}`;
        this.logger.error({
          msg: 'a number that was paid in a lost stretch could not be passed by',
          network,
          operationId: credit.operationId.toString(),
          error: reason,
        });
        unheeded.push({ operationId: credit.operationId, reason, raw: creditText(credit) });
      }
    }
    return unheeded;
  }

  private async move(network: Network, move: CursorMove): Promise<void> {
    if (!(await this.cursors.move(network, move, this.clock.now()))) throw new CursorMoved();
  }
}

/** Another process read the same page first; its transaction holds, ours is dropped whole. */
class CursorMoved extends Error {}
