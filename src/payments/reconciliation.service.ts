import { Injectable } from '@nestjs/common';
import { Ids } from '../common/ids';
import type { Network } from '../common/network';
import type { Life } from '../lives/lives.service';
import { MerchantsService } from '../merchants/merchants.service';
import {
  type CreditPage,
  LedgerMismatch,
  LedgerUnavailable,
  type LedgerSource,
  type LedgerStatus,
  wouldSkipHistory,
} from '../stellar/ledger-source';
import { LedgerSources } from '../stellar/ledger-sources';
import { CursorsRepository, type LeasedCursor, type LedgerCursor } from './cursors.repository';
import { PageRecorderService } from './page-recorder.service';
import { RecoveryService } from './recovery.service';

const PAGE_LIMIT = 200;
/** Only spares the provider double reading: what keeps two readers apart is the conditional move of the cursor. */
export const LEASE_SECONDS = 10;
/** A provider this far behind is a replica that lags; further back it is another history. */
const REPLICA_LAG_LEDGERS = 120;

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
    super(
      `${network}: ledgers ${cursorLedger + 1} to ${elderLedger - 1} are no longer served by the provider; payments in them would be missed. Point HORIZON_URL_${network.toUpperCase()} at a provider with older history.`,
    );
    this.name = 'HistoryGap';
  }
}

/** Reads each network forward from a stored cursor; the cursor and the effects of a page are one transaction. */
@Injectable()
export class ReconciliationService {
  private readonly owner: string;
  private readonly ahead = new Map<Network, { readonly cursor: bigint; readonly fetched: Promise<FetchedPage> }>();

  constructor(
    private readonly sources: LedgerSources,
    private readonly cursors: CursorsRepository,
    private readonly pages: PageRecorderService,
    private readonly recovery: RecoveryService,
    private readonly merchants: MerchantsService,
    ids: Ids,
  ) {
    this.owner = ids.row();
  }

  /** Reads one page of one network. Throws `LedgerUnavailable` (nothing happened), `LedgerMismatch` or `HistoryGap`. */
  async ingestPage(network: Network): Promise<IngestReport> {
    const source = this.sources.of(network);
    const cursor = (await this.lease(network)) ?? (await this.begin(source));
    if (!cursor.leased) return { recorded: 0, more: false, leased: false };
    const { life, status, page } = await this.take(source, cursor.cursor);
    assertContinuous(network, cursor, status);
    // At once: an invoice that is made while this page is worked on is younger than what has closed by now.
    if (status.latestLedger > cursor.providerLedger) await this.cursors.note(network, status.latestLedger);
    const complete = page.records < PAGE_LIMIT;
    // While this page is applied the next one may come; it is used only if the cursor then stands where it begins.
    if (!complete) this.prefetch(source, page.cursor);
    const ingestedThrough = complete ? status.latestClosedAt : page.lastClosedAt;
    const ledger = complete ? status.latestLedger : Number(page.cursor >> 32n) - 1;
    const move = {
      from: cursor.cursor,
      cursor: page.cursor,
      ledger,
      ingestedThrough,
      providerLedger: status.latestLedger,
      caughtUpLife: complete ? life.id : null,
    };
    const unsure = life.recovering || cursor.unsure ? life : undefined;
    const recorded = await this.pages.record(network, page, move, unsure);
    if (recorded === undefined) return { recorded: 0, more: true, leased: false };
    if (complete)
      await this.recovery.caughtUp(
        life,
        this.sources.all.map((each) => each.network),
      );
    return { recorded, more: !complete, leased: true };
  }

  /** The page after a cursor, from the one fetched ahead when it begins there. */
  private async take(source: LedgerSource, cursor: bigint): Promise<FetchedPage> {
    const ahead = this.ahead.get(source.network);
    this.ahead.delete(source.network);
    return ahead?.cursor === cursor ? ahead.fetched : this.fetch(source, cursor);
  }

  private prefetch(source: LedgerSource, cursor: bigint): void {
    const fetched = this.fetch(source, cursor);
    fetched.catch(() => undefined); // its taker gets the error; without a taker the next fetch meets the same fault
    this.ahead.set(source.network, { cursor, fetched });
  }

  /** The life is asked for before the status, and that before the page: whatever closed by then is in the pages up to a short one. */
  private async fetch(source: LedgerSource, cursor: bigint): Promise<FetchedPage> {
    const life = await this.recovery.life();
    const status = await source.status();
    const page = await source.creditsAfter(cursor, PAGE_LIMIT, (addresses) =>
      this.merchants.watchedAmong(source.network, addresses),
    );
    return { life, status, page };
  }

  /** Lets another process read on at once, for a graceful stop. */
  async release(): Promise<void> {
    for (const source of this.sources.all) await this.cursors.release(source.network, this.owner);
  }

  /**
   * First installation only. The sandbox's whole history is there and belongs to this database, so it is read from
   * its beginning; a real network from now on: its past cannot hold money for invoices that did not exist.
   */
  private async begin(source: LedgerSource): Promise<LeasedCursor> {
    const { network } = source;
    const ledger = network === 'sandbox' ? 0 : (await source.status()).latestLedger;
    await this.cursors.start(network, (BigInt(ledger + 1) << 32n) - 1n, ledger);
    const cursor = await this.lease(network);
    if (cursor === null) throw new Error(`ledger cursor of ${network} vanished`);
    return cursor;
  }

  private lease(network: Network): Promise<LeasedCursor | null> {
    return this.cursors.lease(network, this.owner, LEASE_SECONDS);
  }
}

interface FetchedPage {
  readonly life: Life;
  readonly status: LedgerStatus;
  readonly page: CreditPage;
}

function assertContinuous(network: Network, cursor: LedgerCursor, status: LedgerStatus): void {
  const cursorLedger = Number(cursor.cursor >> 32n);
  if (status.latestLedger < Math.max(cursorLedger - REPLICA_LAG_LEDGERS, cursorLedger / 2)) {
    throw new LedgerMismatch(
      `${network}: the provider is at ledger ${status.latestLedger}, our cursor at ${cursorLedger}: the network was reset or the provider replaced`,
    );
  }
  if (status.latestLedger < cursorLedger)
    throw new LedgerUnavailable(`the provider is at ledger ${status.latestLedger}, behind what it told before`);
  if (wouldSkipHistory(cursor.cursor, status)) throw new HistoryGap(network, cursorLedger, status.elderLedger);
}
