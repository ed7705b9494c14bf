import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock';
import type { Network } from '../common/network';
import { isDatabaseAway, isPassing } from '../database/database-errors';
import type { Credit } from '../stellar/ledger-source';
import { NamedInvoicesService } from './named-invoices.service';
import { PaymentsService } from './payments.service';
import { QuarantineRepository } from './quarantine.repository';

const FIRST_PAUSE_MS = 1_000;

/** Credits that could not be recorded together. */
@Injectable()
export class CreditPiecesService {
  private readonly logger = new Logger('Quarantine');

  constructor(
    private readonly payments: PaymentsService,
    private readonly named: NamedInvoicesService,
    private readonly quarantine: QuarantineRepository,
    private readonly clock: Clock,
  ) {}

  /** Together if that works, else in pieces. Returns how many were recorded. Throws like `record`. */
  async recordAll(network: Network, credits: readonly Credit[]): Promise<number> {
    try {
      return await this.payments.record(network, credits, [], 'page');
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      return this.record(network, credits, error);
    }
  }

  /**
   * Halves them until each credit that cannot be recorded stands alone, and keeps these with the reason. All others are recorded, in
   * the order of the ledger. Returns how many were. Throws when the database is away, or when not even keeping works.
   */
  async record(network: Network, credits: readonly Credit[], cause: unknown): Promise<number> {
    const [credit, ...more] = credits;
    if (credit === undefined) return 0;
    if (more.length === 0) {
      await this.keep(network, credit, cause);
      return 0;
    }
    const half = Math.ceil(credits.length / 2);
    return (
      (await this.recordAll(network, credits.slice(0, half))) + (await this.recordAll(network, credits.slice(half)))
    );
  }

  /** Keeps one credit: what may pass is tried again by itself, for everything else a human must look. */
  async keep(network: Network, credit: Credit, cause: unknown): Promise<void> {
    const invoice = await this.named.findFor(network, credit).catch(() => null);
    const reason = cause instanceof Error ? messageOf(cause) : String(cause);
    const passing = isPassing(cause);
    const { operationId, index, transactionHash } = credit;
    if (!passing)
      this.logger.error({
        msg: 'a payment could not be recorded and is kept in quarantine',
        network,
        operationId: operationId.toString(),
        index,
        transactionHash,
        invoice: invoice?.id ?? null,
        error: reason,
      });
    await this.quarantine.keep(
      network,
      [{ credit, invoice }],
      reason,
      passing ? new Date(this.clock.now().getTime() + FIRST_PAUSE_MS) : null,
    );
  }
}

/** A defect of ours is logged with its kind; a message of the database speaks for itself. */
function messageOf(error: Error): string {
  const { name, message } = error.cause instanceof Error ? error.cause : error;
  return name.toLowerCase() === 'error' ? message : `${name}: ${message}`;
}
