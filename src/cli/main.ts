import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { CredentialsService } from '../auth/credentials.service';
import { migrate } from '../database/migrate';
import { type Env, processEnv } from '../env';
import { MerchantsService } from '../merchants/merchants.service';
import { CliModule } from './cli.module';
import { CommandFailure, EX_USAGE, parseArguments, runProgram } from './command';
import type { CliCommand, Output, Services } from './commands/cli-command';
import { KEY_COMMANDS } from './commands/keys';
import { LEDGER_COMMANDS } from './commands/ledger';
import { MERCHANT_COMMANDS } from './commands/merchants';
import { openDatabase } from './open-database';
import { OperationsRepository } from './operations.repository';
import { asJson, asText } from './print-output';

const COMMANDS: readonly CliCommand[] = [...MERCHANT_COMMANDS, ...KEY_COMMANDS, ...LEDGER_COMMANDS];

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const words = args.filter((arg) => !arg.startsWith('-'));
  if (words.length === 0 || words[0] === 'help' || args.includes('--help')) return help(words);
  if (words[0] === 'migrate') return migrateDatabase(processEnv(), args.slice(1));
  const command = COMMANDS.find(({ name }) => args.slice(0, 2).join(' ') === name);
  if (command === undefined) throw new CommandFailure(`There is no command "${words.slice(0, 2).join(' ')}". "npm run cli -- help" lists them.`, EX_USAGE);
  const given = parseArguments(args.slice(2), { ...command.options, json: { type: 'boolean' } });
  const output = await withServices(processEnv(), (services) => command.run(services, given));
  process.stdout.write(`${given.values['json'] === true ? asJson(output) : asText(output)}\n`);
  return 0;
}

async function migrateDatabase(env: Env, args: readonly string[]): Promise<number> {
  parseArguments(args, {});
  const database = await openDatabase(env);
  try {
    const applied = await migrate(database.url);
    process.stdout.write(`${applied.length === 0 ? 'The schema is up to date.' : applied.join('\n')}\n`);
    return 0;
  } finally {
    await database.close();
  }
}

async function withServices(env: Env, work: (services: Services) => Promise<Output>): Promise<Output> {
  const database = await openDatabase(env);
  try {
    const context = await NestFactory.createApplicationContext(CliModule.with(env, database.url), { logger: ['error', 'warn'], abortOnError: false });
    try {
      const operations = context.get(OperationsRepository);
      const pending = await operations.pendingMigrations();
      if (pending.length > 0) throw new CommandFailure(`The schema of the database is older than this version (${pending.length} migrations). Start the service, or run "npm run cli -- migrate".`);
      return await work({ env, operations, merchants: context.get(MerchantsService, { strict: false }), credentials: context.get(CredentialsService, { strict: false }) });
    } finally {
      await context.close();
    }
  } finally {
    await database.close();
  }
}

const HEAD = `npm run cli -- COMMAND [OPTIONS]

Works on the database of this deployment (DATABASE_URL, or the embedded one in DATA_DIR), whether the service runs or not.
Nothing asks a question; whatever cannot be done ends with a message and a status other than 0.
`;
const TAIL = `
Every command takes --json. "npm run cli -- help COMMAND" explains its options.`;

function help(words: readonly string[]): number {
  const wanted = (words[0] === 'help' ? words.slice(1) : words).slice(0, 2).join(' ');
  const command = COMMANDS.find(({ name }) => name === wanted);
  if (command !== undefined) process.stdout.write(`${[`npm run cli -- ${command.name} ${command.usage}`.trimEnd(), '', command.does, ...(command.explains ?? []).map((line) => `  ${line}`)].join('\n')}\n`);
  else if (wanted !== '' && wanted !== 'migrate') throw new CommandFailure(`There is no command "${wanted}". "npm run cli -- help" lists them.`, EX_USAGE);
  else process.stdout.write(`${[HEAD, ...COMMANDS.map(({ name, does }) => `  ${name.padEnd(20)}${does}`), `  ${'migrate'.padEnd(20)}brings the schema to this version, as the service does when it starts`, TAIL].join('\n')}\n`);
  return 0;
}

runProgram(main);
