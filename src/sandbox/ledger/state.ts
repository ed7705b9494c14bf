import { type Asset, assetKey } from '../../common/money';
import type { AccountEntry, ClaimableBalanceEntry, OfferEntry, TrustlineEntry } from './contract';
import { OrderBook } from './order-book';

export type Entry = AccountEntry | TrustlineEntry | OfferEntry | ClaimableBalanceEntry;
export type EntryKind = 'account' | 'trustline' | 'offer' | 'claimable_balance';

export function trustlineKey(account: string, asset: Asset): string {
  return `${account}:${assetKey(asset)}`;
}

/**
 * Every ledger entry, never changed in place: a write replaces the row and notes how to undo it, so that an operation
 * or a transaction is rolled back in the time it took, and the rows a ledger changed are known at its end.
 */
export class LedgerState {
  /** Of the ledger being built: stamped on every row it writes. */
  sequence = 1;
  feePool = 0n;
  private readonly accounts = new Map<string, AccountEntry>();
  private readonly trustlines = new Map<string, TrustlineEntry>();
  private readonly offers = new Map<string, OfferEntry>();
  private readonly claimables = new Map<string, ClaimableBalanceEntry>();
  readonly book = new OrderBook();
  private readonly trustlinesByAccount = new KeyIndex();
  private readonly trustlinesByAsset = new KeyIndex();
  private readonly offersBySeller = new KeyIndex();
  private lastId: bigint;
  private undo: (() => void)[] = [];
  private readonly baseline = new Map<string, { kind: EntryKind; key: string; before: Entry | undefined }>();

  constructor(idPool = 0n) {
    this.lastId = idPool;
  }

  get idPool(): bigint {
    return this.lastId;
  }

  /** The next offer id. */
  nextId(): bigint {
    const before = this.lastId;
    this.undo.push(() => {
      this.lastId = before;
    });
    this.lastId += 1n;
    return this.lastId;
  }

  account(address: string): AccountEntry | undefined {
    return this.accounts.get(address);
  }

  trustline(account: string, asset: Asset): TrustlineEntry | undefined {
    return this.trustlines.get(trustlineKey(account, asset));
  }

  offer(id: bigint): OfferEntry | undefined {
    return this.offers.get(id.toString());
  }

  claimable(id: string): ClaimableBalanceEntry | undefined {
    return this.claimables.get(id);
  }

  /** For a row that must be there; a miss is a defect of the engine, not of a transaction. */
  existingAccount(address: string): AccountEntry {
    const entry = this.accounts.get(address);
    if (entry === undefined) throw new Error(`account ${address} vanished`);
    return entry;
  }

  setAccount(entry: AccountEntry): void {
    this.write('account', entry.address, { ...entry, lastModifiedLedger: this.sequence });
  }

  updateAccount(address: string, change: (entry: AccountEntry) => Partial<AccountEntry>): void {
    const entry = this.existingAccount(address);
    this.setAccount({ ...entry, ...change(entry) });
  }

  removeAccount(address: string): void {
    this.write('account', address, undefined);
  }

  setTrustline(entry: TrustlineEntry): void {
    this.write('trustline', trustlineKey(entry.account, entry.asset), { ...entry, lastModifiedLedger: this.sequence });
  }

  removeTrustline(entry: TrustlineEntry): void {
    this.write('trustline', trustlineKey(entry.account, entry.asset), undefined);
  }

  setOffer(entry: OfferEntry): void {
    this.write('offer', entry.id.toString(), { ...entry, lastModifiedLedger: this.sequence });
  }

  removeOffer(entry: OfferEntry): void {
    this.write('offer', entry.id.toString(), undefined);
  }

  setClaimable(entry: ClaimableBalanceEntry): void {
    this.write('claimable_balance', entry.id, { ...entry, lastModifiedLedger: this.sequence });
  }

  removeClaimable(id: string): void {
    this.write('claimable_balance', id, undefined);
  }

  trustlinesOf(account: string): TrustlineEntry[] {
    return present(this.trustlinesByAccount.keys(account), (key) => this.trustlines.get(key));
  }

  trustlinesFor(asset: Asset): TrustlineEntry[] {
    return present(this.trustlinesByAsset.keys(assetKey(asset)), (key) => this.trustlines.get(key));
  }

  offersOf(account: string): OfferEntry[] {
    const own = present(this.offersBySeller.keys(account), (key) => this.offers.get(key));
    return own.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  allOffers(): OfferEntry[] {
    return [...this.offers.values()];
  }

  allClaimables(): Iterable<ClaimableBalanceEntry> {
    return this.claimables.values();
  }

  /** A point to come back to. */
  mark(): number {
    return this.undo.length;
  }

  rollback(mark: number): void {
    while (this.undo.length > mark) this.undo.pop()?.();
  }

  /** The rows that differ from the last time this was called, with undefined for removed ones; forgets how to undo. */
  takeChanges(): { kind: EntryKind; key: string; entry: Entry | undefined }[] {
    const changes = [];
    for (const { kind, key, before } of this.baseline.values()) {
      const entry = this.read(kind, key);
      if (entry !== before) changes.push({ kind, key, entry });
    }
    this.baseline.clear();
    this.undo = [];
    return changes;
  }

  /** Every row. */
  *rows(): Iterable<{ kind: EntryKind; key: string; entry: Entry }> {
    for (const [key, entry] of this.accounts) yield { kind: 'account', key, entry };
    for (const [key, entry] of this.trustlines) yield { kind: 'trustline', key, entry };
    for (const [key, entry] of this.offers) yield { kind: 'offer', key, entry };
    for (const [key, entry] of this.claimables) yield { kind: 'claimable_balance', key, entry };
  }

  /** Puts a stored row back as it was. */
  load(kind: EntryKind, key: string, entry: Entry): void {
    this.place(kind, key, entry);
  }

  private write(kind: EntryKind, key: string, entry: Entry | undefined): void {
    const before = this.read(kind, key);
    const full = `${kind}:${key}`;
    if (!this.baseline.has(full)) this.baseline.set(full, { kind, key, before });
    this.undo.push(() => this.place(kind, key, before));
    this.place(kind, key, entry);
  }

  private read(kind: EntryKind, key: string): Entry | undefined {
    return this.table(kind).get(key);
  }

  private table(kind: EntryKind): Map<string, Entry> {
    switch (kind) {
      case 'account':
        return this.accounts as Map<string, Entry>;
      case 'trustline':
        return this.trustlines as Map<string, Entry>;
      case 'offer':
        return this.offers as Map<string, Entry>;
      case 'claimable_balance':
        return this.claimables as Map<string, Entry>;
    }
  }

  private place(kind: EntryKind, key: string, entry: Entry | undefined): void {
    const table = this.table(kind);
    const before = table.get(key);
    if (entry === undefined) table.delete(key);
    else table.set(key, entry);
    if (kind === 'trustline')
      this.indexTrustline(key, (entry ?? before) as TrustlineEntry | undefined, entry !== undefined);
    if (kind === 'offer') this.indexOffer(before as OfferEntry | undefined, entry as OfferEntry | undefined);
  }

  private indexTrustline(key: string, entry: TrustlineEntry | undefined, isPresent: boolean): void {
    if (entry === undefined) return;
    this.trustlinesByAccount.mark(entry.account, key, isPresent);
    this.trustlinesByAsset.mark(assetKey(entry.asset), key, isPresent);
  }

  private indexOffer(before: OfferEntry | undefined, after: OfferEntry | undefined): void {
    if (before !== undefined) {
      this.book.remove(before);
      this.offersBySeller.mark(before.seller, before.id.toString(), false);
    }
    if (after !== undefined) {
      this.book.add(after);
      this.offersBySeller.mark(after.seller, after.id.toString(), true);
    }
  }
}

/** owner -> keys of its rows. */
class KeyIndex {
  private readonly sets = new Map<string, Set<string>>();

  mark(owner: string, key: string, isPresent: boolean): void {
    const set = this.sets.get(owner);
    if (isPresent && set === undefined) this.sets.set(owner, new Set([key]));
    else if (isPresent) set?.add(key);
    else if (set?.delete(key) === true && set.size === 0) this.sets.delete(owner);
  }

  keys(owner: string): string[] {
    // Sorted, because the order of a Set depends on how often a row was rolled back.
    return [...(this.sets.get(owner) ?? [])].toSorted();
  }
}

function present<T>(keys: readonly string[], read: (key: string) => T | undefined): T[] {
  const rows: T[] = [];
  for (const key of keys) {
    const row = read(key);
    if (row !== undefined) rows.push(row);
  }
  return rows;
}
