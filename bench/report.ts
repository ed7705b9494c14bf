/** One line of the table at the end of a run. */
export interface ReportRow {
  readonly name: string;
  readonly ours: string;
  readonly ceiling: string;
  readonly ratio: string;
  readonly cpuRatio: string;
  readonly goal: string;
}

const rows: ReportRow[] = [];

export function addRow(row: ReportRow): void {
  rows.push(row);
}

/** For a figure without a ceiling. Prints it, notes it, and returns whether the goal is met. */
export function judge(name: string, figure: string, goal: string, met: boolean): boolean {
  console.log(`  ${name}: ${figure}, goal ${goal}: ${met ? 'met' : 'MISSED'}`);
  addRow({ name, ours: figure, ceiling: '', ratio: '', cpuRatio: '', goal: `${goal}, ${met ? 'met' : '**missed**'}` });
  return met;
}

/** The table as it stands in bench/README.md. */
export function markdown(): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(['', 'Ours', 'Ceiling', 'Ratio', 'By CPU', 'Goal']),
    line(Array.from({ length: 6 }, () => '---')),
    ...rows.map(({ name, ours, ceiling, ratio, cpuRatio, goal }) => line([name, ours, ceiling, ratio, cpuRatio, goal])),
  ].join('\n');
}
