import { Injectable } from '@nestjs/common';
import type { Network } from '../common/network';
import { isDatabaseAway } from '../database/database-errors';
import { CreditPiecesService } from './credit-pieces.service';
import { PaymentsService } from './payments.service';
import { QuarantineRepository } from './quarantine.repository';

/** Of the credits of one operation that were kept. */
export interface Retried {
  readonly recorded: number;
  /** Why the others could not be recorded this time either. */
  readonly refusals: readonly string[];
}

/** What a human does about payments that could not be recorded, once the cause is mended. */
@Injectable()
export class QuarantineService {
  constructor(
    private readonly repository: QuarantineRepository,
    private readonly payments: PaymentsService,
    private readonly pieces: CreditPiecesService,
  ) {}

  /** The same for everything that waits for a human: how many were recorded, and how many were not. */
  async retryAll(network: Network): Promise<{ recorded: number; left: number }> {
    const total = { recorded: 0, left: 0 };
    for (const operationId of await this.repository.listUnrecorded(network)) {
      const retried = await this.retry(network, operationId);
      total.recorded += retried?.recorded ?? 0;
      total.left += retried?.refusals.length ?? 0;
    }
    return total;
  }

  /**
   * Records what is kept of an operation, each credit by itself, exactly once however often it is asked for; null when no credit of it is
   * kept. What fails stays, with the new reason. Throws when the database is away.
   */
  async retry(network: Network, operationId: bigint): Promise<Retried | null> {
    const kept = await this.repository.ofOperation(network, operationId);
    if (kept.length === 0) return null;
    const refusals: string[] = [];
    for (const { credit } of kept) {
      try {
        await this.payments.record(network, [credit]);
      } catch (error) {
        if (isDatabaseAway(error)) throw error;
        await this.pieces.keep(network, credit, error);
        refusals.push(error instanceof Error ? error.message : String(error));
      }
    }
    await this.repository.forgetRecorded(network);
    const left = await this.repository.ofOperation(network, operationId);
    if (left.length > refusals.length) refusals.push('the account it was paid to belongs to no merchant any more');
    return { recorded: kept.length - left.length, refusals };
  }
}
