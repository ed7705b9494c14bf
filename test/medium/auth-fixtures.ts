import { Keypair } from '@stellar/stellar-sdk/base';
import { DataSource } from 'typeorm';
import { AuthSettings } from '../../src/auth/auth-settings';
import { ChallengesRepository } from '../../src/auth/challenges.repository';
import { ChallengesService } from '../../src/auth/challenges.service';
import { CredentialsRepository } from '../../src/auth/credentials.repository';
import { CredentialsService } from '../../src/auth/credentials.service';
import { AuthenticationService } from '../../src/auth/authentication.service';
import { Sep10Service } from '../../src/auth/sep10.service';
import { SessionsRepository } from '../../src/auth/sessions.repository';
import { SessionJwts } from '../../src/auth/session-jwts';
import { SessionsService } from '../../src/auth/sessions.service';
import { SignInService } from '../../src/auth/sign-in.service';
import { WalletControlService } from '../../src/auth/wallet-control.service';
import { Clock } from '../../src/common/clock';
import { Ids } from '../../src/common/ids';
import { DEFAULT_PASSPHRASES, type Network } from '../../src/common/network';
import { SystemRandomness } from '../../src/common/secrets';
import { dataSourceOptions } from '../../src/database/data-source';
import { Transactions } from '../../src/database/transactions';
import type { RateLimits } from '../../src/env';
import { MerchantsRepository } from '../../src/merchants/merchants.repository';
import { MerchantsService } from '../../src/merchants/merchants.service';
import { type LedgerAccount, LedgerSource, LedgerUnavailable } from '../../src/stellar/ledger-source';
import { LedgerSources } from '../../src/stellar/ledger-sources';
import { signMessage } from '../../src/stellar/sep53';
import { SigningKey } from '../../src/stellar/signing-key';
import { begin } from '../support/hooks';
import { poolOf } from '../support/pool-of';

/** Stands where the test puts it. */
export class TestClock extends Clock {
  constructor(private at = new Date('2026-11-21T10:00:00.000Z')) {
    super();
  }
  now(): Date {
    return new Date(this.at);
  }
  monotonicMs(): number {
    return this.at.getTime();
  }
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }
  advance(seconds: number): void {
    this.at = new Date(this.at.getTime() + seconds * 1000);
  }
}

/** Knows accounts and nothing else; everything else of the port is a mistake of the test. */
export class AccountsLedger extends LedgerSource {
  readonly passphrase: string;
  readonly accounts = new Map<string, LedgerAccount>();
  readonly asked: string[] = [];
  reachable = true;

  constructor(readonly network: Network) {
    super();
    this.passphrase = DEFAULT_PASSPHRASES[network];
  }
  override async account(address: string): Promise<LedgerAccount | null> {
    this.asked.push(address);
    if (!this.reachable) throw new LedgerUnavailable('no route to the ledger', 7);
    return this.accounts.get(address) ?? null;
  }
  override status = unused;
  override creditsAfter = unused;
  override transaction = unused;
  override submit = unused;
  override announceLedgers = unused;
  override orderBook = unused;
  override strictReceivePaths = unused;
}

function unused(): Promise<never> {
  return Promise.reject(new Error('this ledger knows accounts only'));
}

export function ledgerAccount(
  address: string,
  weight: number,
  medium: number,
  others: { key: string; weight: number }[] = [],
): LedgerAccount {
  return {
    address,
    sequence: 1n,
    thresholds: { low: medium, medium, high: medium },
    signers: [{ key: address, weight }, ...others].map((signer) => ({ ...signer, type: 'ed25519_public_key' })),
    balances: [],
    spendableNative: 0n,
    memoRequired: false,
  };
}

export interface TestWallet {
  readonly address: string;
  readonly keypair: Keypair;
  /** SEP-53 signature, base64. */
  sign(message: string): string;
}

export function testWallet(): TestWallet {
  const keypair = Keypair.random();
  const key = new SigningKey(keypair.secret());
  return { address: key.address, keypair, sign: (message) => signMessage(message, key) };
}

export const TEST_LIMITS: RateLimits = {
  linksPerHour: 60,
  invoicesPerHour: 20,
  anonymousPerMinute: 100,
  noncesPer15Minutes: 10,
  sessionsPer15Minutes: 20,
  payIntentsPer5Minutes: 10,
  unpaidCheckouts: 5,
  pricesPerMinute: 30,
  partnerPerMinute: 120,
  merchantPerMinute: 100,
  writesPerMinute: 120,
};

export const SERVER = Keypair.random();

export function testSettings(overrides: Partial<AuthSettings> = {}): AuthSettings {
  return { publicUrl: 'https://pay.example.com', sep10Secret: SERVER.secret(), limits: TEST_LIMITS, ...overrides };
}

export async function openDataSource(url: string): Promise<DataSource> {
  const source = await new DataSource(
    dataSourceOptions({ url, poolSize: 16, prepare: true, applicationName: 'test' }),
  ).initialize();
  begin(async () => {
    if (source.isInitialized) await source.destroy();
  });
  return source;
}

/** One process of the service, as far as signing in goes: its own connections, the shared database. */
export interface AuthProcess {
  readonly dataSource: DataSource;
  readonly transactions: Transactions;
  readonly merchants: MerchantsService;
  readonly credentials: CredentialsService;
  readonly challenges: ChallengesService;
  readonly sep10: Sep10Service;
  readonly sessions: SessionsService;
  readonly signIn: SignInService;
  readonly authentication: AuthenticationService;
}

export async function authProcess(
  url: string,
  clock: Clock,
  networks: readonly LedgerSource[],
  settings = testSettings(),
): Promise<AuthProcess> {
  const dataSource = await openDataSource(url);
  const transactions = new Transactions(poolOf(dataSource), clock);
  const randomness = new SystemRandomness();
  const ids = new Ids(clock, randomness);
  const ledgers = new LedgerSources(networks);
  const merchants = new MerchantsService(new MerchantsRepository(transactions), ledgers, ids, clock);
  const credentials = new CredentialsService(new CredentialsRepository(transactions), ledgers, ids, clock);
  const control = new WalletControlService(ledgers);
  const challengesRepository = new ChallengesRepository(transactions);
  const challenges = new ChallengesService(challengesRepository, settings, ledgers, randomness, clock);
  const sep10 = new Sep10Service(challengesRepository, settings, ledgers, control, randomness, clock);
  const sessions = new SessionsService(new SessionsRepository(transactions), ids, clock);
  const jwts = new SessionJwts(settings, ledgers, randomness, clock);
  const signIn = new SignInService(challenges, sep10, control, merchants, sessions, jwts, transactions);
  const authentication = new AuthenticationService(credentials, sessions, jwts, signIn);
  return { dataSource, transactions, merchants, credentials, challenges, sep10, sessions, signIn, authentication };
}

/** Code of the DomainError a promise ends in, or 'fulfilled'. */
export async function outcome(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'fulfilled',
    (error: unknown) =>
      error instanceof Error && 'code' in error ? String(error.code) : `unexpected: ${String(error)}`,
  );
}
