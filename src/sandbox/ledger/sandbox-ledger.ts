import { createHash } from 'node:crypto';
import { Keypair } from '@stellar/stellar-sdk/base';

import { type Asset, sameAsset } from '../../common/money';
import { applyTransaction, chargeFee } from './application';
import type {
  AccountEntry,
  ClaimableBalanceEntry,
  ClosedLedger,
  LedgerEngine,
  LedgerEngineOptions,
  LedgerHeader,
  LedgerSnapshot,
  OfferEntry,
  QueueAnswer,
  SandboxAsset,
  TrustlineEntry,
} from './contract';
import { entryToJson, loadEntry } from './entry-json';
import { readEnvelope } from './envelope';
import { decodeHeader, nextHeader } from './headers';
import { newAccount } from './operations/create-account';
import { DEFAULT_MAX_OPERATIONS, GENESIS_COINS } from './protocol';
import { TransactionQueue } from './queue';
import { quoteStrictReceive, quoteStrictSend } from './quotes';
import { LedgerState } from './state';
import { queueSurroundings, type Surroundings } from './validity';

export { MalformedEnvelope } from './envelope';

/** The Stellar ledger in one process: no I/O, no clock, no randomness; see the contract for what it promises. */
export class SandboxLedger implements LedgerEngine {
  readonly rootAddress: string;
  private readonly networkId: Uint8Array;
  private readonly queue = new TransactionQueue();
  private readonly maxOperations: number;

  private constructor(
    options: LedgerEngineOptions,
    private readonly state: LedgerState,
    private last: LedgerHeader,
  ) {
    this.networkId = networkIdOf(options.passphrase);
    this.rootAddress = rootAddressOf(options.passphrase);
    this.maxOperations = options.maxOperationsPerLedger ?? DEFAULT_MAX_OPERATIONS;
  }

  /** Ledger 1: all coins on the root account. */
  static genesis(options: LedgerEngineOptions): SandboxLedger {
    const state = new LedgerState();
    state.setAccount({ ...newAccount(rootAddressOf(options.passphrase), GENESIS_COINS, 0) });
    const header = nextHeader(undefined, {
      closeTime: options.genesisTime,
      feePool: 0n,
      idPool: 0n,
      maxOperations: options.maxOperationsPerLedger ?? DEFAULT_MAX_OPERATIONS,
      transactions: [],
      changes: JSON.stringify(takeChanges(state)),
    });
    return new SandboxLedger(options, state, header);
  }

  /** Goes on where a snapshot was taken; it may have been through JSON, with its bigints as text. The queue starts empty. */
  static restore(options: LedgerEngineOptions, snapshot: LedgerSnapshot): SandboxLedger {
    const { feePool, totalCoins, idPool } = decodeHeader(snapshot.header.headerXdr);
    const state = new LedgerState(idPool);
    state.feePool = feePool;
    for (const [key, entry] of Object.entries(snapshot.entries)) loadEntry(state, key, entry);
    return new SandboxLedger(options, state, { ...snapshot.header, feePool, totalCoins });
  }

  get header(): LedgerHeader {
    return this.last;
  }

  submit(envelopeXdr: string, nowSeconds: number): QueueAnswer {
    const transaction = readEnvelope(envelopeXdr, this.networkId);
    return this.queue.add(
      queueSurroundings(this.state, this.last.sequence, this.last.closeTime, nowSeconds),
      transaction,
    );
  }

  close(closeTime: number): ClosedLedger {
    const { state } = this;
    const time = Math.max(closeTime, this.last.closeTime + 1);
    const at: Surroundings = { state, sequence: this.last.sequence + 1, closeTime: time, latestCloseTime: time };
    state.sequence = at.sequence;
    const { taken, feePerOperation } = this.queue.take(at, this.maxOperations);
    const charged = taken.map((transaction) => chargeFee(state, transaction, feePerOperation));
    const transactions = charged.map((transaction, index) =>
      applyTransaction(at, transaction, index + 1, feePerOperation),
    );
    this.queue.settle(taken);
    const changes = takeChanges(state);
    this.last = nextHeader(this.last, {
      closeTime: time,
      feePool: state.feePool,
      idPool: state.idPool,
      maxOperations: this.maxOperations,
      transactions,
      changes: JSON.stringify(changes),
    });
    return { header: this.last, transactions, changes };
  }

  pendingCount(): number {
    return this.queue.size;
  }

  account(address: string): AccountEntry | undefined {
    return this.state.account(address);
  }

  trustlinesOf(address: string): TrustlineEntry[] {
    return this.state.trustlinesOf(address);
  }

  trustlinesFor(asset: SandboxAsset): TrustlineEntry[] {
    return this.state.trustlinesFor(asset);
  }

  offers(selling: SandboxAsset, buying: SandboxAsset): OfferEntry[] {
    return [...this.state.book.offers(selling, buying)];
  }

  offersOf(address: string): OfferEntry[] {
    return this.state.offersOf(address);
  }

  claimableBalance(id: string): ClaimableBalanceEntry | undefined {
    return this.state.claimable(id);
  }

  claimableBalances(filter: { claimant?: string; sponsor?: string; asset?: SandboxAsset }): ClaimableBalanceEntry[] {
    const found = [...this.state.allClaimables()].filter((entry) => isAsked(entry, filter));
    return found.toSorted((a, b) => a.lastModifiedLedger - b.lastModifiedLedger || (a.id < b.id ? -1 : 1));
  }

  quoteStrictReceive(
    send: SandboxAsset,
    path: readonly SandboxAsset[],
    receive: SandboxAsset,
    amount: bigint,
  ): bigint | undefined {
    return quoteStrictReceive(this.state, send, path, receive, amount);
  }

  quoteStrictSend(
    send: SandboxAsset,
    amount: bigint,
    path: readonly SandboxAsset[],
    receive: SandboxAsset,
  ): bigint | undefined {
    return quoteStrictSend(this.state, send, amount, path, receive);
  }

  assetsPaidFor(wanted: SandboxAsset): SandboxAsset[] {
    return this.state.book.assetsPaidFor(wanted);
  }

  allOffers(): OfferEntry[] {
    return this.state.allOffers();
  }

  tradedAssets(): SandboxAsset[] {
    return this.state.book.tradedAssets();
  }

  snapshot(): LedgerSnapshot {
    const entries: Record<string, unknown> = {};
    for (const { kind, key, entry } of this.state.rows()) entries[`${kind}:${key}`] = entryToJson(kind, entry);
    return { header: this.last, entries };
  }
}

function networkIdOf(passphrase: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(passphrase).digest());
}

function rootAddressOf(passphrase: string): string {
  return Keypair.fromRawEd25519Seed(networkIdOf(passphrase)).publicKey();
}

function takeChanges(state: LedgerState): Record<string, unknown> {
  const changes: Record<string, unknown> = {};
  for (const { kind, key, entry } of state.takeChanges()) {
    changes[`${kind}:${key}`] = entry === undefined ? null : entryToJson(kind, entry);
  }
  return changes;
}

function isAsked(
  entry: ClaimableBalanceEntry,
  filter: { claimant?: string; sponsor?: string; asset?: Asset },
): boolean {
  if (filter.sponsor !== undefined && entry.sponsor !== filter.sponsor) return false;
  if (filter.asset !== undefined && !sameAsset(entry.asset, filter.asset)) return false;
  return filter.claimant === undefined || entry.claimants.some(({ destination }) => destination === filter.claimant);
}
