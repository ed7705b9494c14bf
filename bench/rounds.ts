/** Median and spread of figures that were measured in alternating rounds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = Math.floor(sorted.length / 2);
  return { median: sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2, min: at(0), max: at(sorted.length - 1) };
}

export interface Contender {
  readonly name: string;
  /** One round; the figure is a rate, higher is better. */
  run(): Promise<number>;
}

/**
 * Measures ours and the ceiling in alternation, so that a slow moment of the machine falls on both, and compares
 * medians. The order within a pair alternates too. One unmeasured round each comes first.
 */
export async function compare(ours: Contender, ceiling: Contender, rounds: number, unit: string): Promise<number> {
  const figures = new Map<Contender, number[]>([[ours, []], [ceiling, []]]);
  for (let round = -1; round < rounds; round++) {
    const order = round % 2 === 0 ? [ours, ceiling] : [ceiling, ours];
    for (const contender of order) {
      const figure = await contender.run();
      if (round >= 0) figures.get(contender)?.push(figure);
    }
  }
  const [mine, theirs] = [spreadOf(figures.get(ours) ?? []), spreadOf(figures.get(ceiling) ?? [])];
  const line = (name: string, { median, min, max }: Spread): string => `  ${name.padEnd(44)} ${median.toFixed(0).padStart(8)} ${unit}   (${min.toFixed(0)} to ${max.toFixed(0)})`;
  console.log(line(ours.name, mine));
  console.log(line(ceiling.name, theirs));
  return mine.median / theirs.median;
}

export function verdict(name: string, ratio: number, goal: number): boolean {
  const met = ratio >= goal;
  console.log(`  ${name}: ${ratio.toFixed(2)} of the ceiling, goal ${goal.toFixed(2)}: ${met ? 'met' : 'MISSED'}`);
  return met;
}
