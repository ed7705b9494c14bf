import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Ids } from '../common/ids';
import type { Network } from '../common/network';
import { Transactions } from '../database/transactions';
import { MerchantsService } from '../merchants/merchants.service';
import { LedgerMismatch, type LedgerSource, type LedgerStatus, wouldSkipHistory } from '../stellar/ledger-source';
import { LedgerSources } from '../stellar/ledger-sources';
import { CursorsRepository, type LedgerCursor } from './cursors.repository';
import { PaymentsService } from './payments.service';

const PAGE_LIMIT = 200;
const LEASE_SECONDS = 30;

export interface IngestReport {
  /** Credits to watched accounts that were not on record before. */
  readonly recorded: number;
  /** False when the end of the ledger was reached. */
  readonly more: boolean;
  /** False when another process is reading this network. */
  readonly leased: boolean;
}

/** The history between our cursor and the provider's oldest ledger is gone there: back-fill from another provider. */
export class HistoryGap extends Error {
  constructor(network: Network, cursorLedger: number, elderLedger: number) {
    super(`${network}: ledgers ${cursorLedger + 1} to ${elderLedger - 1} are no longer served by the provider; payments in them would be missed. Point HORIZON_URL_${network.toUpperCase()} at a provider with older history.`);
    this.name = 'HistoryGap';
  }
}

/** Reads each network forward from a stored cursor; the cursor and the effects of a page are one transaction. */
@Injectable()
export class ReconciliationService {
  private readonly owner: string;

  constructor(
    private readonly sources: LedgerSources,
    private readonly cursors: CursorsRepository,
    private readonly payments: PaymentsService,
    private readonly merchants: MerchantsService,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    ids: Ids,
  ) {
    this.owner = ids.row();
  }

  /** Reads one page of one network. Throws `LedgerUnavailable` (nothing happened), `LedgerMismatch` or `HistoryGap`. */
  async ingestPage(network: Network): Promise<IngestReport> {
    const source = this.sources.of(network);
    const status = await source.status();
    const cursor = (await this.cursors.find(network)) ?? (await this.begin(source, status));
    if (!(await this.cursors.lease(network, this.owner, LEASE_SECONDS))) return { recorded: 0, more: false, leased: false };
    assertContinuous(network, cursor, status);
    const page = await source.creditsAfter(cursor.cursor, PAGE_LIMIT, (addresses) => this.merchants.watchedAmong(network, addresses));
    const complete = page.records < PAGE_LIMIT;
    // `status` was asked for before the page: whatever closed by then is in the pages up to a short one.
    const ingestedThrough = complete ? status.latestClosedAt : page.lastClosedAt;
    const ledger = complete ? status.latestLedger : Number(page.cursor >> 32n) - 1;
    const recorded = await this.transactions.run(async () => {
      const fresh = await this.payments.record(network, page.credits, page.unreadable);
      const move = { from: cursor.cursor, cursor: page.cursor, ledger, ingestedThrough, providerLedger: status.latestLedger };
      if (!(await this.cursors.move(network, move, this.clock.now()))) throw new CursorMoved();
      return fresh;
    }).catch((error: unknown) => {
      if (error instanceof CursorMoved) return undefined;
      throw error;
    });
    if (recorded === undefined) return { recorded: 0, more: true, leased: false };
    return { recorded, more: !complete, leased: true };
  }

  /** Lets another process read on at once, for a graceful stop. */
  async release(): Promise<void> {
    for (const source of this.sources.all) await this.cursors.release(source.network, this.owner);
  }

  /**
   * First installation only. The sandbox's whole history is there and belongs to this database, so it is read from
   * its beginning; a real network from now on: its past cannot hold money for invoices that did not exist.
   */
  private begin(source: LedgerSource, status: LedgerStatus): Promise<LedgerCursor> {
    const ledger = source.network === 'sandbox' ? 0 : status.latestLedger;
    return this.cursors.start(source.network, (BigInt(ledger + 1) << 32n) - 1n, ledger);
  }
}

/** Another process read the same page first; its transaction holds, ours is dropped whole. */
class CursorMoved extends Error {}

function assertContinuous(network: Network, cursor: LedgerCursor, status: LedgerStatus): void {
  const cursorLedger = Number(cursor.cursor >> 32n);
  // The highest ledger ever reported must not go back: the network was reset, or this is another one.
  if (status.latestLedger < cursorLedger - 1) throw new LedgerMismatch(`${network}: the provider is at ledger ${status.latestLedger}, our cursor at ${cursorLedger}: the network was reset or the provider replaced`);
  if (wouldSkipHistory(cursor.cursor, status)) throw new HistoryGap(network, cursorLedger, status.elderLedger);
}
