import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import type { Network } from '../common/network';
import { inBatches } from '../database/batches';
import { Transactions } from '../database/transactions';
import { InvoiceSettlementService } from '../invoices/invoice-settlement.service';
import { LinkLocksService } from '../links/link-locks.service';
import { LinksService } from '../links/links.service';
import { LedgerSources } from '../stellar/ledger-sources';
import { CursorsRepository } from './cursors.repository';
import { IntentsRepository } from './intents.repository';

const BATCH = 200;
const SWEEP_BATCH = 5_000;
const KEEP_INTENTS_MS = 24 * 3600 * 1000;

/**
 * Time passes here. Nothing expires before everything that closed up to its deadline has been read from the
 * ledger: money sent in time is always seen first. Batches are small and wait for no row that somebody else holds.
 */
@Injectable()
export class ExpiryService {
  constructor(
    private readonly cursors: CursorsRepository,
    private readonly intents: IntentsRepository,
    private readonly settlement: InvoiceSettlementService,
    private readonly links: LinksService,
    private readonly locks: LinkLocksService,
    private readonly transactions: Transactions,
    private readonly sources: LedgerSources,
    private readonly clock: Clock,
  ) {}

  /** One batch of one network: how many invoices expired. Less than a full batch means none is left. */
  async expireBatch(network: Network): Promise<{ expired: number; more: boolean }> {
    const through = await this.horizon(network);
    if (through === null) return { expired: 0, more: false };
    return this.transactions.run(async () => {
      const due = await this.settlement.claimDue(network, through, BATCH);
      const busy = await this.locks.hold(due, 'skip');
      const expired = await this.settlement.expire(due.filter(({ id }) => !busy.has(id)));
      return { expired, more: due.length === BATCH && expired > 0 };
    });
  }

  /** One batch of links without an invoice of their own: what a reusable link opened has its own deadline. */
  expireUnchosen(network: Network): Promise<number> {
    return this.transactions.run(() => this.links.expireDue(network, BATCH));
  }

  /** One batch of intents whose time is over; their invoices fall back to PENDING where no other is open. */
  async lapseIntents(network: Network): Promise<{ lapsed: number; more: boolean }> {
    const through = await this.horizon(network);
    if (through === null) return { lapsed: 0, more: false };
    const lapsed = await this.transactions.run(async () => {
      const intents = await this.intents.claimLapsed(network, through, BATCH);
      const keys = new Map(
        intents.map((intent) => [intent.invoiceId, { merchantId: intent.merchantId, id: intent.invoiceId }]),
      );
      await this.settlement.reopenIdle([...keys.values()]);
      return intents.length;
    });
    return { lapsed, more: lapsed === BATCH };
  }

  /** Everything due on every network, batch by batch. */
  async runDue(): Promise<{ expired: number; lapsed: number }> {
    const total = { expired: 0, lapsed: 0 };
    for (const { network } of this.sources.all) {
      for (let more = true; more;) {
        const batch = await this.lapseIntents(network);
        total.lapsed += batch.lapsed;
        more = batch.more;
      }
      for (let more = true; more;) {
        const batch = await this.expireBatch(network);
        total.expired += batch.expired;
        more = batch.more;
      }
      while ((await this.expireUnchosen(network)) === BATCH);
    }
    await this.links.closeLeft(BATCH);
    return total;
  }

  /** Removes intents that ended a day ago, batch by batch; nothing reads them any more. */
  sweep(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - KEEP_INTENTS_MS);
    return inBatches(SWEEP_BATCH, (size) => this.intents.deleteEnded(before, size));
  }

  /** The instant up to which a deadline may be judged: what is ingested, and never the future of our own clock. */
  private async horizon(network: Network): Promise<Date | null> {
    const through = (await this.cursors.find(network))?.ingestedThrough ?? null;
    const now = this.clock.now();
    return through !== null && through > now ? now : through;
  }
}
