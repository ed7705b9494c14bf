import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { cpuMicros, cpuOfDatabase } from './cpu';
import type { LoadAnswer, LoadOrder, LoadReport } from './load-generator';
import { CORES, pinned } from './pinning';
import type { BenchDatabase, ServerProcess } from './processes';
import type { Round } from './rounds';
import type { Shots } from './shots';

export type LoadResult = LoadReport;

let generator: ChildProcess | undefined;
/** The next request of each kind of load: keys are never used twice, no matter who is asked. */
const next = new Map<string, number>();

/** Keeps `connections` requests on their way for `ms`; fails on any answer that is not 2xx. */
export async function load(
  urls: string | readonly string[],
  connections: number,
  ms: number,
  shots: Shots,
  most?: number,
): Promise<LoadResult> {
  const kind = JSON.stringify(shots);
  const from = next.get(kind) ?? 0;
  const report = await ordered({
    urls: [urls].flat(),
    connections,
    ms,
    from,
    shots,
    ...(most === undefined ? {} : { most }),
  });
  next.set(kind, from + report.requests);
  return report;
}

/** Requests after which Node has compiled what they run; a service of ten lines needs fewer. */
const WARM_REQUESTS = 12_000;
const WARM_MS = 30_000;
const WARM_CONNECTIONS = 16;

/** Servers that are measured are measured as they run for hours: code that Node has not compiled yet costs several times as much. */
export async function warmUp(warmed: readonly (readonly [ServerProcess, Shots])[]): Promise<void> {
  for (const [server, shots] of warmed) await load(server.url, WARM_CONNECTIONS, WARM_MS, shots, WARM_REQUESTS);
}

/** A round of `load`, and what server, database and generator spent on each request. */
export async function loadRound(
  server: ServerProcess | readonly ServerProcess[],
  database: BenchDatabase,
  connections: number,
  ms: number,
  shots: Shots,
): Promise<Round> {
  const servers = [server].flat();
  const used = (): readonly [number | undefined, number | undefined] => [
    total(servers.map(({ pid }) => cpuMicros(pid))),
    cpuOfDatabase(database.postmaster),
  ];
  const before = used();
  const {
    requests,
    perSecond,
    p99,
    cpuMicros: own,
    busy,
  } = await load(
    servers.map(({ url }) => url),
    connections,
    ms,
    shots,
  );
  const after = used();
  const each = (at: 0 | 1): number | undefined => {
    const [first, last] = [before[at], after[at]];
    return first === undefined || last === undefined ? undefined : (last - first) / requests;
  };
  return { rate: perSecond, p99, serverMicros: each(0), databaseMicros: each(1), generator: { micros: own, busy } };
}

function total(all: readonly (number | undefined)[]): number | undefined {
  return all.reduce((sum, each) => (sum === undefined || each === undefined ? undefined : sum + each), 0);
}

/** The one generator of this run: its code is warm after the first order. */
function ordered(order: LoadOrder): Promise<LoadReport> {
  const child = (generator ??= start());
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error('the load generator has ended'));
    child.once('exit', ended);
    child.once('message', (answer: LoadAnswer) => {
      child.off('exit', ended);
      if ('failed' in answer) reject(new Error(answer.failed));
      else resolve(answer);
    });
    child.send(order);
  });
}

function start(): ChildProcess {
  const [command, args] = pinned(CORES.generator, [process.execPath, path.join(__dirname, 'load-generator.js')]);
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.unref();
  child.channel?.unref();
  return child;
}
