import { createHash } from 'node:crypto';
import type { Clock } from '../common/clock';
import type { ClosedLedger, LedgerEngine, LedgerEngineOptions, LedgerSnapshot, QueueAnswer } from './ledger/contract';
import { SandboxLedger } from './ledger/sandbox-ledger';
import { SandboxFaults } from './faults';
import { History, type TransactionRecord } from './history';
import { LostLeadership, type SandboxStore } from './sandbox-store';
import { seedSteps } from './seed';
import { type EnvelopeSummary, type SubmissionOutcome, summarise } from './submission';

export interface SandboxNetworkOptions {
  readonly passphrase: string;
  readonly store: SandboxStore;
  readonly clock: Clock;
  /** How long after the first queued transaction the ledger closes. Below 1,000 ledger time can outrun the wall clock. */
  readonly ledgerMs?: number;
  /** How often an empty ledger closes, so that ledger time moves. */
  readonly idleLedgerMs?: number;
  /** How long a synchronous submission waits for its ledger; Horizon's 30 s. */
  readonly submitTimeoutMs?: number;
  readonly faults?: SandboxFaults;
  /** Operations one ledger takes; the engine's own limit when absent. */
  readonly maxOperationsPerLedger?: number;
  /** false leaves genesis bare: root account only. */
  readonly seeded?: boolean;
}

/** Genesis lies this far back, so that the ledgers of the seeding do not end up ahead of the wall clock. */
const SEEDING_SECONDS = 10;

/** Asked before `load`, or after another process took over: only `load` helps. */
export class NetworkNotLoaded extends Error {
  constructor() {
    super('the sandbox network is not loaded');
    this.name = 'NetworkNotLoaded';
  }
}

/**
 * The embedded network: one engine, its stored ledgers and the history they form. A ledger can be seen only after
 * the store has it. Closing is serialised here; several processes are kept apart by the store's `LostLeadership`.
 */
export class SandboxNetwork {
  readonly passphrase: string;
  readonly clock: Clock;
  readonly faults: SandboxFaults;
  private readonly networkId: Uint8Array;
  private store: SandboxStore;
  private current: { engine: LedgerEngine; history: History } | undefined;
  private unstored: ClosedLedger | undefined;
  private storing = false;
  private closing: Promise<unknown> = Promise.resolve();
  private readonly waiters = new Map<string, Set<() => void>>();
  private readonly listeners = new Set<() => void>();
  private work = new AbortController();

  constructor(private readonly options: SandboxNetworkOptions) {
    this.passphrase = options.passphrase;
    this.networkId = createHash('sha256').update(options.passphrase, 'utf8').digest();
    this.clock = options.clock;
    this.store = options.store;
    this.faults = options.faults ?? new SandboxFaults();
  }

  get engine(): LedgerEngine {
    return this.loaded().engine;
  }

  get history(): History {
    return this.loaded().history;
  }

  /** Reads the store, or writes genesis and the seed when it is empty. May be called again after `LostLeadership`. */
  async load(): Promise<void> {
    await this.serialised(async () => {
      this.unstored = undefined;
      const stored = await this.store.load();
      const history = new History();
      for (const ledger of stored?.ledgers ?? []) history.add(ledger);
      const engine = stored === null ? await this.writeGenesis(history) : this.restored(stored.snapshot);
      this.current = { engine, history };
      if (this.options.seeded !== false) await this.seed();
    });
  }

  /** A new history from genesis, as when a test network is reset. `store` must be empty. */
  async reset(store: SandboxStore): Promise<void> {
    this.store = store;
    await this.load();
  }

  /** Applies what is queued and makes it visible once stored. Rejects with `LostLeadership` or the store's own error; the ledger is then tried again next time. */
  closeLedger(): Promise<ClosedLedger> {
    return this.serialised(() => this.closeNow());
  }

  /** Closes ledgers until aborted. Rejects when the store does. */
  async run(clock: Clock, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.engine.pendingCount() === 0) {
        this.work = new AbortController();
        await clock.sleep(this.options.idleLedgerMs ?? 5_000, AbortSignal.any([signal, this.work.signal]));
      }
      if (this.engine.pendingCount() > 0) await clock.sleep(this.options.ledgerMs ?? 1_000, signal);
      await clock.sleep(this.faults.standing('slow_ledgers')?.ms ?? 0, signal);
      if (!signal.aborted) await this.closeLedger();
    }
  }

  /** Throws `MalformedEnvelope`. */
  read(envelopeXdr: string): EnvelopeSummary {
    return summarise(envelopeXdr, this.networkId);
  }

  /** Hands the envelope to the queue and returns at once. Throws `MalformedEnvelope`. */
  submitAsync(envelopeXdr: string): QueueAnswer {
    const answer = this.engine.submit(envelopeXdr, this.nowSeconds());
    this.work.abort();
    return answer;
  }

  /**
   * Resolves when the transaction is in a stored ledger, refused at the door, or 30 s went by. A transaction that
   * closed before is answered from history, so handing it over twice is harmless. Throws `MalformedEnvelope`.
   */
  async submit(envelopeXdr: string): Promise<SubmissionOutcome> {
    const { hash } = this.read(envelopeXdr);
    const known = this.history.transaction(hash);
    if (known !== undefined) return { kind: 'applied', transaction: known.transaction };
    const answer = this.submitAsync(envelopeXdr);
    if (answer.status === 'ERROR')
      return { kind: 'refused', resultXdr: answer.resultXdr, resultCodes: answer.resultCodes };
    const record = await this.awaitTransaction(hash);
    return record === undefined ? { kind: 'timeout', hash } : { kind: 'applied', transaction: record.transaction };
  }

  /**
   * Waits while the store takes a ledger, because the engine's state is ahead of the history until then. False when the
   * store did not take it: what the engine says may not be seen before the next attempt.
   */
  async settled(): Promise<boolean> {
    while (this.storing) await this.closing;
    return this.unstored === undefined;
  }

  /** Calls back after every ledger that became visible; returns the way to stop it. */
  onLedger(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  nowSeconds(): number {
    return Math.floor(this.clock.now().getTime() / 1000);
  }

  private async awaitTransaction(hash: string): Promise<TransactionRecord | undefined> {
    const arrived = new AbortController();
    const waiting = this.waiters.get(hash) ?? new Set();
    this.waiters.set(hash, waiting);
    const wake = (): void => arrived.abort();
    waiting.add(wake);
    await this.clock.sleep(this.options.submitTimeoutMs ?? 30_000, arrived.signal);
    waiting.delete(wake);
    if (waiting.size === 0) this.waiters.delete(hash);
    return this.history.transaction(hash);
  }

  private async closeNow(closeTime?: number): Promise<ClosedLedger> {
    const { engine, history } = this.loaded();
    // The engine cannot take a close back: a ledger the store did not take must be offered again, unchanged.
    const closed =
      this.unstored ??
      engine.close(closeTime ?? this.nowSeconds() + (this.faults.standing('clock_skew')?.seconds ?? 0));
    this.unstored = closed;
    this.storing = true;
    try {
      await this.store.append(closed);
    } catch (error) {
      if (error instanceof LostLeadership) this.current = undefined;
      throw error;
    } finally {
      this.storing = false;
    }
    this.unstored = undefined;
    history.add(closed);
    for (const { hash } of closed.transactions) this.waiters.get(hash)?.forEach((wake) => wake());
    for (const listener of this.listeners) listener();
    return closed;
  }

  private async writeGenesis(history: History): Promise<LedgerEngine> {
    const engine = SandboxLedger.genesis(this.engineOptions(this.nowSeconds() - SEEDING_SECONDS));
    const { header, entries } = engine.snapshot();
    const closed: ClosedLedger = { header, transactions: [], changes: entries };
    await this.store.append(closed);
    history.add(closed);
    return engine;
  }

  private restored(snapshot: LedgerSnapshot): LedgerEngine {
    return SandboxLedger.restore(this.engineOptions(snapshot.header.closeTime), snapshot);
  }

  private engineOptions(genesisTime: number): LedgerEngineOptions {
    const { maxOperationsPerLedger } = this.options;
    return {
      passphrase: this.passphrase,
      genesisTime,
      ...(maxOperationsPerLedger === undefined ? {} : { maxOperationsPerLedger }),
    };
  }

  /** Skips what a former, interrupted seeding has done. Ledgers close one second apart from genesis on. */
  private async seed(): Promise<void> {
    for (const step of seedSteps(this.passphrase)) {
      if (step.done(this.engine)) continue;
      for (const envelopeXdr of step.build(this.engine)) {
        const answer = this.engine.submit(envelopeXdr, this.engine.header.closeTime);
        if (answer.status !== 'PENDING') throw new Error(`seeding was refused: ${JSON.stringify(answer)}`);
      }
      const { transactions } = await this.closeNow(this.engine.header.closeTime + 1);
      const failed = transactions.find(({ successful }) => !successful);
      if (failed !== undefined) throw new Error(`seeding failed: ${JSON.stringify(failed.resultCodes)}`);
    }
  }

  private serialised<T>(task: () => Promise<T>): Promise<T> {
    const result = this.closing.then(task, task);
    // The caller gets the error through `result`; the next task only waits for this one to be over.
    this.closing = result.catch(() => undefined);
    return result;
  }

  private loaded(): { engine: LedgerEngine; history: History } {
    if (this.current === undefined) throw new NetworkNotLoaded();
    return this.current;
  }
}
