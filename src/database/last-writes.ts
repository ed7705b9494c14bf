import { statementOf, type WriteFragment } from './write-fragment';

/** Writes rows of one kind at the end of transactions. */
export interface LastWriter<T> {
  /** As many rows as one statement can write, at least one, and those that are left for the next. */
  take(rows: readonly [T, ...T[]]): { readonly fragment: WriteFragment; readonly later: readonly T[] };
}

/**
 * The last writes of a transaction: its events and audit entries. They wait until then so that one statement writes them
 * all, and so that their locks are held no longer than that statement and the commit take.
 */
export class LastWrites {
  private readonly waiting = new Map<LastWriter<unknown>, readonly [unknown, ...unknown[]]>();

  add<T>(writer: LastWriter<T>, rows: readonly T[]): void {
    this.keep(writer as LastWriter<unknown>, [...(this.waiting.get(writer as LastWriter<unknown>) ?? []), ...rows]);
  }

  /** The next statement; null when everything is written. */
  next(): { readonly text: string; readonly values: readonly unknown[] } | null {
    const fragments = [...this.waiting].map(([writer, rows]) => {
      const { fragment, later } = writer.take(rows);
      this.keep(writer, later);
      return fragment;
    });
    return fragments.length === 0 ? null : statementOf(fragments, 'select');
  }

  private keep(writer: LastWriter<unknown>, [first, ...more]: readonly unknown[]): void {
    if (first === undefined) this.waiting.delete(writer);
    else this.waiting.set(writer, [first, ...more]);
  }
}
