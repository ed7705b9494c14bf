import type { Clock } from '../../common/clock';
import type { Network } from '../../common/network';
import { decodeLedger } from '../../sandbox/ledger-codec';
import type { Credit, LedgerSource } from '../../stellar/ledger-source';
import type { Snapshot } from './snapshot';
import { creditsOf } from './stored-credits';

/** A stretch of a network's history: every credit whose operation id lies in (after, through]. */
export interface Chapter {
  readonly after: bigint;
  readonly through: bigint;
  readonly credits: readonly Credit[];
}

export interface History {
  readonly network: Network;
  /** Said in the report: what was read, and from where. */
  readonly extent: string;
  chapters(): AsyncGenerator<Chapter>;
}

const LEDGERS_AT_ONCE = 200;
const PAGE = 200;
const MAX_OPERATION_ID = 9_223_372_036_854_775_807n;
/** Pause between pages of a public provider, so that an audit never eats the service's own allowance. */
const PAUSE_MS = 250;

/** The embedded network keeps its ledgers in the same database, so they are part of the same snapshot. */
export function storedHistory(snapshot: Snapshot): History {
  return {
    network: 'sandbox',
    extent: 'all stored ledgers',
    async *chapters() {
      let last = 0;
      for (;;) {
        const rows = await snapshot.rows<{ sequence: number; closed: string }>(
          'select sequence, closed::text as closed from sandbox_ledgers where sequence > $1 order by sequence limit $2',
          [last, LEDGERS_AT_ONCE],
        );
        const end = rows.at(-1)?.sequence;
        if (end === undefined) break;
        yield {
          after: last === 0 ? -1n : endOf(last),
          through: endOf(end),
          credits: rows.flatMap((row) => creditsOf(decodeLedger(row.closed))),
        };
        last = end;
      }
      // Nothing can be on record beyond the last ledger.
      yield { after: endOf(last), through: MAX_OPERATION_ID, credits: [] };
    },
  };
}

/** What the service has read completely, and beyond it the operation its cursor stands at. */
export interface ReadExtent {
  readonly ledger: number;
  readonly cursor: bigint;
}

/** The cursor may stand in a ledger that closed while the page was asked for, beyond the last complete one. */
export function readThrough({ ledger, cursor }: ReadExtent): bigint {
  const end = endOf(ledger);
  return cursor > end ? cursor : end;
}

/** The last `ledgers` of a network as its provider reports them. Throws `LedgerUnavailable` or `LedgerMismatch`. */
export function reportedHistory(source: LedgerSource, read: ReadExtent, ledgers: number, clock: Clock): History {
  const first = Math.max(1, read.ledger - ledgers);
  const last = readThrough(read);
  return {
    network: source.network,
    extent: `ledgers ${first} to ${read.ledger} as Horizon tells them`,
    async *chapters() {
      const { elderLedger } = await source.status();
      let cursor = endOf(Math.max(first, elderLedger) - 1);
      for (;;) {
        const page = await source.creditsAfter(cursor, PAGE);
        const complete = page.records < PAGE;
        const through = complete ? last : page.cursor;
        if (through > cursor) yield { after: cursor, through, credits: page.credits };
        if (complete || page.cursor >= last) return;
        cursor = page.cursor;
        await clock.sleep(PAUSE_MS);
      }
    },
  };
}

/** The greatest operation id inside a ledger (SEP-35). */
export function endOf(ledger: number): bigint {
  return ((BigInt(ledger) + 1n) << 32n) - 1n;
}
