import '../common/assert-node';
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { SystemClock } from '../common/clock';
import { type Env, processEnv } from '../env';
import { PlatformModule } from '../platform.module';
import { LedgerSources } from '../stellar/ledger-sources';
import type { Report } from './audit/finding';
import { printReport } from './audit/print-report';
import { runAudit } from './audit/run-audit';
import { Snapshot } from './audit/snapshot';
import { CommandFailure, EX_NOINPUT, EX_TEMPFAIL, EX_USAGE, parseArguments, runProgram } from './command';
import { openDatabase } from './open-database';

const HELP = `npm run audit -- [--ledgers N]

Checks the rules that must always hold, against the ledger where it can be read. Changes nothing; may run beside the
service. Reads DATABASE_URL, or the embedded database in DATA_DIR.

  --ledgers N   how far back to compare a network that is not the embedded sandbox (default 720, about an hour);
                the sandbox is compared from its first ledger
  --help        this text

Exit status: 0 all rules hold, 1 at least one breach (each is named with its ids), 75 a ledger could not be read,
66 there is nothing to audit, 64 and 78 wrong arguments or configuration.`;

const DEFAULT_LEDGERS = 720;

async function main(): Promise<number> {
  const { values } = parseArguments(process.argv.slice(2), { ledgers: { type: 'string' }, help: { type: 'boolean' } });
  if (values['help'] === true) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const ledgers = values['ledgers'] === undefined ? DEFAULT_LEDGERS : Number(values['ledgers']);
  if (!Number.isSafeInteger(ledgers) || ledgers < 1)
    throw new CommandFailure('--ledgers must be a whole number from 1', EX_USAGE);
  const report = await audit(processEnv(), ledgers);
  process.stdout.write(`${printReport(report)}\n`);
  return report.breaches.length > 0 ? 1 : report.unchecked.length > 0 ? EX_TEMPFAIL : 0;
}

async function audit(env: Env, ledgers: number): Promise<Report> {
  const database = await openDatabase(env);
  try {
    const snapshot = await Snapshot.open(database.url);
    try {
      await assertInstalled(snapshot);
      return await runAudit(snapshot, await optionsOf(env, ledgers));
    } finally {
      await snapshot.close();
    }
  } finally {
    await database.close();
  }
}

async function optionsOf(env: Env, ledgers: number): Promise<Parameters<typeof runAudit>[1]> {
  const platform = await NestFactory.createApplicationContext(PlatformModule.with(env, {}), { logger: false });
  const sources = platform.get(LedgerSources);
  const networks = env.networks.map(({ network }) => network);
  const isStoredHere = (network: string): boolean =>
    env.networks.some((each) => each.network === network && network === 'sandbox' && each.horizonUrl === null);
  return {
    networks,
    sourceOf: (network) => (isStoredHere(network) ? undefined : sources.of(network)),
    ledgers,
    clock: new SystemClock(),
  };
}

async function assertInstalled(snapshot: Snapshot): Promise<void> {
  const [row] = await snapshot.rows<{ installed: boolean }>(
    `select to_regclass('payments') is not null and to_regclass('watched_balances') is not null as installed`,
  );
  if (row?.installed !== true)
    throw new CommandFailure(
      'This database holds no Lumentill of this version yet: start the service once, or run "npm run cli -- migrate".',
      EX_NOINPUT,
    );
}

runProgram(main);
