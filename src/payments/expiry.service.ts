import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import type { Network } from '../common/network';
import { inBatches } from '../database/batches';
import { DeadlinesService, type Judge, type Judged } from '../deadlines/deadlines.service';
import { InvoiceSettlementService } from '../invoices/invoice-settlement.service';
import { LinkLocksService } from '../links/link-locks.service';
import { LinksService } from '../links/links.service';
import { LedgerSources } from '../stellar/ledger-sources';
import { CursorsRepository } from './cursors.repository';
import { IntentsRepository } from './intents.repository';

const CLOSED_AT_ONCE = 200;
const SWEEP_BATCH = 5_000;
const KEEP_INTENTS_MS = 24 * 3600 * 1000;

/**
 * Time passes here. Nothing expires before everything that closed up to its deadline has been read from the
 * ledger: money sent in time is always seen first. Due rows stand in a queue. It is worked off merchant by merchant, in small
 * transactions that wait for no row of another transaction.
 */
@Injectable()
export class ExpiryService {
  constructor(
    private readonly cursors: CursorsRepository,
    private readonly intents: IntentsRepository,
    private readonly settlement: InvoiceSettlementService,
    private readonly links: LinksService,
    private readonly locks: LinkLocksService,
    private readonly deadlines: DeadlinesService,
    private readonly sources: LedgerSources,
    private readonly clock: Clock,
  ) {}

  /** Invoices of one network that are due, or as many as there is time for until `stop`; how many expired. */
  async expire(network: Network, stop?: AbortSignal): Promise<number> {
    const through = await this.readThrough(network);
    if (through === null) return 0;
    const judge: Judge = (merchantId, ids) => this.expireOf(merchantId, ids, through);
    return this.deadlines.work({ network, kind: 'invoice' }, through, judge, stop);
  }

  /** Links without an invoice of their own: what a reusable link opened has its own deadline. */
  expireUnchosen(network: Network): Promise<number> {
    return this.deadlines.work({ network, kind: 'link' }, this.clock.now(), (merchantId, ids) =>
      this.links.expireDue(merchantId, ids),
    );
  }

  /** Intents of one network whose time is over; their invoices fall back to PENDING where no other is open. */
  async lapseIntents(network: Network): Promise<number> {
    const through = await this.readThrough(network);
    if (through === null) return 0;
    return this.deadlines.work({ network, kind: 'intent' }, through, (merchantId, ids) =>
      this.lapseOf(merchantId, ids, through),
    );
  }

  /** Everything due on every network. */
  async runDue(): Promise<{ expired: number; lapsed: number }> {
    const total = { expired: 0, lapsed: 0 };
    for (const { network } of this.sources.all) {
      total.lapsed += await this.lapseIntents(network);
      total.expired += await this.expire(network);
      await this.expireUnchosen(network);
    }
    await this.links.closeLeft(CLOSED_AT_ONCE);
    return total;
  }

  /** Removes intents that ended a day ago, batch by batch; nothing reads them any more. */
  sweep(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - KEEP_INTENTS_MS);
    return inBatches(SWEEP_BATCH, (size) => this.intents.deleteEnded(before, size));
  }

  private async expireOf(merchantId: string, ids: readonly string[], through: Date): Promise<Judged> {
    const due = await this.settlement.holdDue(merchantId, ids, through);
    const { busy } = await this.locks.hold(due, 'skip');
    const ended = await this.settlement.expire(due.filter(({ id }) => !busy.has(id)));
    const held = new Set(due.map(({ id }) => id));
    const rest = ids.filter((id) => !held.has(id));
    return {
      ended,
      stale: rest.length === 0 ? [] : await this.settlement.listNotDue(merchantId, rest, through),
    };
  }

  private async lapseOf(merchantId: string, ids: readonly string[], through: Date): Promise<Judged> {
    const lapsed = await this.intents.endLapsed(merchantId, ids, through);
    const invoiceIds = new Set(lapsed.map(({ invoiceId }) => invoiceId));
    await this.settlement.reopenIdle([...invoiceIds].map((id) => ({ merchantId, id })));
    const done = new Set(lapsed.map(({ id }) => id));
    const rest = ids.filter((id) => !done.has(id));
    return {
      ended: lapsed.length,
      stale: rest.length === 0 ? [] : await this.intents.listNotLapsed(merchantId, rest, through),
    };
  }

  /** The instant up to which a deadline may be judged: what is ingested, and never the future of our own clock. */
  async readThrough(network: Network): Promise<Date | null> {
    const through = (await this.cursors.find(network))?.ingestedThrough ?? null;
    const now = this.clock.now();
    return through !== null && through > now ? now : through;
  }
}
