import { Client } from 'pg';
import { residentBytes } from './cpu';
import { load } from './load';
import { optionOf } from './options';
import { benchDatabase, startService } from './processes';
import { judge } from './report';
import { seedInvoices, seedMerchants } from './seed-rows';
import type { Shots } from './shots';

const LINKS = 100_000;
const MERCHANTS = 64;
const CONNECTIONS = 16;
const MIB = 1024 * 1024;
const IDLE_AT_MOST = 200;
/** The collector of V8 lets the heap grow a little between two full collections. */
const GROWTH_AT_MOST = 1.1;
/** After the start, and between the end of a load and the look: what is not needed is given back by then. */
const REST_MS = 5_000;
const TURN_MS = 5_000;

/**
 * Resident memory of the service with its sandbox: idle, under polls and creations, and over a soak of them
 * (`--soak=600` seconds; 60 by default), whose last third must not need more than its middle third.
 */
export async function p9(): Promise<boolean> {
  const soakMs = optionOf('soak', 60) * 1000;
  console.log(`P9 memory: idle, under load, and over a soak of ${soakMs / 1000} s`);
  const database = await benchDatabase();
  try {
    const client = new Client(database.url);
    await client.connect();
    await seedMerchants(client, MERCHANTS);
    await seedInvoices(client, LINKS);
    await client.end();
    const service = await startService(database.url);
    const mib = (): number => residentBytes(service.pid) / MIB;
    await after(REST_MS);
    const idle = mib();
    const kinds: readonly Shots[] = [
      { kind: 'status', links: LINKS },
      { kind: 'create', merchants: MERCHANTS },
    ];
    const samples: number[] = [];
    const end = performance.now() + soakMs;
    for (let turn = 0; performance.now() < end; turn++) {
      await load(service.url, CONNECTIONS, TURN_MS, kinds[turn % kinds.length] as Shots);
      samples.push(mib());
    }
    await after(REST_MS);
    const rested = mib();
    await service.stop();
    const third = Math.floor(samples.length / 3);
    const most = (from: number, to: number): number => Math.max(...samples.slice(from, to));
    const [middle, last] = [most(third, 2 * third), most(2 * third, samples.length)];
    const growth = last / middle;
    const met = [
      judge('P9 idle', `${idle.toFixed(0)} MiB`, `at most ${IDLE_AT_MOST}`, idle <= IDLE_AT_MOST),
      judge(
        'P9 soak',
        `${most(0, samples.length).toFixed(0)} MiB at most, ${rested.toFixed(0)} at rest; last third ${growth.toFixed(2)} of the middle`,
        'flat',
        growth <= GROWTH_AT_MOST,
      ),
    ];
    return met.every(Boolean);
  } finally {
    await database.stop();
  }
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
