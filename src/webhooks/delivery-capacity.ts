import { type Lane, LANES } from './delivery-lanes';

type PerLane = Readonly<Record<Lane, number>>;

/**
 * Requests that this process may have under way, by lane. An eighth each is for unproven and for troubled endpoints, the
 * rest for prompt ones. A request to a prompt endpoint that is not answered in time counts as one to a troubled endpoint
 * from then on: an endpoint that once answered quickly cannot keep the others' slots by going silent.
 */
export class DeliveryCapacity {
  private readonly taken = new Set<{ readonly lane: Lane; readonly sinceMs: number }>();
  private readonly shares: PerLane;

  constructor(
    concurrency: number,
    private readonly promptMs: number,
  ) {
    const eighth = Math.max(1, Math.floor(concurrency / 8));
    this.shares = { prompt: Math.max(1, concurrency - 2 * eighth), unproven: eighth, troubled: eighth };
  }

  /** Takes a slot; the function gives it back. */
  take(lane: Lane, nowMs: number): () => void {
    const slot = { lane, sinceMs: nowMs };
    this.taken.add(slot);
    return () => this.taken.delete(slot);
  }

  /** How many may begin now; with too many late ones none in trouble do. */
  free(nowMs: number): PerLane {
    const used: Record<Lane, number> = { prompt: 0, unproven: 0, troubled: 0 };
    for (const { lane, sinceMs } of this.taken)
      used[lane === 'prompt' && nowMs - sinceMs > this.promptMs ? 'troubled' : lane] += 1;
    return Object.fromEntries(LANES.map((lane) => [lane, Math.max(0, this.shares[lane] - used[lane])])) as PerLane;
  }
}
