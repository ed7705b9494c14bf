import {
  accountField,
  amountField,
  assetFields,
  creditedAmount,
  hashField,
  instantField,
  muxedId,
} from './horizon-fields';
import { readTransaction, type VerifiedTransaction } from './horizon-transaction';
import { contractCredits, type CreditDraft } from './horizon-contract-credits';
import { NATIVE } from '../common/money';
import { arrayOf, integerOf, isObject, JsonUnreadable, objectOf, textOf, type JsonObject } from './json';
import type { Credit, UnreadableItem } from './ledger-source';

/** A merge whose amount only the effects know. */
export type MergeDraft = Omit<Credit, 'amount'>;

export interface DecodeContext {
  readonly passphrase: string;
  /** Only credits to these accounts are wanted; absent means all. */
  readonly isWatched?: ((address: string) => boolean) | undefined;
  /** The operations' transaction when it is known already; absent: each record carries it (`join=transactions`). */
  readonly transaction?: VerifiedTransaction;
}

export interface DecodedRecord {
  /** TOID; null when even that cannot be read. */
  readonly operationId: bigint | null;
  readonly closedAt: Date | null;
  readonly credits: readonly Credit[];
  readonly merge: MergeDraft | null;
  readonly unreadable: UnreadableItem | null;
}

const RAW_BYTES = 64 * 1024;
/** Types of `/payments`; in a transaction's operations every other type may appear and moves nothing to anyone. */
const KNOWN_TYPES = new Set([
  'payment',
  'path_payment_strict_receive',
  'path_payment_strict_send',
  'create_account',
  'account_merge',
  'invoke_host_function',
]);

/**
 * One record of a payments page. Never throws: what cannot be read or does not agree with its own envelope becomes
 * an `UnreadableItem` (dropped when it plainly is about accounts nobody watches). `fallbackId` identifies a record
 * that hides its own id.
 */
export function decodeRecord(record: unknown, context: DecodeContext, fallbackId: bigint): DecodedRecord {
  const operationId = readOperationId(record);
  const closedAt = readClosedAt(record);
  try {
    return { operationId, closedAt, unreadable: null, ...decodeOperation(objectOf(record, 'record'), context) };
  } catch (error) {
    if (!(error instanceof JsonUnreadable)) throw error;
    const item = concerns(record, context.isWatched)
      ? unreadableItem(record, operationId ?? fallbackId, error.message)
      : null;
    return { operationId, closedAt, credits: [], merge: null, unreadable: item };
  }
}

export function unreadableItem(record: unknown, operationId: bigint, reason: string): UnreadableItem {
  const raw = Buffer.from(JSON.stringify(record)).subarray(0, RAW_BYTES).toString('utf8');
  return { operationId, reason, raw };
}

function decodeOperation(record: JsonObject, context: DecodeContext): Pick<DecodedRecord, 'credits' | 'merge'> {
  const nothing = { credits: [], merge: null };
  const operationId = integerOf(record['id'], 'id');
  if (record['paging_token'] !== record['id']) throw new JsonUnreadable('paging_token differs from id');
  if (record['transaction_successful'] === false) return nothing;
  if (record['transaction_successful'] !== true)
    throw new JsonUnreadable('transaction_successful is not a truth value');
  if (record['type'] === 'account_merge') return decodeMerge(record, operationId, context);
  const drafts = draftsOf(record, context).filter((draft) => context.isWatched?.(draft.account) ?? true);
  if (drafts.length === 0) return nothing;
  const base = transactionPart(record, operationId, context);
  return { credits: drafts.map((draft) => ({ ...draft, ...base })), merge: null };
}

function draftsOf(record: JsonObject, context: DecodeContext): CreditDraft[] {
  switch (textOf(record['type'], 'type')) {
    case 'payment':
      return [paymentDraft(record, 'payment')];
    case 'path_payment_strict_receive':
    case 'path_payment_strict_send':
      return [paymentDraft(record, 'path_payment')];
    case 'create_account':
      return createAccountDraft(record);
    case 'invoke_host_function':
      return contractCredits(record['asset_balance_changes']);
    default:
      // The payments feed holds six types; a seventh is a new way to move money that must not pass unseen.
      if (context.transaction === undefined) throw new JsonUnreadable('unknown type of operation in the payments feed');
      return [];
  }
}

/** `amount` is what arrived, in the destination asset; what the sender gave (`source_*`) is not looked at. */
function paymentDraft(record: JsonObject, kind: 'payment' | 'path_payment'): CreditDraft {
  const account = accountField(record['to'], 'to');
  return {
    index: 0,
    kind,
    account,
    muxedId: muxedId(record, 'to', account),
    from: accountField(record['from'], 'from'),
    asset: assetFields(record),
    amount: creditedAmount(record['amount'], 'amount'),
  };
}

/** A sponsored account may start with nothing, which is no credit. */
function createAccountDraft(record: JsonObject): CreditDraft[] {
  const account = accountField(record['account'], 'account');
  const from = accountField(record['funder'], 'funder');
  const amount = amountField(record['starting_balance'], 'starting_balance');
  return amount === 0n
    ? []
    : [{ index: 0, kind: 'create_account', account, muxedId: null, from, asset: NATIVE, amount }];
}

function decodeMerge(
  record: JsonObject,
  operationId: bigint,
  context: DecodeContext,
): Pick<DecodedRecord, 'credits' | 'merge'> {
  const account = accountField(record['into'], 'into');
  if (!(context.isWatched?.(account) ?? true)) return { credits: [], merge: null };
  const from = accountField(record['account'], 'account');
  const base = transactionPart(record, operationId, context);
  const merge: MergeDraft = {
    ...base,
    index: 0,
    kind: 'account_merge',
    account,
    muxedId: muxedId(record, 'into', account),
    from,
    asset: NATIVE,
  };
  return { credits: [], merge };
}

/** Completes a merge from the operation's effects page; null when the merged account was empty. Throws `JsonUnreadable`. */
export function mergeCredit(draft: MergeDraft, effects: JsonObject): Credit | null {
  const records = arrayOf(objectOf(effects['_embedded'], '_embedded')['records'], 'records');
  const credited = records.filter(
    (effect): effect is JsonObject =>
      isObject(effect) && effect['type'] === 'account_credited' && effect['account'] === draft.account,
  );
  const [effect] = credited;
  if (effect === undefined || credited.length > 1)
    throw new JsonUnreadable('the effects of the merge do not name one credit');
  if (effect['asset_type'] !== 'native') throw new JsonUnreadable('a merge that credited something else than XLM');
  const amount = amountField(effect['amount'], 'amount');
  return amount === 0n ? null : { ...draft, amount };
}

type TransactionPart = Pick<Credit, 'operationId' | 'memo' | 'transactionHash' | 'ledger' | 'closedAt'>;

function transactionPart(record: JsonObject, operationId: bigint, context: DecodeContext): TransactionPart {
  const hash = hashField(record['transaction_hash'], 'transaction_hash');
  const transaction =
    context.transaction ?? readTransaction(objectOf(record['transaction'], 'transaction'), context.passphrase, hash);
  if (transaction.hash !== hash) throw new JsonUnreadable('transaction_hash is not the outer hash');
  if (!transaction.successful) throw new JsonUnreadable('an operation called successful in a failed transaction');
  const closedAt = instantField(record['created_at'], 'created_at');
  if (transaction.ledger !== Number(operationId >> 32n) || transaction.closedAt.getTime() !== closedAt.getTime()) {
    throw new JsonUnreadable('operation and transaction disagree about their ledger');
  }
  return { operationId, memo: transaction.memo, transactionHash: hash, ledger: transaction.ledger, closedAt };
}

function readOperationId(record: unknown): bigint | null {
  const token = isObject(record) ? record['paging_token'] : undefined;
  return typeof token === 'string' && /^[1-9]\d{0,18}$/.test(token) ? BigInt(token) : null;
}

function readClosedAt(record: unknown): Date | null {
  try {
    return isObject(record) ? instantField(record['created_at'], 'created_at') : null;
  } catch (error) {
    if (error instanceof JsonUnreadable) return null;
    throw error;
  }
}

/**
 * False only when the record's receiver can be read and is not watched. For contract calls and unknown types, which
 * name accounts anywhere, the whole text is searched for a watched address.
 */
function concerns(record: unknown, isWatched: DecodeContext['isWatched']): boolean {
  if (isWatched === undefined || !isObject(record)) return true;
  const type = record['type'];
  if (typeof type !== 'string') return true;
  if (KNOWN_TYPES.has(type) && type !== 'invoke_host_function') {
    const receiver = record[type === 'create_account' ? 'account' : type === 'account_merge' ? 'into' : 'to'];
    return typeof receiver !== 'string' || !/^G[A-Z2-7]{55}$/.test(receiver) || isWatched(receiver);
  }
  return (JSON.stringify(record).match(/G[A-Z2-7]{55}/g) ?? []).some((address) => isWatched(address));
}
