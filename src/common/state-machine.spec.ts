import fc from 'fast-check';
import { assertSound, sourcesOf, type Transitions } from './state-machine';

type Door = 'open' | 'shut' | 'bricked';
const DOOR: Transitions<Door> = { open: ['shut'], shut: ['open', 'bricked'], bricked: [] };

it('sourcesOf turns the table round', () => {
  expect([sourcesOf(DOOR, 'open'), sourcesOf(DOOR, 'shut'), sourcesOf(DOOR, 'bricked')]).toEqual([
    ['shut'],
    ['open'],
    ['shut'],
  ]);
  const states = ['a', 'b', 'c', 'd'] as const;
  const tables = fc.record(
    Object.fromEntries(states.map((state) => [state, fc.subarray([...states])])) as unknown as Record<
      (typeof states)[number],
      fc.Arbitrary<(typeof states)[number][]>
    >,
  );
  fc.assert(
    fc.property(tables, (table) =>
      states.every((to) => states.every((from) => sourcesOf(table, to).includes(from) === table[from].includes(to))),
    ),
  );
});

describe('assertSound', () => {
  it('is silent about a sound table', () => {
    expect(() => assertSound('door', DOOR, ['open'])).not.toThrow();
  });

  // Fails while the search for unreachable statuses walks into an unknown one.
  it('names every fault at once', () => {
    const table = { open: ['open', 'gone'], shut: ['open'], bricked: [] } as unknown as Transitions<Door>;
    expect(() => assertSound('door', table, ['open'])).toThrow(
      'transitions of door: open -> itself; open -> gone: unknown status; shut: unreachable; bricked: unreachable',
    );
  });

  it('names a status that can be reached although nothing is said to write it', () => {
    expect(() => assertSound('door', DOOR, ['open'], ['bricked'])).toThrow(
      'transitions of door: bricked: reachable, although nothing writes it',
    );
    expect(() => assertSound('door', { open: ['shut'], shut: [], bricked: [] }, ['open'], ['bricked'])).not.toThrow();
  });

  it('counts a circle that nothing leads into as unreachable', () => {
    expect(() => assertSound('ring', { a: [], b: ['c'], c: ['b'] }, ['a'])).toThrow('b: unreachable; c: unreachable');
  });
});
