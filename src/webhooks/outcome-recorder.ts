import type { DeliveryOutcome } from './delivery-outcomes.repository';

/** Gathers what ends while the last batch is being written, so that a busy sender writes many outcomes at once. */
export class OutcomeRecorder {
  private waiting: { outcome: DeliveryOutcome; done: () => void }[] = [];
  private writing = false;

  /** @param write must not throw: whatever is not written is sent again after its lease */
  constructor(private readonly write: (outcomes: readonly DeliveryOutcome[]) => Promise<void>) {}

  /** Resolves when the outcome has been written. */
  async record(outcome: DeliveryOutcome): Promise<void> {
    const written = new Promise<void>((resolve) => this.waiting.push({ outcome, done: resolve }));
    if (!this.writing) await this.drain();
    await written;
  }

  private async drain(): Promise<void> {
    this.writing = true;
    // What arrives in the same turn of the event loop goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      await this.write(batch.map(({ outcome }) => outcome));
      for (const { done } of batch) done();
    }
    this.writing = false;
  }
}
