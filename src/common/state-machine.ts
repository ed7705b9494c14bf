/** Legal moves of one status column: from -> the statuses it may become. Rendered into SQL by `sourcesOf`. */
export type Transitions<S extends string> = Readonly<Record<S, readonly S[]>>;

/** The statuses from which `target` may be reached: the `WHERE status IN (...)` of a conditional UPDATE. */
export function sourcesOf<S extends string>(transitions: Transitions<S>, target: S): S[] {
  return (Object.keys(transitions) as S[]).filter((from) => transitions[from].includes(target));
}

/**
 * Start-up check: every named target exists, every status can be reached from `initial`, and none of `unwritten` can (words of an
 * API that nothing writes). Throws with all faults.
 */
export function assertSound<S extends string>(
  name: string,
  transitions: Transitions<S>,
  initial: readonly S[],
  unwritten: readonly S[] = [],
): void {
  const states = Object.keys(transitions) as S[];
  const faults: string[] = [];
  for (const from of states) {
    for (const to of transitions[from]) {
      if (!states.includes(to)) faults.push(`${from} -> ${to}: unknown status`);
      if (from === to) faults.push(`${from} -> itself`);
    }
  }
  const reached = new Set<S>(initial);
  for (let grew = true; grew;) {
    const before = reached.size;
    for (const state of [...reached])
      transitions[state].filter((next) => states.includes(next)).forEach((next) => reached.add(next));
    grew = reached.size > before;
  }
  for (const state of states) {
    if (reached.has(state) && unwritten.includes(state)) faults.push(`${state}: reachable, although nothing writes it`);
    if (!reached.has(state) && !unwritten.includes(state)) faults.push(`${state}: unreachable`);
  }
  if (faults.length > 0) throw new Error(`transitions of ${name}: ${faults.join('; ')}`);
}
