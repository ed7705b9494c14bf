/** Merchants in line, each once however often added; taken in groups from the front, at most `width` groups at once. */
export class MerchantLine {
  private readonly waiting = new Set<string>();
  private readonly drains = new Set<Promise<void>>();
  private draining = 0;

  /** @param work must not throw */
  constructor(
    private readonly groupSize: number,
    private readonly width: number,
    private readonly work: (merchantIds: readonly string[]) => Promise<void>,
  ) {}

  add(merchantIds: Iterable<string>): void {
    for (const id of merchantIds) this.waiting.add(id);
    if (this.waiting.size === 0 || this.draining === this.width) return;
    this.draining += 1;
    const drain = this.drain().finally(() => this.drains.delete(drain));
    this.drains.add(drain);
  }

  get isIdle(): boolean {
    return this.drains.size === 0;
  }

  /** Until nobody is in line and no group is under way. */
  async untilIdle(): Promise<void> {
    while (!this.isIdle) await Promise.all(this.drains);
  }

  private async drain(): Promise<void> {
    // What comes in the same turn of the event loop goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.size > 0) {
      const group = [...this.waiting].slice(0, this.groupSize);
      for (const id of group) this.waiting.delete(id);
      await this.work(group);
    }
    // In the turn of the last look: a merchant added after it finds room for another drain.
    this.draining -= 1;
  }
}
