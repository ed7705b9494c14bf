import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock';
import type { Network } from '../common/network';
import { isDatabaseAway, isPassing } from '../database/database-errors';
import { CreditPiecesService } from './credit-pieces.service';
import { PaymentsService } from './payments.service';
import { type KeptCredit, QuarantineRepository } from './quarantine.repository';

/** Invoices a round, each of another merchant, so that one locked row keeps few others waiting. */
const ROUND = 20;
const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 60_000;

/**
 * Money that the reader has put aside, because another transaction held its invoice: recorded here, invoice by invoice, while
 * the reader goes on. Several processes may do this at once.
 */
@Injectable()
export class SettlingApartService {
  private readonly logger = new Logger('SettlingApart');

  constructor(
    private readonly quarantine: QuarantineRepository,
    private readonly payments: PaymentsService,
    private readonly pieces: CreditPiecesService,
    private readonly clock: Clock,
  ) {}

  /** One round; returns how many credits were recorded. Throws when the database is away. */
  async round(network: Network): Promise<number> {
    await this.quarantine.forgetRecorded(network);
    const due = await this.quarantine.listDue(network, ROUND);
    let recorded = 0;
    for (const credits of due) recorded += await this.settle(network, credits);
    return recorded;
  }

  private async settle(network: Network, aside: readonly KeptCredit[]): Promise<number> {
    try {
      return await this.payments.record(
        network,
        aside.map(({ credit }) => credit),
      );
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      if (!isPassing(error))
        return this.pieces.record(
          network,
          aside.map(({ credit }) => credit),
          error,
        );
      await this.keepTrying(network, aside, error);
      return 0;
    }
  }

  private async keepTrying(network: Network, aside: readonly KeptCredit[], error: unknown): Promise<void> {
    const attempts = Math.max(0, ...aside.map((each) => each.attempts));
    const pauseMs = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts, 16));
    const reason = error instanceof Error ? error.message : String(error);
    this.logger.warn({
      msg: 'money that was put aside still waits',
      network,
      invoice: aside[0]?.invoice?.id ?? null,
      credits: aside.length,
      attempts: attempts + 1,
      error: reason,
    });
    await this.quarantine.keep(network, aside, reason, new Date(this.clock.now().getTime() + pauseMs));
  }
}
