import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AccountingService } from '../accounting/accounting.service';
import { AuditLogService } from '../audit-log/audit-log.service';
import { CredentialsService } from '../auth/credentials.service';
import { KeysService } from '../auth/keys.service';
import { SystemClock } from '../common/clock';
import { migrate } from '../database/migrate';
import { Transactions } from '../database/transactions';
import type { Env } from '../env';
import { LivesService } from '../lives/lives.service';
import { MembersService } from '../merchants/members.service';
import { MerchantsService } from '../merchants/merchants.service';
import { QuarantineService } from '../payments/quarantine.service';
import { ClockRepository } from '../sandbox/clock/clock.repository';
import { SandboxClock } from '../sandbox/clock/sandbox-clock';
import { WebhookDeliveriesService } from '../webhooks/webhook-deliveries.service';
import { WebhookEndpointsService } from '../webhooks/webhook-endpoints.service';
import { CliModule } from './cli.module';
import { CommandFailure, EX_USAGE, parseArguments } from './command';
import type { CliCommand, Output, Services } from './commands/cli-command';
import { AUDIT_LOG_COMMANDS } from './commands/audit-log';
import { ENDPOINT_COMMANDS } from './commands/endpoints';
import { EXPORT_COMMANDS } from './commands/export';
import { KEY_COMMANDS } from './commands/keys';
import { LEDGER_COMMANDS } from './commands/ledger';
import { MEMBER_COMMANDS } from './commands/members';
import { MERCHANT_COMMANDS } from './commands/merchants';
import { RECOVER_COMMANDS } from './commands/recover';
import { openDatabase } from './open-database';
import { OperationsRepository } from './operations.repository';
import { asJson, asText, wrapped } from './print-output';

const COMMANDS: readonly CliCommand[] = [
  ...MERCHANT_COMMANDS,
  ...MEMBER_COMMANDS,
  ...KEY_COMMANDS,
  ...ENDPOINT_COMMANDS,
  ...LEDGER_COMMANDS,
  ...RECOVER_COMMANDS,
  ...AUDIT_LOG_COMMANDS,
  ...EXPORT_COMMANDS,
];

/** What a command line prints. `readEnv` is called by the commands that work on a database. Throws `CommandFailure`. */
export async function runCli(args: readonly string[], readEnv: () => Env): Promise<string> {
  const words = args.filter((arg) => !arg.startsWith('-'));
  if (words.length === 0 || words[0] === 'help' || args.includes('--help')) return wrapped(help(words));
  if (words[0] === 'migrate') return migrateDatabase(readEnv(), args.slice(1));
  const command = COMMANDS.find(({ name }) => args.slice(0, 2).join(' ') === name);
  if (command === undefined) throw unknownCommand(words.slice(0, 2).join(' '));
  const given = parseArguments(args.slice(2), { ...command.options, json: { type: 'boolean' } });
  const output = await withServices(readEnv(), (services) => command.run(services, given));
  return given.values['json'] === true ? asJson(output) : asText(output);
}

async function migrateDatabase(env: Env, args: readonly string[]): Promise<string> {
  parseArguments(args, {});
  const database = await openDatabase(env);
  try {
    const applied = await migrate(database.url);
    return applied.length === 0 ? 'The schema is up to date.' : applied.join('\n');
  } finally {
    await database.close();
  }
}

async function withServices(env: Env, work: (services: Services) => Promise<Output>): Promise<Output> {
  const database = await openDatabase(env);
  try {
    const clock = new SandboxClock(new SystemClock());
    const context = await NestFactory.createApplicationContext(CliModule.with(env, database.url, clock), {
      logger: ['error', 'warn'],
      abortOnError: false,
    });
    try {
      const operations = context.get(OperationsRepository);
      const pending = await operations.pendingMigrations();
      if (pending.length > 0)
        throw new CommandFailure(
          `The schema of the database is older than this version (${pending.length} migrations). Start the service, or run "npm run cli -- migrate".`,
        );
      const of = <T>(service: Type<T>): T => context.get(service, { strict: false });
      // What a command writes stands beside what the service writes, in the same time.
      clock.adopt((await new ClockRepository(of(Transactions)).read()).offsetMs);
      return await work({
        env,
        accounting: of(AccountingService),
        operations,
        merchants: of(MerchantsService),
        members: of(MembersService),
        credentials: of(CredentialsService),
        keys: of(KeysService),
        endpoints: of(WebhookEndpointsService),
        deliveries: of(WebhookDeliveriesService),
        audit: of(AuditLogService),
        lives: of(LivesService),
        quarantine: of(QuarantineService),
      });
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

function help(words: readonly string[]): string {
  const wanted = (words[0] === 'help' ? words.slice(1) : words).slice(0, 2).join(' ');
  const command = COMMANDS.find(({ name }) => name === wanted);
  if (command !== undefined)
    return [
      `npm run cli -- ${command.name} ${command.usage}`.trimEnd(),
      '',
      command.does,
      ...(command.explains ?? []).map((line) => `  ${line}`),
    ].join('\n');
  if (wanted !== '' && wanted !== 'migrate') throw unknownCommand(wanted);
  const lines = [
    ...COMMANDS,
    { name: 'migrate', does: 'brings the schema to this version, as the service does when it starts' },
  ];
  return [HEAD, ...lines.map(({ name, does }) => `  ${name.padEnd(20)}${does}`), TAIL].join('\n');
}

function unknownCommand(name: string): CommandFailure {
  return new CommandFailure(`There is no command "${name}". "npm run cli -- help" lists them.`, EX_USAGE);
}
