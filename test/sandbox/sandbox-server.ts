import {
  Asset,
  BASE_FEE,
  Horizon,
  type Keypair,
  type Memo,
  Operation,
  type Transaction,
  TransactionBuilder,
  type xdr,
} from '@stellar/stellar-sdk';
import fastifyFactory, { type FastifyInstance } from 'fastify';
import { SystemClock } from '../../src/common/clock';
import { SandboxFaults } from '../../src/sandbox/faults';
import { registerHorizon } from '../../src/sandbox/horizon/register-horizon';
import { type SandboxIssuers, sandboxIssuers, sandboxKeypair } from '../../src/sandbox/sandbox-keys';
import { SandboxNetwork } from '../../src/sandbox/sandbox-network';
import { MemoryStore } from '../../src/sandbox/sandbox-store';
import { freePort } from '../support/free-port';
import { begin } from '../support/hooks';

export const PASSPHRASE = 'Lumentill Sandbox Network ; November 2026';
export const PREFIX = '/sandbox/horizon';

/** The members of answers that tests look at; what is absent is undefined whatever its type says. */
export interface AnswerBody {
  readonly [member: string]: unknown;
  readonly _links: Readonly<Record<string, { readonly href: string }>>;
  readonly _embedded: { readonly records: readonly AnswerRecord[] };
  readonly extras: {
    readonly hash: string;
    readonly result_codes: { readonly transaction: string; readonly operations?: readonly string[] };
  };
  readonly core_latest_ledger: number;
  readonly history_latest_ledger: number;
}

export interface AnswerRecord {
  readonly [member: string]: unknown;
  readonly paging_token: string;
  readonly transaction_hash: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Empty when the answer is not a JSON object. */
  readonly body: AnswerBody;
}

/** A listening sandbox with the stock client pointed at it. Ledgers close a few milliseconds after a submission. */
export class SandboxServer {
  readonly faults: SandboxFaults;
  readonly issuers: SandboxIssuers = sandboxIssuers(PASSPHRASE);
  readonly usdc: Asset;
  readonly eurc: Asset;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  readonly stop = begin(async () => {
    this.stopping.abort();
    await this.running;
    await this.fastify.close();
  });

  private constructor(
    readonly network: SandboxNetwork,
    readonly fastify: FastifyInstance,
    readonly url: string,
    readonly horizon: Horizon.Server,
    readonly store: MemoryStore,
  ) {
    this.faults = network.faults;
    this.usdc = new Asset('USDC', this.issuers.USDC);
    this.eurc = new Asset('EURC', this.issuers.EURC);
  }

  static async start(
    options: {
      store?: MemoryStore;
      run?: boolean;
      submitTimeoutMs?: number;
      ledgerMs?: number;
      idleLedgerMs?: number;
    } = {},
  ): Promise<SandboxServer> {
    const store = options.store ?? new MemoryStore();
    const clock = new SystemClock();
    const network = new SandboxNetwork({
      passphrase: PASSPHRASE,
      store,
      clock,
      ledgerMs: options.ledgerMs ?? 5,
      idleLedgerMs: options.idleLedgerMs ?? 60_000,
      submitTimeoutMs: options.submitTimeoutMs ?? 5_000,
      faults: new SandboxFaults('test'),
    });
    await network.load();
    const fastify = fastifyFactory({ forceCloseConnections: true });
    const port = await freePort(); // the links need it before the server listens
    const baseUrl = `http://127.0.0.1:${port}`;
    await registerHorizon(fastify, network, { prefix: PREFIX, baseUrl });
    await fastify.listen({ host: '127.0.0.1', port });
    const url = baseUrl + PREFIX;
    const server = new SandboxServer(network, fastify, url, new Horizon.Server(url, { allowHttp: true }), store);
    if (options.run !== false) server.running = network.run(clock, server.stopping.signal);
    return server;
  }

  /** A wallet derived from its label, funded, trusting and holding both coins when asked. */
  async wallet(label: string, coins = false): Promise<Keypair> {
    const wallet = sandboxKeypair(label, PASSPHRASE);
    await this.horizon.friendbot(wallet.publicKey()).call();
    if (!coins) return wallet;
    await this.submit(wallet, [
      Operation.changeTrust({ asset: this.usdc }),
      Operation.changeTrust({ asset: this.eurc }),
    ]);
    for (const asset of ['USDC', 'EURC']) await this.get(`/friendbot?addr=${wallet.publicKey()}&asset=${asset}`);
    return wallet;
  }

  async build(source: Keypair, operations: readonly xdr.Operation[], memo?: Memo): Promise<Transaction> {
    const account = await this.horizon.loadAccount(source.publicKey());
    const builder = new TransactionBuilder(account, { fee: BASE_FEE, networkPassphrase: PASSPHRASE });
    for (const operation of operations) builder.addOperation(operation);
    if (memo !== undefined) builder.addMemo(memo);
    const transaction = builder.setTimeout(0).build();
    transaction.sign(source);
    return transaction;
  }

  async submit(
    source: Keypair,
    operations: readonly xdr.Operation[],
    memo?: Memo,
  ): Promise<Horizon.HorizonApi.SubmitTransactionResponse> {
    return this.horizon.submitTransaction(await this.build(source, operations, memo));
  }

  async get(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(this.url + path, init);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: JSON.parse(text.startsWith('{') ? text : '{}') as AnswerBody,
    };
  }

  post(path: string, envelopeXdr: string): Promise<Answer> {
    return this.get(path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ tx: envelopeXdr }).toString(),
    });
  }
}
