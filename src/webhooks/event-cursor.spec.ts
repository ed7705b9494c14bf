import fc from 'fast-check';
import {
  type EventHistory,
  formatEventCursor,
  MAX_CURSOR_LENGTH,
  parseEventCursor,
  positionOf,
  readEventCursor,
} from './event-cursor';

const lifeId = (n: number): string => `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** A database as a reader sees it: lives, where each began to give out numbers, and what happened. */
interface Copy {
  readonly lives: { id: string; firstSeq: bigint | null }[];
  readonly events: string[];
}

const copyOf = ({ lives, events }: Copy): Copy => ({ lives: lives.map((life) => ({ ...life })), events: [...events] });
const historyOf = ({ lives, events }: Copy): EventHistory => ({ lives, lastSeq: BigInt(events.length) });

/** Several copies of one database over time, of which one is in use, and a reader that only keeps its cursor. */
class World {
  now: Copy = { lives: [{ id: lifeId(1), firstSeq: null }], events: [] };
  readonly dumps: Copy[] = [];
  readonly abandoned: Copy[] = [];
  readonly seen = new Set<string>();
  cursor: string | undefined;
  private made = 0;
  private begun = 1;

  write(count: number): void {
    const life = this.now.lives.at(-1) as Copy['lives'][number];
    if (count > 0) life.firstSeq ??= BigInt(this.now.events.length + 1);
    for (let at = 0; at < count; at += 1) this.now.events.push(`event ${(this.made += 1)}`);
  }

  /** A dump, or the data of another server up to here, becomes the database: a new life begins. */
  restore(pick: number): void {
    const dump = this.dumps[pick % Math.max(1, this.dumps.length)];
    if (dump === undefined) return;
    this.abandoned.push(this.now);
    this.now = copyOf(dump);
    this.now.lives.push({ id: lifeId((this.begun += 1)), firstSeq: null });
  }

  /** The server that was given up is used again, as it was left: nobody else went on with its life. */
  comeBack(pick: number): void {
    const [back] = this.abandoned.splice(pick % Math.max(1, this.abandoned.length), 1);
    if (back === undefined) return;
    this.abandoned.push(this.now);
    this.now = back;
  }

  read(count: number): void {
    const history = historyOf(this.now);
    const cursor = parseEventCursor(this.cursor);
    const { seq } =
      cursor === null ? { seq: 0n } : positionOf(cursor as Extract<typeof cursor, { kind: 'number' }>, history);
    const passedOver = this.now.events.slice(0, Number(seq)).filter((event) => !this.seen.has(event));
    if (passedOver.length > 0) throw new Error(`passed over: ${passedOver.join(', ')}`);
    const page = this.now.events.slice(Number(seq), Number(seq) + count);
    for (const event of page) this.seen.add(event);
    this.cursor = formatEventCursor(seq + BigInt(page.length), history);
    if (this.cursor.length > MAX_CURSOR_LENGTH) throw new Error(`too long: ${this.cursor}`);
  }
}

const doing = <W extends string>(what: W, by: fc.Arbitrary<number>): fc.Arbitrary<{ do: W; by: number }> =>
  fc.record({ do: fc.constant(what), by });
/** Readers lag behind and catch up; of a few dumps, old ones are restored as well as new ones. */
const step = fc.oneof(
  { weight: 4, arbitrary: doing('write', fc.integer({ min: 1, max: 3 })) },
  { weight: 2, arbitrary: doing('read', fc.constantFrom(1, 2, 100)) },
  { weight: 2, arbitrary: doing('dump', fc.constant(0)) },
  { weight: 3, arbitrary: doing('restore', fc.nat({ max: 20 })) },
  { weight: 1, arbitrary: doing('comeBack', fc.nat({ max: 20 })) },
);

describe('a reader who keeps his cursor', () => {
  it('passes over nothing, whatever is restored, promoted, given up and taken back, in whatever order', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 30, size: 'max' }), (steps) => {
        const world = new World();
        for (const { do: what, by } of steps) {
          if (what === 'dump') world.dumps.push(copyOf(world.now));
          else world[what](by);
        }
        world.read(1_000);
      }),
      { numRuns: 30_000 },
    );
  });

  it('is told nothing twice while nothing is restored', () => {
    const world = new World();
    for (let round = 0; round < 20; round += 1) {
      world.write(round % 4);
      const before = world.seen.size;
      const waiting = world.now.events.length - before;
      world.read(2);
      expect(world.seen.size - before).toBe(Math.min(2, waiting));
    }
  });
});

/** Life 1 gave out 1 to 297, life 2 the rest up to 320. */
const HISTORY: EventHistory = {
  lives: [
    { id: lifeId(1), firstSeq: 1n },
    { id: lifeId(4), firstSeq: 298n },
  ],
  lastSeq: 320n,
};
const at = (text: string): unknown =>
  positionOf(readEventCursor(text) as Extract<ReturnType<typeof readEventCursor>, { kind: 'number' }>, HISTORY);

describe('a cursor', () => {
  it('of a life that is known goes on at its number, or at the last one that this life gave out', () => {
    expect(at(`${lifeId(1)}_200`)).toEqual({ seq: 200n, resumed: null });
    expect(at(`${lifeId(1)}_611`)).toEqual({ seq: 297n, resumed: 'numbers_lost' });
    expect(at(`${lifeId(4)}_310_${lifeId(1)}_298_297`)).toEqual({ seq: 310n, resumed: null });
    expect(at(`${lifeId(4)}_400_${lifeId(1)}_298_297`)).toEqual({ seq: 320n, resumed: 'numbers_lost' });
  });

  it('of a life that is lost goes on where that one left our history', () => {
    expect(at(`${lifeId(3)}_500_${lifeId(1)}_298_297`)).toEqual({ seq: 297n, resumed: 'life_lost' });
    // It branched off an older copy than our own life did: the events between were never sent.
    expect(at(`${lifeId(3)}_500_${lifeId(1)}_101_100`)).toEqual({ seq: 100n, resumed: 'life_lost' });
    // Neither it nor the one before is known.
    expect(at(`${lifeId(3)}_500_${lifeId(2)}_280_250`)).toEqual({ seq: 250n, resumed: 'life_lost' });
  });

  it('of a lost life that says nothing of its past goes on where our first life begins that began after it', () => {
    expect(at(`${lifeId(3)}_500`)).toEqual({ seq: 297n, resumed: 'life_lost' });
    expect(at(`${lifeId(9)}_500`)).toEqual({ seq: 0n, resumed: 'life_lost' });
  });

  it('is written for the life that gave the number out, also where that one came later', () => {
    expect(formatEventCursor(0n, HISTORY)).toBe(`${lifeId(1)}_0`);
    expect(formatEventCursor(297n, HISTORY)).toBe(`${lifeId(1)}_297`);
    expect(formatEventCursor(298n, HISTORY)).toBe(`${lifeId(4)}_298_${lifeId(1)}_298_297`);
  });

  it('from before events had numbers names its event; the start is the start', () => {
    expect(parseEventCursor('4711_01900000-0000-7000-8000-000000000001')).toEqual({
      kind: 'event',
      id: '01900000-0000-7000-8000-000000000001',
    });
    expect(parseEventCursor('0_00000000-0000-0000-0000-000000000000')).toBeNull();
    expect(parseEventCursor(undefined)).toBeNull();
  });

  it.each([
    '',
    'nonsense',
    '12',
    `${lifeId(1)}`,
    `${lifeId(1)}_`,
    `${lifeId(1)}_-1`,
    `${lifeId(1)}_007`,
    `${lifeId(1)}_1_2`,
    `${lifeId(1)}_${'9'.repeat(19)}`,
    `${lifeId(1)}_1_${lifeId(2)}_1`,
    '4711_nobody',
  ])('that no list has returned is refused: %s', (text) => {
    expect(() => parseEventCursor(text)).toThrow(expect.objectContaining({ code: 'validation_failed' }));
  });
});
