import '../src/common/assert-node';
import { optionOf } from './options';
import { p1 } from './p1-status';
import { p2, p2Keyed } from './p2-create';
import { p3 } from './p3-list';
import { p4 } from './p4-reconciliation';
import { p5 } from './p5-expiry';
import { p6 } from './p6-webhooks';
import { p7 } from './p7-replay';
import { p8 } from './p8-start';
import { p9 } from './p9-memory';
import { p10 } from './p10-scale';
import { p11 } from './p11-subscriptions';
import { CORES, pin, placement } from './pinning';
import { markdown } from './report';

const BENCHMARKS: Readonly<Record<string, (rounds: number) => Promise<boolean>>> = {
  P1: p1,
  P2: p2,
  P2K: p2Keyed,
  P3: p3,
  P4: p4,
  P5: p5,
  P6: p6,
  P7: p7,
  P8: p8,
  P9: p9,
  P10: p10,
  P11: p11,
};
const MIN_ROUNDS = 5;

async function main(): Promise<void> {
  const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
  const unknown = wanted.filter((name) => BENCHMARKS[name] === undefined);
  if (unknown.length > 0)
    throw new Error(`unknown benchmark ${unknown.join(', ')}; there are ${Object.keys(BENCHMARKS).join(', ')}`);
  const rounds = optionOf('rounds', MIN_ROUNDS);
  // What runs in this process (P4, P6) is ours or the ceiling: it has the server's place.
  pin(process.pid, CORES.server);
  console.log(placement());
  const results: boolean[] = [];
  for (const name of wanted.length === 0 ? Object.keys(BENCHMARKS) : wanted)
    results.push(await (BENCHMARKS[name] as (rounds: number) => Promise<boolean>)(rounds));
  console.log(`\n${markdown()}`);
  process.exit(results.every(Boolean) ? 0 : 1);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
