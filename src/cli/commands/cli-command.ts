import type { AccountingService } from '../../accounting/accounting.service';
import type { AuditLogService } from '../../audit-log/audit-log.service';
import { CredentialsService } from '../../auth/credentials.service';
import type { KeysService } from '../../auth/keys.service';
import { parseInstant } from '../../common/clock';
import { isRowId } from '../../common/ids';
import { isNetwork, type Network } from '../../common/network';
import type { Env } from '../../env';
import type { LivesService } from '../../lives/lives.service';
import { MerchantsService } from '../../merchants/merchants.service';
import type { MembersService } from '../../merchants/members.service';
import type { QuarantineService } from '../../payments/quarantine.service';
import type { WebhookDeliveriesService } from '../../webhooks/webhook-deliveries.service';
import type { WebhookEndpointsService } from '../../webhooks/webhook-endpoints.service';
import { type Arguments, CommandFailure, EX_USAGE, type Options } from '../command';
import { OperationsRepository } from '../operations.repository';

export interface Services {
  readonly env: Env;
  readonly accounting: AccountingService;
  readonly merchants: MerchantsService;
  readonly credentials: CredentialsService;
  readonly keys: KeysService;
  readonly members: MembersService;
  readonly endpoints: WebhookEndpointsService;
  readonly deliveries: WebhookDeliveriesService;
  readonly audit: AuditLogService;
  readonly lives: LivesService;
  readonly operations: OperationsRepository;
  readonly quarantine: QuarantineService;
}

/** What a command has to show: rows of a table, one record, or a text that other programs read. */
export type Output = readonly object[] | object | string;

export interface CliCommand {
  /** The words that name it. */
  readonly name: string;
  /** What follows the name, for the help. */
  readonly usage: string;
  readonly does: string;
  /** One line an option, for the help. */
  readonly explains?: readonly string[];
  readonly options: Options;
  run(services: Services, given: Arguments): Promise<Output>;
}

export function required(given: Arguments, option: string): string {
  const value = given.values[option];
  if (typeof value !== 'string' || value === '') throw new CommandFailure(`--${option} is required`, EX_USAGE);
  return value;
}

export function optional(given: Arguments, option: string): string | undefined {
  const value = given.values[option];
  return typeof value === 'string' ? value : undefined;
}

/** A whole number from 1 to `most`. */
export function limitOf(given: Arguments, fallback: number, most = 10_000): number {
  const text = optional(given, 'limit');
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1 || value > most)
    throw new CommandFailure(`--limit must be a whole number from 1 to ${most}`, EX_USAGE);
  return value;
}

/** An enabled network; the default one when none is given. */
export function networkOf(given: Arguments, env: Env): Network {
  const enabled = env.networks.map(({ network }) => network);
  const name = optional(given, 'network') ?? (enabled[0] as Network);
  if (isNetwork(name) && enabled.includes(name)) return name;
  throw new CommandFailure(`--network must be one of ${enabled.join(', ')}`, EX_USAGE);
}

/** The id of a merchant that exists. */
export async function merchantOf(given: Arguments, { operations }: Services): Promise<string> {
  const merchantId = required(given, 'merchant');
  if (isRowId(merchantId) && (await operations.merchantExists(merchantId))) return merchantId;
  throw new CommandFailure(`There is no merchant ${merchantId}. "merchants list" shows them.`);
}

/** The id that a command is about; `noun` as its `list` command calls it in the plural. */
export function rowIdOf({ positionals: [id = ''] }: Arguments, noun: string): string {
  if (!isRowId(id)) throw new CommandFailure(`Name the id of the ${noun}, as "${noun}s list" shows it.`, EX_USAGE);
  return id;
}

export function instantOf(given: Arguments, option: string): Date | undefined {
  const text = optional(given, option);
  const instant = text === undefined ? undefined : parseInstant(text);
  if (text !== undefined && instant === undefined)
    throw new CommandFailure(`--${option} must be an instant such as 2027-01-31T00:00:00Z`, EX_USAGE);
  return instant;
}
