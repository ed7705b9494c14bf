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
  return {
    median: sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2,
    min: at(0),
    max: at(sorted.length - 1),
  };
}

export interface Round {
  /** Higher is better. */
  readonly rate: number;
  /** CPU of the server for one request, where the system tells. */
  readonly cpuMicros?: number | undefined;
}

export interface Contender {
  readonly name: string;
  run(): Promise<Round>;
}

/**
 * Measures ours and the ceiling in alternation, so that a slow moment of the machine falls on both, and compares
 * medians. The order within a pair alternates too. One unmeasured round each comes first.
 */
export async function compare(ours: Contender, ceiling: Contender, rounds: number, unit: string): Promise<number> {
  const figures = new Map<Contender, Round[]>([
    [ours, []],
    [ceiling, []],
  ]);
  for (let round = -1; round < rounds; round++) {
    const order = round % 2 === 0 ? [ours, ceiling] : [ceiling, ours];
    for (const contender of order) {
      const figure = await contender.run();
      if (round >= 0) figures.get(contender)?.push(figure);
    }
  }
  const [mine, theirs] = [summaryOf(figures.get(ours) ?? []), summaryOf(figures.get(ceiling) ?? [])];
  console.log(line(ours.name, mine, unit));
  console.log(line(ceiling.name, theirs, unit));
  if (mine.cpu !== undefined && theirs.cpu !== undefined)
    console.log(`  by CPU of the server ${(theirs.cpu.median / mine.cpu.median).toFixed(2)} of the ceiling`);
  return mine.rate.median / theirs.rate.median;
}

interface Summary {
  readonly rate: Spread;
  readonly cpu: Spread | undefined;
}

function summaryOf(rounds: readonly Round[]): Summary {
  const cpu = rounds.flatMap(({ cpuMicros }) => cpuMicros ?? []);
  return { rate: spreadOf(rounds.map(({ rate }) => rate)), cpu: cpu.length === 0 ? undefined : spreadOf(cpu) };
}

function line(name: string, { rate: { median, min, max }, cpu }: Summary, unit: string): string {
  const rate = `  ${name.padEnd(44)} ${median.toFixed(0).padStart(8)} ${unit}   (${min.toFixed(0)} to ${max.toFixed(0)})`;
  return cpu === undefined ? rate : `${rate}, ${cpu.median.toFixed(0)} us of CPU each`;
}

export function verdict(name: string, ratio: number, goal: number): boolean {
  const met = ratio >= goal;
  console.log(`  ${name}: ${ratio.toFixed(2)} of the ceiling, goal ${goal.toFixed(2)}: ${met ? 'met' : 'MISSED'}`);
  return met;
}
