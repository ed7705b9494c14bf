import type { Keyset } from '../database/keyset';

/** The page of a short list that is not in the database, in the order of its ids. */
export function pageById<Row>(rows: readonly Row[], idOf: (row: Row) => string, page: Keyset): Row[] {
  const descending = page.order.at(-1)?.descending ?? false;
  const direction = descending ? -1 : 1;
  const compare = (a: string, b: string): number => (a < b ? -direction : a > b ? direction : 0);
  const from = page.from?.at(-1);
  return rows
    .filter((row) => from === undefined || compare(idOf(row), from) > 0)
    .toSorted((a, b) => compare(idOf(a), idOf(b)))
    .slice(0, page.limit);
}
