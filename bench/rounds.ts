import { addRow } from './report';

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
  /** Milliseconds. */
  readonly p99?: number;
  /** CPU for one piece of work, where the system tells. */
  readonly serverMicros?: number | undefined;
  readonly databaseMicros?: number | undefined;
  /** What the generator cost a request, and the share of the time in which it was busy. */
  readonly generator?: { readonly micros: number; readonly busy: number };
}

export interface Contender {
  readonly name: string;
  run(): Promise<Round>;
}

export interface Summary {
  readonly rate: Spread;
  readonly p99: number | undefined;
  readonly serverMicros: number | undefined;
  readonly databaseMicros: number | undefined;
  readonly generator: { readonly micros: number; readonly busy: number } | undefined;
}

export interface Comparison {
  readonly ours: Summary;
  readonly ceiling: Summary;
  readonly unit: string;
  readonly ratio: number;
  /** The ceiling's CPU of server and database for one piece of work by ours: above 1 when ours takes less. */
  readonly cpuRatio: number | undefined;
}

/** A generator that is busy for more of the time measures itself. */
const GENERATOR_BUSY = 0.4;

/**
 * Measures ours and the ceiling in alternation, so that a slow moment of the machine falls on both, and compares
 * medians. The order within a pair alternates too. One unmeasured round each comes first.
 */
export async function compare(ours: Contender, ceiling: Contender, rounds: number, unit: string): Promise<Comparison> {
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
  const [cpuMine, cpuTheirs] = [cpuOf(mine), cpuOf(theirs)];
  return {
    ours: mine,
    ceiling: theirs,
    unit,
    ratio: mine.rate.median / theirs.rate.median,
    cpuRatio: cpuMine === undefined || cpuTheirs === undefined ? undefined : cpuTheirs / cpuMine,
  };
}

function summaryOf(rounds: readonly Round[]): Summary {
  const median = (of: (round: Round) => number | undefined): number | undefined => {
    const values = rounds.flatMap((round) => of(round) ?? []);
    return values.length === 0 ? undefined : spreadOf(values).median;
  };
  const micros = median(({ generator }) => generator?.micros);
  return {
    rate: spreadOf(rounds.map(({ rate }) => rate)),
    p99: median(({ p99 }) => p99),
    serverMicros: median(({ serverMicros }) => serverMicros),
    databaseMicros: median(({ databaseMicros }) => databaseMicros),
    generator: micros === undefined ? undefined : { micros, busy: median(({ generator }) => generator?.busy) ?? 0 },
  };
}

function cpuOf({ serverMicros, databaseMicros }: Summary): number | undefined {
  return serverMicros === undefined || databaseMicros === undefined ? undefined : serverMicros + databaseMicros;
}

function line(name: string, { rate: { median, min, max }, p99, ...cpu }: Summary, unit: string): string {
  const parts = [`  ${name.padEnd(44)} ${digits(median).padStart(8)} ${unit}   (${digits(min)} to ${digits(max)})`];
  if (p99 !== undefined) parts.push(`p99 ${p99.toFixed(1)} ms`);
  if (cpu.serverMicros !== undefined) parts.push(`server ${cpu.serverMicros.toFixed(0)} us`);
  if (cpu.databaseMicros !== undefined) parts.push(`database ${cpu.databaseMicros.toFixed(0)} us`);
  if (cpu.generator !== undefined)
    parts.push(`generator ${cpu.generator.micros.toFixed(0)} us, busy ${(cpu.generator.busy * 100).toFixed(0)} %`);
  return parts.join(', ');
}

/** Where the generator was in the way of either, so that the figure does not count; undefined where it was not. */
function generatorAtFault({ ours, ceiling }: Comparison): string | undefined {
  for (const { generator } of [ours, ceiling]) {
    if (generator === undefined) continue;
    if (generator.busy > GENERATOR_BUSY) return `the generator was busy for ${(generator.busy * 100).toFixed(0)} %`;
  }
  return undefined;
}

export interface Goal {
  readonly ratio: number;
  /** The same ratio must hold by CPU of server and database. */
  readonly byCpu?: boolean;
}

/** Prints and notes whether a goal is met. A figure that the generator made is no figure: then the goal counts as missed. */
export function verdict(name: string, comparison: Comparison, goal: Goal): boolean {
  const { ratio, cpuRatio } = comparison;
  const fault = generatorAtFault(comparison);
  const met =
    fault === undefined && ratio >= goal.ratio && (goal.byCpu !== true || (cpuRatio ?? Infinity) >= goal.ratio);
  const cpu = cpuRatio === undefined ? '' : `, by CPU of server and database ${cpuRatio.toFixed(2)}`;
  const judged = fault !== undefined ? `does not count: ${fault}` : met ? 'met' : 'MISSED';
  console.log(`  ${name}: ${ratio.toFixed(2)} of the ceiling${cpu}, goal ${goal.ratio.toFixed(2)}: ${judged}`);
  addRow({
    name,
    ours: told(comparison.ours, comparison.unit),
    ceiling: told(comparison.ceiling, comparison.unit),
    ratio: ratio.toFixed(2),
    cpuRatio: cpuRatio?.toFixed(2) ?? '',
    goal: `${goal.ratio.toFixed(2)}${goal.byCpu === true ? ' by both' : ''}, ${fault === undefined ? (met ? 'met' : '**missed**') : 'does not count'}`,
  });
  return met;
}

function told({ rate: { median, min, max }, p99, serverMicros, databaseMicros }: Summary, unit: string): string {
  const cpu =
    serverMicros === undefined || databaseMicros === undefined
      ? ''
      : `, ${digits(serverMicros)} + ${digits(databaseMicros)} us`;
  const latency = p99 === undefined ? '' : `, p99 ${p99.toFixed(1)} ms`;
  return `${digits(median)} ${unit} (${digits(min)} to ${digits(max)})${latency}${cpu}`;
}

/** Whole numbers, and two decimals of small ones. */
function digits(value: number): string {
  return value < 10 ? value.toFixed(2) : Math.round(value).toLocaleString('en-US');
}
