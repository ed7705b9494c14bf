/** One key of an order, as the protocol layer hands it over. */
interface OrderKey {
  readonly field: string;
  readonly descending: boolean;
}

/** A page of an ordered list: rows strictly beyond `from`, one text per key of `order`; null starts at the first. */
export interface Keyset {
  readonly limit: number;
  readonly order: readonly OrderKey[];
  readonly from: readonly string[] | null;
}

/** Field of the order -> its SQL expression and type; `id` must be among them. */
export type KeysetColumns = Readonly<Record<string, { readonly sql: string; readonly type: string }>>;

/** The first page of a collection in the order of its creation. */
export function oldestFirst(limit: number): Keyset {
  return {
    limit,
    order: [
      { field: 'createdAt', descending: false },
      { field: 'id', descending: false },
    ],
    from: null,
  };
}

/** For collections in the order of their creation. */
export const CREATION_COLUMNS = {
  createdAt: { sql: 'created_at', type: 'timestamptz' },
  id: { sql: 'id', type: 'uuid' },
} as const satisfies KeysetColumns;

/**
 * The end of a list query, after its last condition: where to continue, order and limit. Values are appended to
 * `values`, so that the numbers of the parameters go on where the query left off.
 */
export function keysetClause(page: Keyset, columns: KeysetColumns, values: unknown[]): string {
  const keys = page.order.map(({ field, descending }) => ({ ...columnOf(columns, field), descending }));
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const { from } = page;
  const beyond =
    from === null
      ? ''
      : `and ${beyondSql(
          keys,
          keys.map(({ type }, at) => `${parameter(from[at])}::${type}`),
        )} `;
  const order = keys.map(({ sql, descending }) => `${sql} ${descending ? 'desc' : 'asc'}`).join(', ');
  return `${beyond}order by ${order} limit ${parameter(page.limit)}`;
}

interface Key {
  readonly sql: string;
  readonly descending: boolean;
}

/** A row comparison where all keys run one way, which an index can answer; otherwise it is spelled out. */
function beyondSql(keys: readonly Key[], bounds: readonly string[]): string {
  const operator = ({ descending }: Key): string => (descending ? '<' : '>');
  const [first] = keys;
  if (first !== undefined && keys.every(({ descending }) => descending === first.descending)) {
    return `(${keys.map(({ sql }) => sql).join(', ')}) ${operator(first)} (${bounds.join(', ')})`;
  }
  const cases = keys.map((key, at) =>
    [
      ...keys.slice(0, at).map((equal, index) => `${equal.sql} = ${bounds[index]}`),
      `${key.sql} ${operator(key)} ${bounds[at]}`,
    ].join(' and '),
  );
  return `(${cases.map((each) => `(${each})`).join(' or ')})`;
}

function columnOf(columns: KeysetColumns, field: string): KeysetColumns[string] {
  const column = columns[field];
  if (column === undefined) throw new Error(`there is no column to sort by ${field}`);
  return column;
}
