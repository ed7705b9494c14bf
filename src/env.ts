import path from 'node:path';
import { DatabaseUrlFault, parseDatabaseUrl } from './common/database-url';
import { EnvReader, type Source } from './common/env-reader';
import { type MailSettings, readMailSettings } from './common/mail-settings';
import { DEFAULT_PASSPHRASES, isNetwork, type Network } from './common/network';
import { type RateSettings, readRateSettings } from './common/rate-settings';

/** One enabled network. `.env.example` documents every variable. */
export interface NetworkSettings {
  readonly network: Network;
  readonly passphrase: string;
  /** Base URL of a Horizon instance; null for the sandbox, which this deployment hosts itself. */
  readonly horizonUrl: string | null;
  /** Issuers of the assets that may be asked for, by code; XLM needs none. */
  readonly issuers: Readonly<Record<string, string>>;
}

export const ROLES = ['all', 'api', 'worker'] as const;
type Role = (typeof ROLES)[number];

/** Everything a deployment may decide, read once at the start and frozen; also the token to inject it by. */
export abstract class Settings {
  abstract readonly production: boolean;
  abstract readonly port: number;
  abstract readonly host: string;
  abstract readonly publicUrl: string;
  abstract readonly role: Role;
  abstract readonly dataDir: string;
  abstract readonly databaseUrl: string | null;
  abstract readonly databasePoolSize: number;
  abstract readonly databasePrepare: boolean;
  /** How long a caller waits for an answer of the database. */
  abstract readonly databaseTimeoutMs: number;
  /** How long a process that stops still takes requests, saying that it is not ready. */
  abstract readonly drainSeconds: number;
  abstract readonly logLevel: string;
  abstract readonly networks: readonly NetworkSettings[];
  abstract readonly trustProxyHops: number;
  /** Sockets, and streams of the sandbox, that one address may have open; not counted for the sockets of proxies. */
  abstract readonly connectionsPerAddress: number;
  abstract readonly streamsPerAddress: number;
  abstract readonly metricsToken: string | null;
  abstract readonly sandboxLedgerMs: number;
  abstract readonly sandboxDemo: boolean;
  /** Integrators may arm faults of the sandbox's Horizon over HTTP. */
  abstract readonly sandboxFaults: boolean;
  /** Integrators may move the clock of the deployment ahead over HTTP. */
  abstract readonly sandboxClock: boolean;
  abstract readonly sep10Secret: string | null;
  abstract readonly sep7Secret: string | null;
  /** Keys for secrets at rest, 32 bytes base64 each: the first encrypts, all decrypt; null for one kept in `dataDir`. */
  abstract readonly secretsKeys: readonly string[] | null;
  /** Webhooks over http and to private addresses: for receivers beside a sandbox. */
  abstract readonly webhooksAllowPrivate: boolean;
  /** Merchants whose events are numbered in one transaction. */
  abstract readonly eventRoundMerchants: number;
  /** Pause between polls of a network's end; null means 1 s on the sandbox and 5 s elsewhere. */
  abstract readonly ledgerPollMs: number | null;
  /** How long an invoice that a payer opened may be paid. */
  abstract readonly checkoutSeconds: number;
  abstract readonly limits: RateLimits;
  abstract readonly rates: RateSettings;
  /** Null where no mail is sent. */
  abstract readonly mail: MailSettings | null;
}

export type Env = Settings;

/** Requests per window; a documented limit each. */
export interface RateLimits {
  readonly linksPerHour: number;
  readonly invoicesPerHour: number;
  readonly anonymousPerMinute: number;
  readonly noncesPer15Minutes: number;
  readonly sessionsPer15Minutes: number;
  readonly payIntentsPer5Minutes: number;
  /** Per address and link, at a time: not a window. */
  readonly unpaidCheckouts: number;
  readonly pricesPerMinute: number;
  readonly partnerPerMinute: number;
  readonly merchantPerMinute: number;
  readonly writesPerMinute: number;
}

/** Circle's published issuers of the two stable coins, per network (configuration may replace them). */
const PUBLISHED_ISSUERS: Readonly<Record<Network, Readonly<Record<string, string>>>> = {
  sandbox: {},
  testnet: {
    USDC: 'GBBD47IF6LWK7P7MDEVSCWR7DPUWV3NY3DTQEVFL4NAT4AQH3ZLLFLA5',
    EURC: 'GB3Q6QDZYTHWT7E5PVS3W7FUT5GVAFC5KSZFFLPU25GO7VTC3NM2ZTVO',
  },
  public: {
    USDC: 'GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN',
    EURC: 'GDHU6WRG4IEQXM5NZ4BMPKOXHW76MZM4Y2IEMFDVXBSDP6SJY4ITNPP2',
  },
};
const PUBLISHED_HORIZONS: Readonly<Record<Network, string | null>> = {
  sandbox: null,
  testnet: 'https://horizon-testnet.stellar.org',
  public: 'https://horizon.stellar.org',
};

const ADDRESS = /^G[A-Z2-7]{55}$/;
const SECRET = /^S[A-Z2-7]{55}$/;

function readNetworks(read: EnvReader): NetworkSettings[] {
  const names = read
    .text('NETWORKS', 'sandbox')
    .split(',')
    .map((name) => name.trim());
  const enabled = [...new Set(names)].filter(
    (name): name is Network =>
      isNetwork(name) || read.fault(`NETWORKS names an unknown network "${name.slice(0, 30)}"`, false),
  );
  if (enabled.length === 0) read.fault('NETWORKS must name at least one of sandbox, testnet, public', null);
  if (enabled.includes('sandbox') && enabled.includes('public'))
    read.fault('NETWORKS must not hold sandbox and public together: play money and real money stay apart', null);
  const settings = enabled.map((network): NetworkSettings => {
    const suffix = network.toUpperCase();
    const issuers: Record<string, string> = {};
    for (const code of ['USDC', 'EURC']) {
      const issuer = read.pattern(
        `${code}_ISSUER_${suffix}`,
        PUBLISHED_ISSUERS[network][code] ?? null,
        ADDRESS,
        'a Stellar address (G...)',
      );
      if (publishedElsewhere(issuer, network))
        read.fault(`${code}_ISSUER_${suffix} is the published issuer of another network`, null);
      if (issuer !== null) issuers[code] = issuer;
    }
    const passphrase =
      network === 'sandbox'
        ? read.text('SANDBOX_PASSPHRASE', DEFAULT_PASSPHRASES.sandbox)
        : DEFAULT_PASSPHRASES[network];
    return {
      network,
      passphrase,
      horizonUrl: read.url(`HORIZON_URL_${suffix}`, PUBLISHED_HORIZONS[network], /^https?:$/),
      issuers,
    };
  });
  if (new Set(settings.map((each) => each.passphrase)).size < settings.length)
    read.fault('SANDBOX_PASSPHRASE must differ from the passphrase of every other enabled network', null);
  if (settings.some((each) => each.network === 'sandbox' && each.passphrase === DEFAULT_PASSPHRASES.public))
    read.fault('SANDBOX_PASSPHRASE must not be the passphrase of the public network', null);
  return settings;
}

/** A coin that costs nothing on the test network must not pass for money because its issuer was written into the wrong line. */
function publishedElsewhere(issuer: string | null, network: Network): boolean {
  return Object.entries(PUBLISHED_ISSUERS).some(
    ([other, issuers]) => other !== network && Object.values(issuers).some((each) => each === issuer),
  );
}

function readLimits(read: EnvReader, widen: number): RateLimits {
  const limit = (name: string, fallback: number): number => read.integer(name, fallback, 1, 1_000_000_000);
  return {
    linksPerHour: limit('LIMIT_LINKS_PER_HOUR', 60),
    invoicesPerHour: limit('LIMIT_INVOICES_PER_HOUR', 20),
    anonymousPerMinute: limit('LIMIT_ANONYMOUS_PER_MINUTE', 100 * widen),
    noncesPer15Minutes: limit('LIMIT_NONCES_PER_15_MINUTES', 10 * widen),
    sessionsPer15Minutes: limit('LIMIT_SESSIONS_PER_15_MINUTES', 20 * widen),
    payIntentsPer5Minutes: limit('LIMIT_PAY_INTENTS_PER_5_MINUTES', 10 * widen),
    unpaidCheckouts: limit('LIMIT_UNPAID_CHECKOUTS', 5 * widen),
    pricesPerMinute: limit('LIMIT_PRICES_PER_MINUTE', 30 * widen),
    partnerPerMinute: limit('LIMIT_PARTNER_PER_MINUTE', 120),
    merchantPerMinute: limit('LIMIT_MERCHANT_PER_MINUTE', 100),
    writesPerMinute: limit('LIMIT_WRITES_PER_MINUTE', 120),
  };
}

function readSecretsKeys(read: EnvReader, needed: boolean): string[] | null {
  const keys =
    read
      .text('SECRETS_KEY', null)
      ?.split(',')
      .map((key) => key.trim()) ?? null;
  if (keys === null && needed)
    read.fault(
      'SECRETS_KEY must be set in production with DATABASE_URL: 32 random bytes in base64, for example from "openssl rand -base64 32", the same for every process',
      null,
    );
  if (keys !== null && keys.some((key) => !/^[A-Za-z0-9+/]{43}=$/.test(key)))
    read.fault('SECRETS_KEY must be 32 bytes in base64 (44 characters), or several of them with commas between', null);
  return keys;
}

/** Kept as it is written: with several servers in it, other parsers cannot read it as a URL. */
function readDatabaseUrl(read: EnvReader): string | null {
  const text = read.text('DATABASE_URL', null);
  try {
    if (text !== null) parseDatabaseUrl(text);
    return text;
  } catch (error) {
    if (error instanceof DatabaseUrlFault) return read.fault(`DATABASE_URL ${error.message}`, null);
    throw error;
  }
}

/** For a deployment that is only a sandbox: any caller can make its network fail, or its time pass. */
function readSandboxSwitch(
  read: EnvReader,
  name: 'SANDBOX_FAULTS' | 'SANDBOX_CLOCK',
  networks: readonly NetworkSettings[],
  production: boolean,
): boolean {
  const wanted = read.flag(name, false);
  const [only, ...others] = networks;
  const alone = only?.network === 'sandbox' && only.horizonUrl === null && others.length === 0;
  if (wanted && (production || !alone))
    read.fault(
      `${name} is accepted only where NETWORKS is exactly sandbox, hosted here, and NODE_ENV is not production`,
      null,
    );
  return wanted;
}

function readWebhooksAllowPrivate(read: EnvReader, networks: readonly NetworkSettings[]): boolean {
  const allowed = read.flag('WEBHOOKS_ALLOW_PRIVATE', false);
  if (allowed && networks.some((each) => each.network !== 'sandbox'))
    return read.fault('WEBHOOKS_ALLOW_PRIVATE is only for a deployment whose one network is the sandbox', false);
  return allowed;
}

/**
 * One schema for the whole configuration. Throws `EnvError` naming every bad variable at once.
 * `DATABASE_URL` absent means the embedded PostgreSQL below `DATA_DIR`.
 */
export function readEnv(source: Source): Env {
  const read = new EnvReader(source);
  const networks = readNetworks(read);
  const embedded = read.text('DATABASE_URL', null) === null;
  const host = read.text('HOST', embedded ? '127.0.0.1' : '0.0.0.0');
  const port = read.integer('PORT', 3000, 0, 65535);
  const reachableHost = ['0.0.0.0', '::'].includes(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  const production =
    read.choice('NODE_ENV', ['development', 'test', 'production'] as const, 'development') === 'production';
  // One machine plays every payer on the sandbox, so the limits per address are a hundred times wider there.
  const playful = networks.some((each) => each.network === 'sandbox');
  const limits = readLimits(read, playful ? 100 : 1);
  const env: Env = {
    production,
    port,
    host,
    publicUrl: read.origin('PUBLIC_URL', `http://${reachableHost}:${port}`),
    role: read.choice('ROLE', ROLES, 'all'),
    dataDir: path.resolve(read.text('DATA_DIR', './.data')),
    databaseUrl: readDatabaseUrl(read),
    databasePoolSize: read.integer('DATABASE_POOL_SIZE', 16, 2, 500),
    databasePrepare: read.flag('DATABASE_PREPARE', true),
    databaseTimeoutMs: read.integer('DATABASE_TIMEOUT_MS', 5_000, 250, 60_000),
    drainSeconds: read.integer('DRAIN_SECONDS', 0, 0, 300),
    logLevel: read.choice('LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const, 'info'),
    networks,
    trustProxyHops: read.integer('TRUST_PROXY_HOPS', 0, 0, 10),
    connectionsPerAddress: read.integer('LIMIT_CONNECTIONS_PER_ADDRESS', playful ? 1_000 : 200, 1, 2_000),
    streamsPerAddress: read.integer('LIMIT_STREAMS_PER_ADDRESS', 100, 1, 2_000),
    metricsToken: read.pattern('METRICS_TOKEN', null, /^[\x21-\x7e]{16,200}$/, 'at least 16 visible characters'),
    sandboxLedgerMs: read.integer('SANDBOX_LEDGER_MS', 1000, 50, 60_000),
    sandboxDemo: read.flag('SANDBOX_DEMO', true),
    sandboxFaults: readSandboxSwitch(read, 'SANDBOX_FAULTS', networks, production),
    sandboxClock: readSandboxSwitch(read, 'SANDBOX_CLOCK', networks, production),
    sep10Secret: read.pattern('SEP10_SECRET', null, SECRET, 'a Stellar secret key (S...)'),
    sep7Secret: read.pattern('SEP7_SECRET', null, SECRET, 'a Stellar secret key (S...)'),
    secretsKeys: readSecretsKeys(read, production && !embedded),
    webhooksAllowPrivate: readWebhooksAllowPrivate(read, networks),
    eventRoundMerchants: read.integer('EVENT_ROUND_MERCHANTS', 32, 1, 200),
    ledgerPollMs: read.text('LEDGER_POLL_MS', null) === null ? null : read.integer('LEDGER_POLL_MS', 0, 50, 60_000),
    checkoutSeconds: read.integer('CHECKOUT_SECONDS', 900, 30, 86_400),
    limits,
    rates: readRateSettings(read),
    mail: readMailSettings(read),
  };
  if (read.faults.length > 0) throw new EnvError(read.faults);
  return Object.freeze(env);
}

/** Names every fault of the configuration; the start stops with exit code 78 (EX_CONFIG). */
export class EnvError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The configuration is not valid:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'EnvError';
  }
}

/** The only reader of `process.env`. */
export function processEnv(): Env {
  return readEnv(process.env);
}

/** Where this process itself can be reached on its own machine. */
export function ownUrl(env: Pick<Env, 'host' | 'port'>): string {
  const host = env.host === '0.0.0.0' ? '127.0.0.1' : env.host === '::' ? '::1' : env.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${env.port}`;
}
