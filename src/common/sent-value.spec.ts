import { NumberText } from './number-text';
import { forgetNestedNulls, forgetNulls, keepSent, nestedLists, sameValue } from './sent-value';

class Inner {
  a: unknown;
}
class Outer {
  one: unknown;
  many: unknown;
  free: unknown;
}
const inner = (a: unknown): Inner => Object.assign(new Inner(), { a });
const outer = (members: object): Outer => Object.assign(new Outer(), members);

describe('nulls', () => {
  it('are forgotten in a new resource, however deep, but not in what a merchant fills', () => {
    const dto = outer({ one: inner(null), many: [inner(null), inner(1), null], free: { k: null } });
    forgetNulls(dto);
    expect(dto).toEqual(outer({ one: new Inner(), many: [new Inner(), inner(1), null], free: { k: null } }));
    const empty = outer({ one: null, many: [], free: null });
    forgetNulls(empty);
    expect(Object.keys(empty)).toEqual(['many']);
  });

  it('empty a member of a change, and are forgotten inside of one', () => {
    const dto = outer({ one: null, many: [inner(null)] });
    forgetNestedNulls(dto);
    expect(Object.entries(dto)).toEqual([
      ['one', null],
      ['many', [new Inner()]],
    ]);
  });
});

it('nestedLists finds each list in a list by its path', () => {
  expect(nestedLists(outer({ one: [[1]], many: [inner([[], [1]]), []], free: { k: [[]] } }))).toEqual([
    ['one', 0],
    ['many', 0, 'a', 0],
    ['many', 0, 'a', 1],
    ['many', 1],
  ]);
  expect(nestedLists(outer({ one: [1], many: [inner([1])] }))).toEqual([]);
});

it.each([
  ['a', 'a', true],
  ['a', 'b', false],
  [null, null, true],
  [undefined, null, false],
  [1, '1', false],
  [new NumberText('1.0'), 1, true],
  ['2026-01-01T00:00:00Z', new Date('2026-01-01T00:00:00.000Z'), true],
  ['2026-01-01T01:00:00+01:00', new Date('2026-01-01T00:00:00.000Z'), true],
  ['2026-01-01T00:00:01Z', new Date('2026-01-01T00:00:00.000Z'), false],
  [{ a: 1, b: [2] }, { b: [2], a: 1 }, true],
  [{ a: 1 }, { a: 1, b: 2 }, false],
  [{ a: 1, b: undefined }, { a: 1, c: 2 }, false],
  [[], {}, false],
  [['a'], ['a', 'b'], false],
  [{}, null, false],
])('sameValue of %j and %j is %s', (sent, told, same) => {
  expect(sameValue(sent, told)).toBe(same);
});

it('keepSent takes a number for a number where an object was made of it', () => {
  const big = new NumberText('1e400');
  expect(
    keepSent(outer({ one: inner('x'), many: [inner('x')], free: big }), { one: big, many: [big], free: big }),
  ).toEqual(outer({ one: Infinity, many: [Infinity], free: big }));
});

it('keepSent keeps members that are called as a method of every object, where they stood', () => {
  const names = ['first', ...Object.getOwnPropertyNames(Object.prototype).filter((name) => !name.startsWith('__'))];
  const sent = { free: Object.fromEntries([...names, 'last'].map((name) => [name, 'x'])) };
  const kept = keepSent(Object.assign(new Outer(), { free: { first: 'x', last: 'x' } }), sent) as Outer;
  expect(Object.entries(kept.free as object)).toEqual(Object.entries(sent.free));
});
