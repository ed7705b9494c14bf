import type { SandboxNetwork } from '../sandbox-network';
import type { FoundPath, Search } from './path-search';
import { problem } from './problems';

/** How long a search keeps the process to itself before every other request has its turn. */
const SLICE_MS = 4;
/** Different searches that may wait for theirs. */
const MOST_WAITING = 20;
/** A ledger that closes in the middle of a search makes it begin again, so often. */
const MOST_STARTS = 3;
/** Answers kept of one ledger. */
const MOST_KEPT = 200;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** One path search at a time, in slices; the same question is answered once a ledger, because only a close changes the books. */
export class PathDesk {
  private ledger = -1;
  private readonly known = new Map<string, Promise<FoundPath[]>>();
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(private readonly network: SandboxNetwork) {}

  /** `question` names the search. Throws `server_over_capacity` when too many wait. */
  async find(question: string, search: () => Search): Promise<FoundPath[]> {
    const { sequence } = this.network.engine.header;
    if (sequence !== this.ledger) this.known.clear();
    this.ledger = sequence;
    const known = this.known.get(question);
    if (known !== undefined) return known;
    if (this.waiting >= MOST_WAITING) throw problem('server_over_capacity', undefined, { 'retry-after': '1' });
    this.waiting += 1;
    const found = this.last.then(() => this.steadily(search)).finally(() => (this.waiting -= 1));
    // The next caller waits for the end, whatever it was; only this caller gets a failure, and it is not kept.
    this.last = found.catch(() => this.known.delete(question));
    if (this.known.size < MOST_KEPT) this.known.set(question, found);
    return found;
  }

  private async steadily(search: () => Search): Promise<FoundPath[]> {
    for (let start = 1; ; start += 1) {
      const { sequence } = this.network.engine.header;
      const found = await this.inSlices(search());
      if (this.network.engine.header.sequence === sequence || start === MOST_STARTS) return found;
    }
  }

  private async inSlices(search: Search): Promise<FoundPath[]> {
    const { clock } = this.network;
    for (let end = clock.monotonicMs() + SLICE_MS; ;) {
      const step = search.next();
      if (step.done === true) return step.value;
      if (clock.monotonicMs() < end) continue;
      await nextTurn();
      end = clock.monotonicMs() + SLICE_MS;
    }
  }
}
