import type { ClosedLedger, LedgerSnapshot } from './ledger/contract';
import { decodeLedger, encodeLedger, foldSnapshot } from './ledger-codec';

/** Another process wrote this sequence: this one no longer speaks for the network and must load again. */
export class LostLeadership extends Error {
  constructor(readonly sequence: number) {
    super(`ledger ${sequence} was already written by another process`);
    this.name = 'LostLeadership';
  }
}

export interface StoredNetwork {
  /** State after the last ledger. */
  readonly snapshot: LedgerSnapshot;
  /** Kept history in ascending order without gaps; the first need not be the genesis ledger. */
  readonly ledgers: readonly ClosedLedger[];
}

/** Where the sandbox keeps its ledgers. The genesis ledger arrives like any other, its `changes` being all entries. */
export abstract class SandboxStore {
  /** null when nothing was ever written. */
  abstract load(): Promise<StoredNetwork | null>;
  /** Durable when resolved. Rejects with `LostLeadership` when the sequence exists already; anything else may be retried. */
  abstract append(closed: ClosedLedger): Promise<void>;
}

/** For tests. Keeps the encoded text, so that `reopen` sees exactly what a real store would give back. */
export class MemoryStore extends SandboxStore {
  private failures: Error[] = [];

  constructor(private readonly rows: Map<number, string> = new Map()) {
    super();
  }

  load(): Promise<StoredNetwork | null> {
    const ledgers = [...this.rows.values()].map(decodeLedger);
    const snapshot = foldSnapshot(ledgers);
    return Promise.resolve(snapshot === null ? null : { snapshot, ledgers });
  }

  append(closed: ClosedLedger): Promise<void> {
    const failure = this.failures.shift();
    if (failure !== undefined) return Promise.reject(failure);
    const { sequence } = closed.header;
    if (this.rows.has(sequence)) return Promise.reject(new LostLeadership(sequence));
    this.rows.set(sequence, encodeLedger(closed));
    return Promise.resolve();
  }

  /** The next append rejects with this, as a store whose database went away. */
  failNext(error: Error): void {
    this.failures.push(error);
  }

  /** The same rows as seen by a second process, or by this one after a restart. */
  reopen(): MemoryStore {
    return new MemoryStore(this.rows);
  }
}
