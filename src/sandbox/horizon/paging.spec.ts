import fc from 'fast-check';
import type { HistoryRecord } from '../history';
import { afterLedger, ledgerOf, toid } from '../toid';
import { pageOf, pageOfState, pageQuery, placeCursor, renderPage } from './paging';
import { HorizonProblem } from './problems';

const record = (ledger: number, index: number, sub = 0): HistoryRecord => {
  const id = toid(ledger, 1, index);
  return { id, sub, token: sub === 0 ? id.toString() : `${id}-${sub}`, ledger, successful: true };
};

const all = { elder: 1, latest: 1_000 };
const records = Array.from({ length: 50 }, (_, at) => record(2 + Math.floor(at / 5), 1 + (at % 5)));

function complaint(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error instanceof HorizonProblem ? error.body.extras : error;
  }
  return undefined;
}

describe('page parameters', () => {
  it.each([
    [{ limit: '0' }, 'limit', 'invalid limit: non-positive value provided'],
    [{ limit: '-3' }, 'limit', 'invalid limit: non-positive value provided'],
    [{ limit: '201' }, 'limit', 'invalid limit: value provided that is over limit max of 200'],
    [{ limit: 'ten' }, 'limit', 'unparseable value'],
    [{ order: 'sideways' }, 'order', 'order: invalid value'],
    [{ cursor: '-5' }, 'cursor', 'the cursor -5 is a negative number: '],
  ])('%j is refused', (query, field, reason) => {
    expect(complaint(() => pageQuery(query, 10))).toEqual({ invalid_field: field, reason });
  });

  it('puts `now` after the latest ledger, and lets Last-Event-ID win', () => {
    expect(pageQuery({ cursor: 'now' }, 7).cursor).toBe(afterLedger(7).toString());
    expect(pageQuery({ cursor: 'now' }, 7, '99').cursor).toBe('99');
    expect(pageQuery({}, 7)).toEqual({ cursor: '', order: 'asc', limit: 10 });
  });

  it('refuses cursors that are no token', () => {
    for (const cursor of ['abc', '1.5', '9223372036854775808', '1-2-3']) {
      expect(complaint(() => placeCursor(pageQuery({ cursor }, 9), all))).toMatchObject({ invalid_field: 'cursor' });
    }
  });

  it('moves old ascending cursors to the start of history and answers 410 to descending ones', () => {
    const window = { elder: 5, latest: 1_000 };
    const old = toid(3).toString();
    expect(placeCursor(pageQuery({ cursor: old }, 9), window).cursor).toBe(afterLedger(4).toString());
    expect(() => placeCursor(pageQuery({ cursor: old, order: 'desc' }, 9), window)).toThrow(HorizonProblem);
    expect(placeCursor(pageQuery({ order: 'desc' }, 9), window).cursor).toBe('');
  });
});

describe('pages of history', () => {
  it('walks every record once in either direction, whatever the limit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.constantFrom('asc', 'desc'), (limit, order) => {
        const seen: string[] = [];
        let cursor = '';
        for (;;) {
          const page = placeCursor({ cursor, order: order as 'asc' | 'desc', limit }, all);
          const found = pageOf(records, page, all);
          if (found.length === 0) break;
          seen.push(...found.map(({ token }) => token));
          cursor = seen.at(-1) ?? '';
        }
        const expected = records.map(({ token }) => token);
        expect(seen).toEqual(order === 'asc' ? expected : expected.reverse());
      }),
    );
  });

  it('takes a synthetic cursor: everything from a ledger on', () => {
    const page = pageQuery({ cursor: (toid(5) - 1n).toString(), limit: '200' }, 99);
    expect(pageOf(records, page, all)[0]?.ledger).toBe(5);
  });

  it('keeps to the window', () => {
    const found = pageOf(records, pageQuery({ cursor: '4294967297', limit: '200' }, 99), { elder: 4, latest: 6 });
    expect(new Set(found.map(({ ledger }) => ledger))).toEqual(new Set([4, 5, 6]));
  });

  it('lets a one-part cursor stand behind all effects of its operation', () => {
    const effects = [1, 2, 3].flatMap((index) => [record(2, index, 1), record(2, index, 2)]);
    const cursor = toid(2, 1, 2).toString();
    const tokens = (order: string): string[] =>
      pageOf(effects, pageQuery({ cursor, order }, 9), all, { paired: true }).map(({ token }) => token);
    expect(tokens('asc')).toEqual([effects[4]?.token, effects[5]?.token]);
    expect(tokens('desc')).toEqual([3, 2, 1, 0].map((at) => effects[at]?.token));
    const exact = pageOf(effects, pageQuery({ cursor: effects[2]?.token ?? '' }, 9), all, { paired: true });
    expect(exact[0]?.token).toBe(effects[3]?.token);
  });

  it('splits an id into its parts', () => {
    expect(ledgerOf(toid(53_000_000, 1_000, 100))).toBe(53_000_000);
    expect(toid(52_425_760)).toBe(225_166_924_667_944_960n);
  });
});

describe('pages of state', () => {
  const items = ['b', 'a', 'd', 'c'].map((key) => ({ key, token: key }));
  const keys = (query: Record<string, string>): string[] =>
    pageOfState(items, pageQuery(query, 1), (cursor) => cursor).map(({ key }) => key);

  it('are ordered by key, the cursor excluded', () => {
    expect(keys({ limit: '3' })).toEqual(['a', 'b', 'c']);
    expect(keys({ cursor: 'b' })).toEqual(['c', 'd']);
    expect(keys({ cursor: 'c', order: 'desc' })).toEqual(['b', 'a']);
  });
});

describe('links', () => {
  it('are always three, sorted, and next is self on an empty page', () => {
    const page = pageQuery({ cursor: '12', join: 'transactions' }, 1);
    const text = renderPage('http://host/payments', { join: 'transactions', cursor: '12' }, page, [], []);
    expect(JSON.parse(text)).toEqual({
      _links: {
        self: { href: 'http://host/payments?cursor=12&join=transactions&limit=10&order=asc' },
        next: { href: 'http://host/payments?cursor=12&join=transactions&limit=10&order=asc' },
        prev: { href: 'http://host/payments?cursor=12&join=transactions&limit=10&order=desc' },
      },
      _embedded: { records: [] },
    });
  });

  it('encode like Go', () => {
    const text = renderPage('http://host/accounts', { asset: 'USDC:GA' }, pageQuery({}, 1), ['{"a":1}'], ['x y']);
    expect(text).toContain('asset=USDC%3AGA&cursor=x+y&limit=10&order=asc');
  });
});
