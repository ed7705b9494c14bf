/** Common table expressions of one statement, whose parameters begin at `first`. Fragments know each other by the names of their tables. */
export interface WriteFragment {
  readonly sql: (first: number) => string;
  readonly values: readonly unknown[];
}

/** One statement that does all of it; `select` is its end. */
export function statementOf(
  fragments: readonly WriteFragment[],
  select: string,
): { readonly text: string; readonly values: readonly unknown[] } {
  const values: unknown[] = [];
  const texts = fragments.map((fragment) => {
    const text = fragment.sql(values.length + 1);
    values.push(...fragment.values);
    return text;
  });
  return { text: `with ${texts.join(', ')} ${select}`, values };
}

/** Placeholders of `count` parameters, the first of which is `$first`. */
export function placeholders(first: number, count: number): string[] {
  return Array.from({ length: count }, (_unused, at) => `$${first + at}`);
}
