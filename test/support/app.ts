import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp, type Deadlines } from '../../src/app.setup';
import { closeApp } from '../../src/app.shutdown';
import { CredentialsService } from '../../src/auth/credentials.service';
import { DEFAULT_KEY_SCOPES, type Scope } from '../../src/common/principal';
import { Transactions } from '../../src/database/transactions';
import { type Env, ownUrl, readEnv } from '../../src/env';
import { HealthService } from '../../src/health/health.service';
import { createLogger } from '../../src/http/logger';
import { ReconciliationJob } from '../../src/jobs/reconciliation.job';
import type { Ports } from '../../src/platform.module';
import { SandboxHostService } from '../../src/sandbox/sandbox-host.service';
import type { SandboxNetwork } from '../../src/sandbox/sandbox-network';
import { ApiClient } from './api-client';
import { testDatabase } from './database';
import { eventually } from './eventually';
import { freePort } from './free-port';
import { begin } from './hooks';
import { PartnerProgram } from './partner-program';
import type { KeyWish, TestMerchant, TestShop } from './shop';
import { TEST_ENV } from './test-env';
import { TestWallet } from './wallet';

export { eventually } from './eventually';

export interface TestAppOptions {
  /** Environment variables over the test defaults (sandbox, ledgers every 50 ms, wide limits, silent log). */
  readonly env?: Readonly<Record<string, string>>;
  readonly ports?: Ports;
  /** A database that is there already: a second process on the same data. */
  readonly databaseUrl?: string;
  /** Reads the ledger in the background as the worker does; false lets the test call the services itself. */
  readonly reconcile?: boolean;
  /** How long slow clients are waited for; the service's own when absent. */
  readonly deadlines?: Deadlines;
  /** Every line the service logs. */
  readonly log?: (line: string) => void;
}

/** The real application on real PostgreSQL with the real sandbox, listening. */
export class TestApp {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly env: Env,
    readonly databaseUrl: string,
    /** It reads the ledger in the background. */
    private readonly reads: boolean,
    private readonly cleanUp: () => Promise<void>,
  ) {}

  /** A start that fails leaves nothing behind: neither jobs that go on nor connections. */
  static async start(options: TestAppOptions = {}): Promise<TestApp> {
    const begun: (() => Promise<unknown>)[] = [];
    const endAll = begin(async () => {
      for (const end of begun.toReversed()) await end();
    });
    try {
      return await TestApp.build(options, begun, endAll);
    } catch (error) {
      await endAll().catch(() => undefined); // the first error is the one to tell
      throw error;
    }
  }

  private static async build(
    options: TestAppOptions,
    begun: (() => Promise<unknown>)[],
    endAll: () => Promise<void>,
  ): Promise<TestApp> {
    const dataDir = await mkdtemp(path.join(os.tmpdir(), 'lumentill-app-'));
    begun.push(() => rm(dataDir, { recursive: true, force: true }));
    const database = options.databaseUrl === undefined ? await testDatabase() : undefined;
    if (database !== undefined) begun.push(() => database.drop());
    const databaseUrl = options.databaseUrl ?? (database?.url as string);
    const env = readEnv({
      ...TEST_ENV,
      PORT: String(await freePort()),
      DATABASE_URL: databaseUrl,
      HOST: '127.0.0.1',
      DATA_DIR: dataDir,
      ...options.env,
    });
    const logger = createLogger(options.log === undefined ? 'silent' : 'info', {
      write: options.log ?? (() => undefined),
    });
    const app = await createApp(env, {
      databaseUrl,
      logger,
      ...(options.deadlines === undefined ? {} : { deadlines: options.deadlines }),
      ports: { receiptWorker: { file: RECEIPT_WORKER }, ...options.ports },
    });
    begun.push(() => closeApp(app, env));
    await app.listen({ port: env.port, host: env.host });
    const host = app.get(SandboxHostService, { strict: false });
    await host.start(ownUrl(env));
    const reads = options.reconcile !== false && env.role !== 'api';
    if (reads) await app.get(ReconciliationJob, { strict: false }).start();
    app.get(HealthService, { strict: false }).markStarted();
    return new TestApp(app, env, databaseUrl, reads, endAll);
  }

  get url(): string {
    return this.env.publicUrl;
  }

  get horizonUrl(): string {
    return `${this.env.publicUrl}/sandbox/horizon`;
  }

  /** The embedded network, with its fault switches; only in the process that hosts it. */
  get network(): SandboxNetwork {
    return this.app.get(SandboxHostService, { strict: false }).network;
  }

  get client(): ApiClient {
    return new ApiClient(this.url);
  }

  get<T>(token: abstract new (...args: never[]) => T): T {
    return this.app.get<T>(token as never, { strict: false });
  }

  /** Rows straight from the database. */
  sql<R = Record<string, unknown>>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    return this.get(Transactions).rows<R>(text, values);
  }

  /** A funded wallet on the sandbox. */
  wallet(coins: readonly ('USDC' | 'EURC')[] = []): Promise<TestWallet> {
    return TestWallet.funded(this.horizonUrl, this.network.passphrase, coins);
  }

  /** The merchant of a wallet that signs in; of a new one, funded, that trusts both coins, unless another is given. */
  async merchant(own?: TestWallet): Promise<TestMerchant> {
    const wallet = own ?? (await this.wallet(['USDC', 'EURC']));
    // What the wallet got before it was a merchant's is nobody's payment.
    if (own === undefined && this.reads) await this.readThrough(this.network.engine.header.sequence);
    const token = await wallet.signIn(this.url);
    const [row] = await this.sql<{ id: string }>('select merchant_id as id from wallets where address = $1', [
      wallet.address,
    ]);
    const client = new ApiClient(this.url, { authorization: `Bearer ${token}` });
    return { merchantId: row?.id as string, wallet, token, client };
  }

  /** Everything up to a ledger is in the books. */
  private async readThrough(ledger: number): Promise<void> {
    await eventually(
      () => this.sql<{ ledger: number }>(`select ledger from ledger_cursors where network = 'sandbox'`),
      ([row]) => row !== undefined && row.ledger >= ledger,
    );
  }

  /** A merchant and the partner's program that serves it. */
  async shop(wish: KeyWish = {}, own?: TestWallet): Promise<TestShop> {
    const merchant = await this.merchant(own);
    const key = await this.apiKey(merchant.merchantId, wish);
    return { ...merchant, key, partner: PartnerProgram.withKey(this.url, key) };
  }

  /** The secret of a new API key. */
  async apiKey(merchantId: string, { network = 'sandbox', ...wish }: KeyWish = {}): Promise<string> {
    const issued = await this.get(CredentialsService).issueApiKey({
      merchantId,
      network,
      label: 'test',
      scopes: TILL_SCOPES,
      ...wish,
    });
    return issued.secret;
  }

  /** A shop's program with a new client key and its secret. */
  async shopClient(merchantId: string, wish: KeyWish = {}): Promise<ApiClient> {
    return new ApiClient(this.url, await this.clientPair(merchantId, wish));
  }

  /** The header fields of a new client key and its secret. */
  async clientPair(
    merchantId: string,
    { network = 'sandbox', ...wish }: KeyWish = {},
  ): Promise<Record<string, string>> {
    const { publicPart, secret } = await this.get(CredentialsService).issueClientKey({
      merchantId,
      network,
      label: 'test',
      ...wish,
    });
    return { 'x-client-key': publicPart, 'x-client-secret': secret };
  }

  /** A partner's program with a new API key. */
  async partner(merchantId: string, wish: KeyWish = {}): Promise<PartnerProgram> {
    return PartnerProgram.withKey(this.url, await this.apiKey(merchantId, wish));
  }

  stop(): Promise<void> {
    return this.cleanUp();
  }
}

/** What tests do with a key: decide about held money, too. */
const TILL_SCOPES: readonly Scope[] = [...DEFAULT_KEY_SCOPES, 'payments:write'];

/** The printing thread from its sources: tests run without a build. */
const RECEIPT_WORKER = path.join(__dirname, 'receipt-worker.cjs');
