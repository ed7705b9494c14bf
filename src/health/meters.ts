import type { Registry } from 'prom-client';

type Labels = Readonly<Record<string, string>>;

interface Sample {
  readonly metricName?: string;
  readonly labels: Labels;
  readonly value: number;
}

/** What the registry asks of a metric when it is printed. */
interface Printed {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly values: readonly Sample[];
  readonly aggregator: 'sum';
}

/**
 * Metrics whose every step is a look into a map: those of the library sort and hash the labels each time, which a
 * status poll would feel. They are printed by its registry.
 */
abstract class Meter {
  protected abstract readonly type: Printed['type'];

  constructor(
    readonly name: string,
    private readonly help: string,
  ) {}

  in(registry: Registry): this {
    registry.registerMetric(this as never);
    return this;
  }

  get(): Promise<Printed> {
    return Promise.resolve({
      name: this.name,
      help: this.help,
      type: this.type,
      values: this.samples(),
      aggregator: 'sum',
    });
  }

  protected abstract samples(): Sample[];
}

/** Values by labels; what has none is not printed. */
export class GaugeMeter extends Meter {
  protected readonly type = 'gauge';
  private current: Sample[] = [];

  /** Replaces what was there: without arguments nothing is known. */
  set(...values: readonly (readonly [value: number, labels?: Labels])[]): void {
    this.current = values.map(([value, labels]) => ({ value, labels: labels ?? {} }));
  }

  protected samples(): Sample[] {
    return this.current;
  }
}

export class CounterMeter<Label extends string> extends Meter {
  protected readonly type = 'counter';
  private readonly counts = new Map<string, { readonly labels: Labels; value: number }>();

  constructor(
    name: string,
    help: string,
    private readonly labelNames: readonly Label[],
  ) {
    super(name, help);
  }

  /** @param values of the labels, in the order of their names */
  add(values: readonly string[], by = 1): void {
    const key = values.join('\n');
    const known = this.counts.get(key);
    if (known === undefined) this.counts.set(key, { labels: labelled(this.labelNames, values), value: by });
    else known.value += by;
  }

  protected samples(): Sample[] {
    return [...this.counts.values()];
  }
}

interface Distribution {
  readonly labels: Labels;
  readonly buckets: number[];
  sum: number;
  count: number;
}

/** How long things take, in seconds. */
export class DurationMeter<Label extends string> extends Meter {
  protected readonly type = 'histogram';
  private readonly distributions = new Map<string, Distribution>();

  /** @param bounds upper ends of the buckets, ascending */
  constructor(
    name: string,
    help: string,
    private readonly labelNames: readonly Label[],
    private readonly bounds: readonly number[],
  ) {
    super(name, help);
  }

  observe(values: readonly string[], seconds: number): void {
    const key = values.join('\n');
    let known = this.distributions.get(key);
    if (known === undefined) {
      known = { labels: labelled(this.labelNames, values), buckets: this.bounds.map(() => 0), sum: 0, count: 0 };
      this.distributions.set(key, known);
    }
    const bucket = this.bounds.findIndex((bound) => seconds <= bound);
    if (bucket !== -1) known.buckets[bucket] = (known.buckets[bucket] ?? 0) + 1;
    known.sum += seconds;
    known.count += 1;
  }

  protected samples(): Sample[] {
    return [...this.distributions.values()].flatMap(({ labels, buckets, sum, count }) => {
      let below = 0;
      const steps = buckets.map((own, index): Sample => ({
        metricName: `${this.name}_bucket`,
        labels: { ...labels, le: String(this.bounds[index]) },
        value: (below += own),
      }));
      return [
        ...steps,
        { metricName: `${this.name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count },
        { metricName: `${this.name}_sum`, labels, value: sum },
        { metricName: `${this.name}_count`, labels, value: count },
      ];
    });
  }
}

function labelled(names: readonly string[], values: readonly string[]): Labels {
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
}
