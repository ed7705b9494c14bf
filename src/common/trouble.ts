/** More different causes than anybody reads; from there on they are told again. */
const MOST_CAUSES = 50;

/** Something that is tried again and again: each cause of its failing is told once until it works again. */
export class Trouble {
  private failures = 0;
  private readonly told = new Set<string>();

  /** Whether this cause has yet to be told. */
  failed(cause: string): boolean {
    this.failures += 1;
    if (this.told.has(cause)) return false;
    if (this.told.size === MOST_CAUSES) this.told.clear();
    this.told.add(cause);
    return true;
  }

  /** How often it failed until now; what fails from here on is told anew. */
  worked(): number {
    const { failures } = this;
    this.failures = 0;
    this.told.clear();
    return failures;
  }
}
