import type { Amount, Asset } from '../common/money';
import type { Network } from '../common/network';

/**
 * The ledger as the service needs it. Ledger-native facts only: no Horizon URL, no HAL, no SDK type crosses this
 * port, so that another provider (RPC) is one more adapter. Every method may throw `LedgerUnavailable`; none
 * returns a guess. Results come from verified answers (shape, size, hash of the envelope where one is given).
 */
export abstract class LedgerSource {
  abstract readonly network: Network;
  abstract readonly passphrase: string;

  /** Where the provider stands. Throws `LedgerMismatch` when it serves another network. */
  abstract status(): Promise<LedgerStatus>;
  /**
   * One page of everything that moved money after `cursor`, oldest first. Exclusive; `limit` at most 200. With
   * `watchedAmong`, only credits to those accounts are returned, and only their merges cost an extra request.
   */
  abstract creditsAfter(cursor: bigint, limit: number, watchedAmong?: WatchedAmong): Promise<CreditPage>;
  /** A transaction by inner or outer hash (64 lower-case hex), with its credits; null when not (yet) ingested. */
  abstract transaction(hash: string): Promise<LedgerTransaction | null>;
  /** Account state, fresh; null when the account does not exist. */
  abstract account(address: string): Promise<LedgerAccount | null>;
  /** Hands a signed envelope to the network and waits for its fate. Safe to repeat with the same envelope. */
  abstract submit(envelopeXdr: string): Promise<SubmitOutcome>;
  /** Calls back when a ledger probably closed, until `signal` aborts. Only a hint to page now: it may be late, lost or wrong. */
  abstract announceLedgers(onLedger: () => void, signal: AbortSignal): Promise<void>;
  /** Best offers, for prices: `bids` buy the base, `asks` sell it, both best first. */
  abstract orderBook(base: Asset, counter: Asset): Promise<OrderBook>;
  /** Ways to deliver exactly `amount` of `destinationAsset` from assets `source` (an address or a list) holds. */
  abstract strictReceivePaths(
    source: string | readonly Asset[],
    destinationAsset: Asset,
    amount: Amount,
  ): Promise<PaymentPath[]>;
}

/** Which of some addresses are watched; asked once per page, with every address the page may credit. */
export type WatchedAmong = (addresses: readonly string[]) => Promise<ReadonlySet<string>>;

export interface LedgerStatus {
  readonly latestLedger: number;
  readonly latestClosedAt: Date;
  /** Oldest ledger still answered; a cursor before it would silently skip history. */
  readonly elderLedger: number;
}

/**
 * True when paging from `cursor` would leave a hole: Horizon moves an ascending query that begins before its
 * retained history quietly to the oldest ledger it has.
 */
export function wouldSkipHistory(cursor: bigint, status: LedgerStatus): boolean {
  return Number(cursor >> 32n) + 1 < status.elderLedger;
}

/** What a credit is, as the operation said it. */
export type CreditKind = 'payment' | 'path_payment' | 'create_account' | 'account_merge' | 'contract_transfer';

/** Memo of the transaction as raw bytes: text may be any bytes; id is kept as its decimal text's bytes. */
export interface CreditMemo {
  readonly type: 'none' | 'text' | 'id' | 'hash' | 'return';
  readonly bytes: Uint8Array;
}

/** Money that arrived at an account: the unit everything is matched by. Identity: network, operation, index. */
export interface Credit {
  /** TOID (SEP-35) of the operation. */
  readonly operationId: bigint;
  /** Which balance change of the operation; 0 except for contract calls that move several. */
  readonly index: number;
  readonly kind: CreditKind;
  /** Always G...; a muxed destination is split into account and id. */
  readonly account: string;
  readonly muxedId: bigint | null;
  readonly from: string;
  readonly asset: Asset;
  readonly amount: Amount;
  readonly memo: CreditMemo;
  /** Outer hash, lower-case hex. */
  readonly transactionHash: string;
  readonly ledger: number;
  readonly closedAt: Date;
}

/** An item of a page that could not be understood; it is kept and the cursor moves on. */
export interface UnreadableItem {
  readonly operationId: bigint;
  readonly reason: string;
  /** The item as it came, cut to 64 KiB. */
  readonly raw: string;
}

export interface CreditPage {
  readonly credits: readonly Credit[];
  readonly unreadable: readonly UnreadableItem[];
  /** Cursor after the last record of the page; the one asked for when the page is empty. */
  readonly cursor: bigint;
  /** Records in the page, ours or not; fewer than the limit means the end was reached. */
  readonly records: number;
  /** Close time of the last record's ledger; null on an empty page. */
  readonly lastClosedAt: Date | null;
}

export interface LedgerTransaction {
  /** Outer hash. */
  readonly hash: string;
  readonly successful: boolean;
  readonly ledger: number;
  readonly closedAt: Date;
  readonly source: string;
  readonly memo: CreditMemo;
  readonly credits: readonly Credit[];
  readonly unreadable: readonly UnreadableItem[];
}

export interface LedgerAccount {
  readonly address: string;
  readonly sequence: bigint;
  readonly thresholds: { readonly low: number; readonly medium: number; readonly high: number };
  readonly signers: readonly { readonly key: string; readonly weight: number; readonly type: string }[];
  readonly balances: readonly LedgerBalance[];
  /** What of the native balance may be spent: balance - reserve - selling liabilities. */
  readonly spendableNative: Amount;
  readonly memoRequired: boolean;
}

export interface LedgerBalance {
  readonly asset: Asset;
  readonly balance: Amount;
  readonly limit: Amount | null;
  readonly buyingLiabilities: Amount;
  readonly sellingLiabilities: Amount;
  readonly authorized: boolean;
}

/**
 * `unknown` is a state of its own: the answer was lost or late. It is never a failure; the transaction may still
 * be on its way, and only an ingested ledger after its maxTime proves it dead.
 */
export type SubmitOutcome =
  | { readonly kind: 'applied'; readonly hash: string; readonly ledger: number }
  | { readonly kind: 'rejected'; readonly transactionCode: string; readonly operationCodes: readonly string[] }
  | { readonly kind: 'busy'; readonly retryAfterSeconds: number }
  | { readonly kind: 'unknown'; readonly hash: string };

export interface OrderBook {
  readonly bids: readonly PriceLevel[];
  readonly asks: readonly PriceLevel[];
}

/** `price` is counter per base as an exact fraction; `amount` is in the base asset for asks, in the counter for bids. */
export interface PriceLevel {
  readonly price: { readonly n: bigint; readonly d: bigint };
  readonly amount: Amount;
}

export interface PaymentPath {
  readonly sourceAsset: Asset;
  readonly sourceAmount: Amount;
  readonly path: readonly Asset[];
}

/** The provider cannot answer now. Nothing is known, nothing may be concluded. */
export class LedgerUnavailable extends Error {
  constructor(
    message: string,
    /** Seconds the provider asked us to wait (429, 503), else undefined. */
    readonly retryAfterSeconds?: number,
    /** True when the provider limited our rate. */
    readonly rateLimited = false,
  ) {
    super(message);
    this.name = 'LedgerUnavailable';
  }
}

/** The provider serves another network than configured, or history was reset: stop loudly, a human must look. */
export class LedgerMismatch extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'LedgerMismatch';
  }
}
