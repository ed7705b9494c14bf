import os from 'node:os';
import { Client } from 'pg';
import { loadRound, warmUp } from './load';
import { optionOf } from './options';
import { CORES } from './pinning';
import { type BenchDatabase, benchDatabase, type ServerProcess, startService } from './processes';
import { judge } from './report';
import { type Round, spreadOf } from './rounds';
import { seedMerchants, seedMoreInvoices } from './seed-rows';
import type { Shots } from './shots';

const MERCHANTS = 64;
const CONNECTIONS = 16;
const ROUND_MS = 2_000;
const SMALLEST = 10_000;
const FASTER_AT_LEAST = 1.7;
/** Cores that two services, generator and database would need for rates to show anything. */
const CORES_FOR_RATES = 4;

/**
 * How a poll and a creation fare with 10^4 stored invoices, ten times as many, and so on (`--largest=10000000`;
 * 10^6 by default), and with one and two services before one database. On two cores the second service has no core
 * of its own: then CPU for a request is what is compared, which a service that scales does not change.
 */
export async function p10(rounds: number): Promise<boolean> {
  const largest = optionOf('largest', 1_000_000);
  console.log(`P10 scale: ${SMALLEST} to ${largest} stored invoices, one and two services`);
  const database = await benchDatabase();
  try {
    const client = new Client(database.url);
    await client.connect();
    await seedMerchants(client, MERCHANTS);
    const service = await startService(database.url);
    const costs = new Map<string, number[]>();
    const sizes: number[] = [];
    let stored = 0;
    for (let size = SMALLEST; size <= largest; size *= 10) {
      await seedMoreInvoices(client, stored + 1, size);
      stored = size;
      sizes.push(size);
      if (size === SMALLEST) await warmUp(kindsOf(size).map(([, shots]) => [service, shots] as const));
      for (const [name, shots] of kindsOf(size)) {
        const cost = await medianCost(rounds, () => loadRound(service, database, CONNECTIONS, ROUND_MS, shots));
        costs.set(name, [...(costs.get(name) ?? []), cost]);
        console.log(`  ${name} with ${size} stored: ${cost.toFixed(0)} us of CPU a request`);
      }
    }
    const met: boolean[] = [];
    for (const [name, all] of costs) {
      const growth = (all.at(-1) ?? Number.NaN) / (all[0] ?? Number.NaN);
      const allowed = Math.log(sizes.at(-1) ?? 1) / Math.log(sizes[0] ?? 1);
      const figure = `${all.map((cost) => cost.toFixed(0)).join(', ')} us a request: ${growth.toFixed(2)} times`;
      met.push(judge(`P10 ${name}, by size`, figure, `at most ${allowed.toFixed(2)} times (log)`, growth <= allowed));
    }
    met.push(...(await services(database, service, rounds, largest)));
    await service.stop();
    await client.end();
    return met.every(Boolean);
  } finally {
    await database.stop();
  }
}

function kindsOf(links: number): readonly (readonly [string, Shots])[] {
  return [
    ['status', { kind: 'status', links }],
    ['create', { kind: 'create', merchants: MERCHANTS }],
  ];
}

/** One service against two, each with half of the connections. */
async function services(
  database: BenchDatabase,
  first: ServerProcess,
  rounds: number,
  links: number,
): Promise<boolean[]> {
  const byRate = os.availableParallelism() >= CORES_FOR_RATES;
  const second = await startService(database.url, {}, byRate ? '2' : CORES.generator);
  await warmUp(kindsOf(links).map(([, shots]) => [second, shots] as const));
  const met: boolean[] = [];
  for (const [name, shots] of kindsOf(links)) {
    const [one, two]: [Round[], Round[]] = [[], []];
    for (let round = -1; round < rounds; round++) {
      const alone = await loadRound(first, database, CONNECTIONS, ROUND_MS, shots);
      const both = await loadRound([first, second], database, CONNECTIONS, ROUND_MS, shots);
      if (round < 0) continue;
      one.push(alone);
      two.push(both);
    }
    const rates = spreadOf(two.map(({ rate }) => rate)).median / spreadOf(one.map(({ rate }) => rate)).median;
    const cpu = medianOf(one) / medianOf(two);
    const figure = `rate ${rates.toFixed(2)} times, CPU for a request ${cpu.toFixed(2)} of one service's`;
    // Twice the services with the same CPU for a request are twice the requests where there are cores for them.
    const scale = byRate ? rates : 2 * cpu;
    met.push(
      judge(
        `P10 ${name}, two services`,
        `${figure}${byRate ? '' : ', judged by CPU'}`,
        `${FASTER_AT_LEAST} times`,
        scale >= FASTER_AT_LEAST,
      ),
    );
  }
  await second.stop();
  return met;
}

function cpuOf({ serverMicros = 0, databaseMicros = 0 }: Round): number {
  return serverMicros + databaseMicros;
}

function medianOf(all: readonly Round[]): number {
  return spreadOf(all.map(cpuOf)).median;
}

async function medianCost(rounds: number, run: () => Promise<Round>): Promise<number> {
  const all: Round[] = [];
  for (let round = -1; round < rounds; round++) {
    const figure = await run();
    if (round >= 0) all.push(figure);
  }
  return medianOf(all);
}
