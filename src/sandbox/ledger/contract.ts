/**
 * What the ledger engine of the sandbox promises to the Horizon surface and to the store. Amounts are bigint
 * stroops, addresses strkeys, hashes lower-case hex, XDR base64, times whole seconds since 1970 (UTC).
 */
export interface SandboxAsset {
  readonly code: string;
  /** null for the native asset. */
  readonly issuer: string | null;
}

export interface AccountEntry {
  address: string;
  balance: bigint;
  sequence: bigint;
  sequenceLedger: number;
  sequenceTime: number;
  subentries: number;
  /** master, low, medium, high: 0..255 each. */
  thresholds: [number, number, number, number];
  /** Additional signers, in the order of their keys; the master key is `thresholds[0]`, not listed here. */
  signers: {
    key: string;
    weight: number;
    type: 'ed25519_public_key' | 'sha256_hash' | 'preauth_tx';
    sponsor?: string;
  }[];
  flags: { required: boolean; revocable: boolean; immutable: boolean; clawback: boolean };
  homeDomain: string;
  /** name -> raw value, base64. */
  data: Record<string, string>;
  /** name -> sponsor, for the data entries with a sponsored reserve. */
  dataSponsors?: Record<string, string>;
  /** The sponsor of the account's own reserve. */
  sponsor?: string;
  inflationDestination?: string;
  numSponsoring: number;
  numSponsored: number;
  sellingLiabilities: bigint;
  buyingLiabilities: bigint;
  lastModifiedLedger: number;
}

export interface TrustlineEntry {
  account: string;
  asset: SandboxAsset;
  balance: bigint;
  limit: bigint;
  authorized: boolean;
  authorizedToMaintainLiabilities: boolean;
  clawbackEnabled: boolean;
  sponsor?: string;
  sellingLiabilities: bigint;
  buyingLiabilities: bigint;
  lastModifiedLedger: number;
}

export interface OfferEntry {
  id: bigint;
  seller: string;
  selling: SandboxAsset;
  buying: SandboxAsset;
  amount: bigint;
  /** Price of one unit of `selling` in units of `buying`: n/d, both int32. */
  price: { n: number; d: number };
  passive: boolean;
  sponsor?: string;
  lastModifiedLedger: number;
}

export interface ClaimableBalanceEntry {
  /** Hex of the 36-byte ClaimableBalanceID XDR, as Horizon prints it ("00000000" + 64 hex). */
  id: string;
  asset: SandboxAsset;
  amount: bigint;
  /** Predicates in Horizon's JSON form. */
  claimants: { destination: string; predicate: unknown; predicateXdr: string }[];
  sponsor: string;
  clawbackEnabled?: boolean;
  lastModifiedLedger: number;
}

/** One side effect of an operation, in Horizon's vocabulary (`account_credited`, `trade`, ...); `details` uses Horizon's keys. */
export interface AppliedEffect {
  readonly type: string;
  readonly typeI: number;
  readonly account: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface AppliedOperation {
  /** From 1; the low 12 bits of the TOID. */
  readonly index: number;
  /** G or M address as in the envelope (the transaction's source when the operation names none). */
  readonly source: string;
  /** Horizon's `type` and `type_i`. */
  readonly type: string;
  readonly typeI: number;
  /** The members Horizon adds for this type (`amount`, `asset_type`, `from`, `to_muxed`, ...), ready to print. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Every G account this operation belongs to in account histories. */
  readonly participants: readonly string[];
  readonly effects: readonly AppliedEffect[];
}

export interface AppliedTransaction {
  /** Outer hash. */
  readonly hash: string;
  /** Inner hash of a fee bump. */
  readonly innerHash: string | null;
  readonly successful: boolean;
  readonly ledger: number;
  /** From 1 within the ledger: bits 12..31 of the TOID. */
  readonly order: number;
  readonly closeTime: number;
  readonly envelopeXdr: string;
  readonly resultXdr: string;
  readonly resultMetaXdr: string;
  readonly feeMetaXdr: string;
  readonly feeCharged: bigint;
  readonly resultCodes: ResultCodes;
  readonly operations: readonly AppliedOperation[];
  /** Every G account touched as source, fee source or participant. */
  readonly participants: readonly string[];
}

/** Horizon's spelling (`tx_failed`, `op_no_trust`). `operations` is absent for transaction-level errors. */
export interface ResultCodes {
  readonly transaction: string;
  readonly innerTransaction?: string;
  readonly operations?: readonly string[];
}

export interface LedgerHeader {
  readonly sequence: number;
  readonly hash: string;
  readonly previousHash: string;
  readonly closeTime: number;
  readonly successfulTransactions: number;
  readonly failedTransactions: number;
  readonly operations: number;
  readonly operationsInSet: number;
  readonly totalCoins: bigint;
  readonly feePool: bigint;
  readonly headerXdr: string;
}

export interface ClosedLedger {
  readonly header: LedgerHeader;
  readonly transactions: readonly AppliedTransaction[];
  /** Changed ledger entries by key; null = removed. Values are JSON-safe (bigints as decimal text): what the store keeps. */
  readonly changes: Readonly<Record<string, unknown>>;
}

export type QueueAnswer =
  | { readonly status: 'PENDING'; readonly hash: string }
  | { readonly status: 'DUPLICATE'; readonly hash: string }
  | { readonly status: 'TRY_AGAIN_LATER'; readonly hash: string }
  | { readonly status: 'ERROR'; readonly hash: string; readonly resultXdr: string; readonly resultCodes: ResultCodes };

export interface LedgerEngineOptions {
  readonly passphrase: string;
  /** Close time of the genesis ledger (sequence 1), seconds. */
  readonly genesisTime: number;
  /** Most operations one ledger takes (default 10,000); above it the best fee rates go first and pay the lowest included rate. */
  readonly maxOperationsPerLedger?: number;
}

/** What is needed to go on after a restart: all entries and the last header. */
export interface LedgerSnapshot {
  readonly header: LedgerHeader;
  readonly entries: Readonly<Record<string, unknown>>;
}

/** The deterministic core: same submissions and close times, same ledger, bit for bit. No I/O, no clock, no randomness. */
export interface LedgerEngine {
  readonly header: LedgerHeader;
  /** Network root: Keypair of sha256(passphrase), holding 100 billion XLM at genesis. */
  readonly rootAddress: string;
  /** Throws `MalformedEnvelope` when the text is not an envelope; else what core's queue would answer. `nowSeconds` is for the time-bound look-ahead. */
  submit(envelopeXdr: string, nowSeconds: number): QueueAnswer;
  /** Applies what is queued, in order of arrival, and closes. `closeTime` is raised to last close time + 1 when not later. */
  close(closeTime: number): ClosedLedger;
  pendingCount(): number;
  account(address: string): AccountEntry | undefined;
  trustlinesOf(address: string): TrustlineEntry[];
  /** Offers selling `selling` for `buying`, best price first, then lowest id. */
  offers(selling: SandboxAsset, buying: SandboxAsset): OfferEntry[];
  offersOf(address: string): OfferEntry[];
  claimableBalance(id: string): ClaimableBalanceEntry | undefined;
  claimableBalances(filter: { claimant?: string; sponsor?: string; asset?: SandboxAsset }): ClaimableBalanceEntry[];
  /** Every trustline of one asset, for the assets endpoint. */
  trustlinesFor(asset: SandboxAsset): TrustlineEntry[];
  /** Cost in `send` of exactly `amount` of `receive` through the book without changing it; undefined when it cannot be had. Intermediate assets in `path`. */
  quoteStrictReceive(
    send: SandboxAsset,
    path: readonly SandboxAsset[],
    receive: SandboxAsset,
    amount: bigint,
  ): bigint | undefined;
  quoteStrictSend(
    send: SandboxAsset,
    amount: bigint,
    path: readonly SandboxAsset[],
    receive: SandboxAsset,
  ): bigint | undefined;
  /** Assets with offers that sell `wanted`, in the order of their keys: the last step of every path to it. */
  assetsPaidFor(wanted: SandboxAsset): SandboxAsset[];
  /** In no order. */
  allOffers(): OfferEntry[];
  /** Every asset that appears in an offer. */
  tradedAssets(): SandboxAsset[];
  snapshot(): LedgerSnapshot;
}
