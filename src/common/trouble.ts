/** More different causes than anybody reads; beyond this the set is emptied and causes are logged again. */
const MOST_CAUSES = 50;

/** Work that is tried again and again: each cause of a failure is logged once until the work succeeds. */
export class Trouble {
  private failures = 0;
  private readonly told = new Set<string>();

  /** Whether this cause has yet to be logged. */
  failed(cause: string): boolean {
    this.failures += 1;
    if (this.told.has(cause)) return false;
    if (this.told.size === MOST_CAUSES) this.told.clear();
    this.told.add(cause);
    return true;
  }

  /** Returns how often it failed until now. Later failures are logged anew. */
  worked(): number {
    const { failures } = this;
    this.failures = 0;
    this.told.clear();
    return failures;
  }
}
