import { type Invariant, INVARIANTS, type Report } from './finding';

/** Breaches named per rule; the rest is only counted. */
const NAMED = 20;

/** One line a rule, its breaches below it. Plain text, no colours. */
export function printReport(report: Report): string {
  const lines = (Object.keys(INVARIANTS) as Invariant[]).flatMap((invariant) => {
    const breaches = report.breaches.filter((each) => each.invariant === invariant);
    const notes = report.notes.filter((each) => each.invariant === invariant).map((each) => each.text);
    const head = `${invariant.padEnd(4)}${verdict(report, invariant, breaches.length).padEnd(10)}${INVARIANTS[invariant]}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`;
    const more = breaches.length > NAMED ? [`      and ${breaches.length - NAMED} more`] : [];
    return [head, ...breaches.slice(0, NAMED).map((each) => `      ${each.text}`), ...more];
  });
  const asides = [
    ...report.unchecked.map((text) => `not checked: ${text}`),
    ...report.warnings.map((text) => `warning: ${text}`),
  ];
  return [...lines, ...asides, summary(report)].join('\n');
}

function verdict(report: Report, invariant: Invariant, breaches: number): string {
  if (breaches > 0) return 'BREACH';
  return report.unchecked.some((text) => text.startsWith(`${invariant} `)) ? 'unknown' : 'ok';
}

function summary(report: Report): string {
  if (report.breaches.length > 0)
    return `${report.breaches.length} ${report.breaches.length === 1 ? 'breach' : 'breaches'} found.`;
  return report.unchecked.length > 0 ? 'No breach found, but not everything could be checked.' : 'No breach found.';
}
