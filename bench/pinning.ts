import { spawnSync } from 'node:child_process';
import os from 'node:os';

const count = os.availableParallelism();
const canPin = process.platform === 'linux' && count > 1 && spawnSync('taskset', ['-V']).status === 0;

/**
 * Who runs where, as `taskset` names cores: the server alone on the first, the generator away from it, the database on
 * what is left. With two cores generator and database share the second, where the generator needs the smaller part.
 */
export const CORES = {
  server: '0',
  generator: '1',
  database: count > 2 ? `2-${count - 1}` : '1',
} as const;

/** The command that runs `command` on these cores, or just `command` where the system has no `taskset`. */
export function pinned(cores: string, command: readonly [string, ...string[]]): [string, string[]] {
  const [program, ...args] = command;
  return canPin ? ['taskset', ['-c', cores, ...command]] : [program, args];
}

/** Moves a running process with its threads; those that it starts later follow it. */
export function pin(pid: number, cores: string): void {
  if (canPin) spawnSync('taskset', ['-acp', cores, String(pid)]);
}

/** For the head of a run. */
export function placement(): string {
  if (!canPin) return `${count} cores, nothing pinned`;
  return `${count} cores: server on ${CORES.server}, generator on ${CORES.generator}, database on ${CORES.database}`;
}
