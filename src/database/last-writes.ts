/** Common table expressions of one statement, whose parameters begin at `first`. */
export interface WriteFragment {
  readonly sql: (first: number) => string;
  readonly values: readonly unknown[];
}

/** Writes rows of one kind at the end of transactions. */
export interface LastWriter<T> {
  /** Takes off `rows` as many as one statement can write; at least one. */
  take(rows: T[]): WriteFragment;
}

/**
 * What a transaction writes as its last: what happened, and who did it. It waits until then so that one statement writes all of it,
 * and so that nobody holds its locks longer than that statement and the commit take.
 */
export class LastWrites {
  private readonly waiting = new Map<LastWriter<unknown>, unknown[]>();

  add<T>(writer: LastWriter<T>, rows: readonly T[]): void {
    const key = writer as LastWriter<unknown>;
    const kept = this.waiting.get(key) ?? [];
    if (rows.length > 0) this.waiting.set(key, kept);
    kept.push(...rows);
  }

  /** The next statement; null when everything is written. */
  next(): { readonly text: string; readonly values: readonly unknown[] } | null {
    const [texts, values]: [string[], unknown[]] = [[], []];
    for (const [writer, rows] of this.waiting) {
      const fragment = writer.take(rows);
      if (rows.length === 0) this.waiting.delete(writer);
      texts.push(fragment.sql(values.length + 1));
      values.push(...fragment.values);
    }
    return texts.length === 0 ? null : { text: `with ${texts.join(', ')} select`, values };
  }
}
