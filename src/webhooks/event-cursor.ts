import { DomainError } from '../common/errors';
import { isRowId } from '../common/ids';

/** A stretch of the database's history, and where it began to give out numbers of one merchant; null where it gave out none. */
export interface EventLife {
  readonly id: string;
  readonly firstSeq: bigint | null;
}

/** The numbers of one merchant's events: the lives of the database, oldest first, and the last number there is. */
export interface EventHistory {
  readonly lives: readonly EventLife[];
  readonly lastSeq: bigint;
}

/** Where a number of a later life stands towards histories that never had that life. */
interface Lineage {
  /** The life that gave out the number before `base`, which is the first one of the cursor's own life. */
  readonly parent: string;
  readonly base: bigint;
  /** Up to here the oldest life of all gave out the numbers. */
  readonly shared: bigint;
}

export type EventCursor =
  | { readonly kind: 'number'; readonly life: string; readonly seq: bigint; readonly lineage: Lineage | null }
  /** An event by its id, as cursors were before events had numbers. */
  | { readonly kind: 'event'; readonly id: string };

/**
 * Why reading goes on earlier than the cursor says. `numbers_lost`: the life of the cursor is known, its last numbers
 * are not there any more; `life_lost`: the cursor was given out in a stretch of history that is gone as a whole;
 * `event_unknown`: there is no event of this id.
 */
export type Resumption = 'numbers_lost' | 'life_lost' | 'event_unknown';

/** A reader has seen everything up to and with this number. */
export interface EventPosition {
  readonly seq: bigint;
  readonly resumed: Resumption | null;
}

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const NUMBER = '(0|[1-9][0-9]{0,17})';
const BY_NUMBER = new RegExp(`^(${UUID})_${NUMBER}(?:_(${UUID})_${NUMBER}_${NUMBER})?$`);
const BY_EVENT = new RegExp(`^[0-9]{1,19}_(${UUID})$`);
/** What the list of nothing returned before events had numbers. */
const OLD_START = '0_00000000-0000-0000-0000-000000000000';
/** Longer than any cursor that was ever given out. */
export const MAX_CURSOR_LENGTH = 160;

/** `<life>_<seq>`, and for numbers of a later life than the first also what they have in common with histories without it. */
export function formatEventCursor(seq: bigint, history: EventHistory): string {
  const { lives } = history;
  const at = lives.findLastIndex(({ firstSeq }, index) => index === 0 || (firstSeq !== null && firstSeq <= seq));
  const own = lives[at];
  if (own === undefined) throw new Error('no life of this database is known');
  if (at === 0) return `${own.id}_${seq}`;
  const base = own.firstSeq as bigint;
  const parent = lives
    .slice(0, at)
    .findLast(({ firstSeq }, index) => index === 0 || (firstSeq !== null && firstSeq < base)) as EventLife;
  return `${own.id}_${seq}_${parent.id}_${base}_${lastGivenBy(0, history)}`;
}

/** Undefined for a text that was never given out. */
export function readEventCursor(text: string): EventCursor | undefined {
  if (text.length > MAX_CURSOR_LENGTH) return undefined;
  const [, life, seq, parent, base, shared] = BY_NUMBER.exec(text) ?? [];
  if (life !== undefined && seq !== undefined) {
    const lineage =
      parent === undefined ? null : { parent, base: BigInt(base as string), shared: BigInt(shared as string) };
    return { kind: 'number', life, seq: BigInt(seq), lineage };
  }
  const [, id] = BY_EVENT.exec(text) ?? [];
  return id === undefined || !isRowId(id) ? undefined : { kind: 'event', id };
}

/** Null for the start. Throws `validation_failed` for what no list has returned. */
export function parseEventCursor(text: string | undefined): EventCursor | null {
  if (text === undefined) return null;
  const cursor = text === OLD_START ? null : readEventCursor(text);
  if (cursor === undefined)
    throw new DomainError('validation_failed', {
      faults: [{ path: 'after', message: 'must be a cursor returned by this list' }],
    });
  return cursor;
}

/**
 * The position in this history of a reader that has seen everything up to a number of a life. Uncertain events count as
 * unseen: the reader may see an event again, and misses none.
 */
export function positionOf(
  { life, seq, lineage }: Extract<EventCursor, { kind: 'number' }>,
  history: EventHistory,
): EventPosition {
  const known = indexOf(life, history);
  if (known >= 0) {
    const last = lastGivenBy(known, history);
    return seq <= last ? { seq, resumed: null } : { seq: last, resumed: 'numbers_lost' };
  }
  return { seq: sharedWith(life, lineage, history), resumed: 'life_lost' };
}

/** Up to which number a lost life and this history are surely the same. */
function sharedWith(life: string, lineage: Lineage | null, history: EventHistory): bigint {
  if (lineage !== null && lineage.base > 0n) {
    const parent = indexOf(lineage.parent, history);
    if (parent >= 0) return least(lineage.base - 1n, lastGivenBy(parent, history));
    return least(lineage.shared, lastGivenBy(0, history));
  }
  // The id of a life holds the time it began. The lost life branched off before our first one that began later.
  const later = history.lives.findIndex(({ id }) => id > life);
  return later <= 0 ? 0n : lastGivenBy(later - 1, history);
}

/** The last number that the lives up to this one gave out. */
function lastGivenBy(index: number, { lives, lastSeq }: EventHistory): bigint {
  const next = lives.slice(index + 1).find(({ firstSeq }) => firstSeq !== null);
  return next === undefined ? lastSeq : (next.firstSeq as bigint) - 1n;
}

function indexOf(life: string, { lives }: EventHistory): number {
  return lives.findIndex(({ id }) => id === life);
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
