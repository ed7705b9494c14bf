import { type Keypair, Operation, type xdr } from '@stellar/stellar-sdk/base';
import { amountOf } from '../common/money';
import type { AppliedTransaction } from './ledger/contract';
import { type SandboxIssuers, sandboxAsset, sandboxKeypair } from './sandbox-keys';
import type { SandboxNetwork } from './sandbox-network';
import { sdkAsset, signedBy } from './seed';

const STARTING_LUMENS = '10000';
const COINS = '1000';
/** Operations one transaction may hold. */
const BATCH = 100;

/** Why a wallet was given nothing; the message says what to do. */
export class FaucetRefusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FaucetRefusal';
  }
}

interface Wish {
  readonly operation: xdr.Operation;
  readonly granted: (transaction: AppliedTransaction) => void;
  readonly refused: (reason: Error) => void;
}

/**
 * Gives test money. The queue takes one transaction per source account and ledger, so wishes that arrive together
 * share a transaction; when one of them spoils it, each is tried alone.
 */
export class Faucet {
  private readonly taps = new Map<string, Tap>();

  constructor(private readonly network: SandboxNetwork) {}

  /** 10,000 XLM in a new account. Rejects with `FaucetRefusal` when it exists. */
  fund(address: string): Promise<AppliedTransaction> {
    if (this.network.engine.account(address) !== undefined) return refuse('account already funded to starting balance');
    return this.tap('friendbot').ask(
      Operation.createAccount({ destination: address, startingBalance: STARTING_LUMENS }),
    );
  }

  /** 1,000 of a coin, to a wallet that trusts it. Rejects with `FaucetRefusal` when it does not. */
  give(address: string, code: keyof SandboxIssuers): Promise<AppliedTransaction> {
    const { engine, passphrase } = this.network;
    const asset = sandboxAsset(code, passphrase);
    if (engine.account(address) === undefined)
      return refuse('the account does not exist yet: fund it first, without asset');
    const trustline = engine
      .trustlinesOf(address)
      .find((line) => line.asset.code === code && line.asset.issuer === asset.issuer);
    if (trustline === undefined)
      return refuse(`the account has no trustline to ${code}:${asset.issuer ?? ''}: submit change_trust first`);
    if (trustline.limit - trustline.balance < amountOf(COINS))
      return refuse('the trustline limit leaves no room for 1,000 more');
    const operation = Operation.payment({ destination: address, asset: sdkAsset(asset), amount: COINS });
    return this.tap(code === 'USDC' ? 'usdc-issuer' : 'eurc-issuer').ask(operation);
  }

  private tap(label: 'friendbot' | 'usdc-issuer' | 'eurc-issuer'): Tap {
    const known = this.taps.get(label);
    if (known !== undefined) return known;
    const created = new Tap(this.network, sandboxKeypair(label, this.network.passphrase));
    this.taps.set(label, created);
    return created;
  }
}

class Tap {
  private readonly waiting: Wish[] = [];
  private running = false;

  constructor(
    private readonly network: SandboxNetwork,
    private readonly source: Keypair,
  ) {}

  async ask(operation: xdr.Operation): Promise<AppliedTransaction> {
    const { promise, resolve, reject } = Promise.withResolvers<AppliedTransaction>();
    this.waiting.push({ operation, granted: resolve, refused: reject });
    if (!this.running) await this.drain();
    return promise;
  }

  private async drain(): Promise<void> {
    this.running = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, BATCH);
      if (batch.length > 1 && (await this.pay(batch, false))) continue;
      for (const wish of batch) await this.pay([wish], true);
    }
    this.running = false;
  }

  /** False when the wishes remain open: the network refused a shared transaction. */
  private async pay(batch: readonly Wish[], final: boolean): Promise<boolean> {
    try {
      const transaction = await this.transact(batch);
      if (transaction === undefined && !final) return false;
      for (const wish of batch) {
        if (transaction === undefined)
          wish.refused(new FaucetRefusal('the network refused this payment: the account may be funded already'));
        else wish.granted(transaction);
      }
    } catch (error) {
      for (const wish of batch) wish.refused(error instanceof Error ? error : new Error(String(error)));
    }
    return true;
  }

  private async transact(batch: readonly Wish[]): Promise<AppliedTransaction | undefined> {
    const { engine, passphrase } = this.network;
    const envelopeXdr = signedBy(
      engine,
      this.source,
      passphrase,
      batch.map(({ operation }) => operation),
    );
    const outcome = await this.network.submit(envelopeXdr);
    if (outcome.kind === 'timeout') throw new Error('no ledger closed in time: is the sandbox network running?');
    return outcome.kind === 'applied' && outcome.transaction.successful ? outcome.transaction : undefined;
  }
}

function refuse(message: string): Promise<never> {
  return Promise.reject(new FaucetRefusal(message));
}
