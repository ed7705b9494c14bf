import type { CursorCodec } from './cursor';
import type { Filters } from './filters';
import type { ListParameters } from './query';
import { queryPairs } from './query-string';
import type { SortKey } from './query-sort';
import type { Resource } from './resource';

/**
 * What a repository needs for one page by keyset: rows strictly beyond `from` (compared key by key in `order`),
 * sorted by `order`, at most `limit`. Going backwards, `order` is turned round already, so the query never differs.
 */
export interface KeysetPage<S extends string = string> {
  readonly size: number;
  /** One more than the size: the extra row shows that there is another page. */
  readonly limit: number;
  readonly order: readonly SortKey<S>[];
  /** One text per key of `order`; null starts at the first row. */
  readonly from: readonly string[] | null;
  readonly backwards: boolean;
  /** What cursors of this collection are bound to. */
  readonly scope: string;
}

export interface PageLinks {
  readonly prev: string | null;
  readonly next: string | null;
}

/** Throws `cursor_invalid` when a cursor was made for another tenant, type, sort or filter. */
export function keysetPage<F extends Filters, S extends string>(
  type: string,
  parameters: ListParameters<F, S>,
  tenant: string,
  cursors: CursorCodec,
): KeysetPage<S> {
  const { page, sort } = parameters;
  const scope = JSON.stringify([
    tenant,
    type,
    sort,
    Object.entries(parameters.filter).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ]);
  const backwards = page.before !== undefined;
  const [cursor, parameter] = backwards ? [page.before, 'page[before]'] : [page.after, 'page[after]'];
  return {
    size: page.size,
    limit: page.size + 1,
    order: backwards ? sort.map((key) => ({ ...key, descending: !key.descending })) : sort,
    from: cursor === undefined ? null : cursors.decode(scope, cursor, parameter),
    backwards,
    scope,
  };
}

/** The rows of the page in list order, and its neighbours' addresses, from the rows a repository found. */
export function cutPage<Row, F extends Filters, S extends string>(
  resource: Resource<Row, F, S>,
  page: KeysetPage<S>,
  found: readonly Row[],
  href: string,
  cursors: CursorCodec,
): { readonly rows: readonly Row[]; readonly links: PageLinks } {
  const more = found.length > page.size;
  const kept = found.slice(0, page.size);
  const rows = page.backwards ? kept.toReversed() : kept;
  const cursorOf = (row: Row): string =>
    cursors.encode(
      page.scope,
      page.order.map(({ field }) => (field === 'id' ? resource.id(row) : resource.sortKey(row, field))),
    );
  const link = (name: 'after' | 'before', row: Row | undefined): string | null =>
    row === undefined ? null : withCursor(href, name, cursorOf(row));
  // The way a client came from is assumed to lead back; only the way ahead is asked of the database.
  const hasPrevious = page.backwards ? more : page.from !== null;
  const hasNext = page.backwards || more;
  return {
    rows,
    links: { prev: hasPrevious ? link('before', rows[0]) : null, next: hasNext ? link('after', rows.at(-1)) : null },
  };
}

function withCursor(href: string, name: 'after' | 'before', cursor: string): string {
  const kept = queryPairs(href).filter(([parameter]) => parameter !== 'page[after]' && parameter !== 'page[before]');
  const query = new URLSearchParams([
    ...kept.map(([parameter, value]): [string, string] => [parameter, value]),
    [`page[${name}]`, cursor],
  ]);
  return `${href.split('?', 1)[0] ?? ''}?${query.toString()}`;
}
