import { createHash } from 'node:crypto';
import {
  Account,
  Asset,
  BASE_FEE,
  Keypair,
  type Memo,
  Operation,
  type Transaction,
  TransactionBuilder,
  type xdr,
} from '@stellar/stellar-sdk/base';

import type { AppliedTransaction, ClosedLedger, QueueAnswer, SandboxAsset } from './contract';
import { SandboxLedger } from './sandbox-ledger';

export const PASSPHRASE = 'Ledger tests ; 2026';
export const GENESIS_TIME = 1_800_000_000;

type Preconditions = Partial<ConstructorParameters<typeof TransactionBuilder>[1]>;

export interface BuildOptions {
  readonly fee?: string;
  readonly memo?: Memo;
  /** Over or under the next sequence number. */
  readonly sequenceShift?: bigint;
  readonly signers?: readonly Keypair[];
  readonly conditions?: Preconditions;
  /** The M address to build from instead of the account's own. */
  readonly source?: string;
}

/** A ledger with shortcuts for tests: keys by name, transactions from SDK operations, a clock that moves with each close. */
export class TestLedger {
  time = GENESIS_TIME;
  readonly root = Keypair.fromRawEd25519Seed(createHash('sha256').update(PASSPHRASE).digest());

  constructor(readonly engine = SandboxLedger.genesis({ passphrase: PASSPHRASE, genesisTime: GENESIS_TIME })) {
    this.time = engine.header.closeTime;
  }

  key(name: string): Keypair {
    return Keypair.fromRawEd25519Seed(createHash('sha256').update(`${name}/${PASSPHRASE}`).digest());
  }

  build(source: Keypair, operations: readonly xdr.Operation[], options: BuildOptions = {}): Transaction {
    const sequence = (this.engine.account(source.publicKey())?.sequence ?? 0n) + (options.sequenceShift ?? 0n);
    const account = new Account(source.publicKey(), sequence.toString());
    const fee = options.fee ?? BASE_FEE;
    const timebounds = { minTime: 0, maxTime: 0 };
    const builder = new TransactionBuilder(account, {
      fee,
      networkPassphrase: PASSPHRASE,
      timebounds,
      ...options.conditions,
    });
    for (const operation of operations) builder.addOperation(operation);
    if (options.memo !== undefined) builder.addMemo(options.memo);
    const transaction = builder.build();
    for (const signer of options.signers ?? [source]) transaction.sign(signer);
    return transaction;
  }

  submit(transaction: { toXDR(): string }): QueueAnswer {
    return this.engine.submit(transaction.toXDR(), this.time);
  }

  close(): ClosedLedger {
    this.time += 5;
    return this.engine.close(this.time);
  }

  /** Builds, submits and closes. The codes are those of the queue when it refuses, else those of the ledger. */
  run(source: Keypair, operations: readonly xdr.Operation[], options: BuildOptions = {}): Ran {
    return this.runTransaction(this.build(source, operations, options));
  }

  runTransaction(transaction: { toXDR(): string }): Ran {
    const answer = this.submit(transaction);
    if (answer.status === 'ERROR')
      return { answer, codes: [answer.resultCodes.transaction, ...(answer.resultCodes.operations ?? [])] };
    const applied = this.close().transactions.find(({ hash }) => hash === answer.hash);
    const codes =
      applied === undefined ? [] : [applied.resultCodes.transaction, ...(applied.resultCodes.operations ?? [])];
    return { answer, applied, codes };
  }

  /** Runs what must succeed. */
  must(source: Keypair, operations: readonly xdr.Operation[], options: BuildOptions = {}): AppliedTransaction {
    const { applied, codes } = this.run(source, operations, options);
    if (applied?.successful !== true) throw new Error(`expected success, got ${codes.join(' ')}`);
    return applied;
  }

  /** Creates and funds accounts from the root, in units of XLM. */
  fund(names: readonly string[], startingBalance = '1000'): Keypair[] {
    const keys = names.map((name) => this.key(name));
    this.must(
      this.root,
      keys.map((key) => Operation.createAccount({ destination: key.publicKey(), startingBalance })),
    );
    return keys;
  }

  /** Trustlines of `holders`, each with `amount` paid by the issuer. */
  issue(issuer: Keypair, code: string, holders: readonly Keypair[], amount?: string): Asset {
    const asset = new Asset(code, issuer.publicKey());
    for (const holder of holders) {
      this.must(holder, [Operation.changeTrust({ asset })]);
      if (amount === undefined) continue;
      this.must(issuer, [Operation.payment({ destination: holder.publicKey(), asset, amount })]);
    }
    return asset;
  }

  balance(holder: Keypair, asset: Asset): bigint {
    if (asset.isNative()) return this.engine.account(holder.publicKey())?.balance ?? 0n;
    const { code, issuer } = sandboxAsset(asset);
    const line = this.engine
      .trustlinesOf(holder.publicKey())
      .find((known) => known.asset.code === code && known.asset.issuer === issuer);
    return line?.balance ?? 0n;
  }
}

export interface Ran {
  readonly answer: QueueAnswer;
  readonly applied?: AppliedTransaction | undefined;
  readonly codes: readonly string[];
}

export function sandboxAsset(asset: Asset): SandboxAsset {
  return asset.isNative()
    ? { code: 'XLM', issuer: null }
    : { code: asset.getCode(), issuer: asset.getIssuer() ?? null };
}
