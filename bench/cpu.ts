import { readdirSync, readFileSync } from 'node:fs';

/** proc(5): the clock ticks of Linux, 100 a second on every platform that Node has. */
const MICROS_PER_TICK = 10_000;

interface Stat {
  readonly parent: number;
  /** Of the process and of those of its children that have ended. */
  readonly micros: number;
  readonly endedMicros: number;
}

/** CPU that a process has used so far with all its threads, in steps of 10 ms; undefined where the system does not tell. */
export function cpuMicros(pid: number): number | undefined {
  return statOf(pid)?.micros;
}

/** CPU that PostgreSQL has used so far: its main process, those that it has started, and those that have ended. */
export function cpuOfDatabase(postmaster: number): number | undefined {
  const main = statOf(postmaster);
  if (main === undefined) return undefined;
  const children = childrenOf(postmaster).map((pid) => statOf(pid)?.micros ?? 0);
  return children.reduce((sum, micros) => sum + micros, main.micros + main.endedMicros);
}

export function childrenOf(parent: number): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => statOf(pid)?.parent === parent);
}

/** Resident memory of a process in bytes. */
export function residentBytes(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) * 1024;
}

function statOf(pid: number): Stat | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    // Counted from the end of the name, which stands in brackets and may hold anything: state, parent, ...
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15).map(Number);
    return {
      parent: Number(fields[1]),
      micros: (user + system) * MICROS_PER_TICK,
      endedMicros: (endedUser + endedSystem) * MICROS_PER_TICK,
    };
  } catch {
    return undefined; // it has ended meanwhile
  }
}
