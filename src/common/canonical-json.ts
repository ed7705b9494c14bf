/** What JSON can say, and instants, which it says as ISO 8601 text. */
export type JsonFact =
  string | number | boolean | null | Date | readonly JsonFact[] | { readonly [member: string]: JsonFact };

/** Members of every object in the order of their names, no space: the same text before a value is stored as jsonb and after it was read back. */
export function canonicalJson(value: JsonFact): string {
  return JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return each;
    return Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
