import type { Operation, OperationRecord, Transaction } from '@stellar/stellar-sdk/base';
import { isAccountAddress, parseDestination } from './address';
import { EnvelopeUnreadable, readEnvelope, signaturesBy } from './envelope';
import { bytesFromBase64 } from './memo';

export type ChallengeReason =
  | 'too_large'
  | 'malformed'
  | 'fee_bump'
  | 'wrong_source'
  | 'sequence_not_zero'
  | 'wrong_memo'
  | 'no_operation'
  | 'not_manage_data'
  | 'no_client_account'
  | 'wrong_home_domain'
  | 'wrong_nonce'
  | 'foreign_operation'
  | 'wrong_web_auth_domain'
  | 'client_domain_unsupported'
  | 'no_time_bounds'
  | 'infinite_time_bounds'
  | 'expired'
  | 'unsigned_by_server'
  | 'unsigned_by_client'
  | 'weight_too_low'
  | 'unused_signature';

/** The challenge is not accepted; `reason` names the rule of SEP-10 that it breaks. */
export class ChallengeRefused extends Error {
  constructor(readonly reason: ChallengeReason) {
    super(`challenge refused: ${reason}`);
    this.name = 'ChallengeRefused';
  }
}

export interface ChallengeRules {
  readonly passphrase: string;
  /** G address of SIGNING_KEY. */
  readonly serverAddress: string;
  readonly homeDomain: string;
  readonly webAuthDomain: string;
  readonly now: Date;
}

export interface ChallengeFacts {
  /** G... */
  readonly account: string;
  readonly muxedId: bigint | null;
  readonly memo: bigint | null;
  /** Lower-case hex. */
  readonly transactionHash: string;
  /** The 64 characters of the first operation's value. */
  readonly nonce: string;
}

/** Signers of the client's account as the ledger has them now; null when the account does not exist. */
export type AccountSigners = {
  readonly signers: readonly { readonly key: string; readonly weight: number; readonly type: string }[];
  readonly threshold: number;
} | null;

/**
 * Structure, time and the server's own signature, before any look at the ledger. Stricter than the SDK: a
 * web_auth_domain must be there, time bounds get no grace, extra operations must be manage_data of the server, and
 * client_domain is refused because we fetch nobody's stellar.toml. Throws `ChallengeRefused`.
 */
export function readChallenge(envelopeXdr: string, rules: ChallengeRules): ChallengeFacts {
  return factsOf(open(envelopeXdr, rules), rules);
}

/**
 * Everything `readChallenge` checks, and the client's signatures: enough weight of the account's present signers,
 * or exactly the master key when the account does not exist; no signature may be left over.
 */
export function verifyChallenge(envelopeXdr: string, rules: ChallengeRules, account: AccountSigners): ChallengeFacts {
  const transaction = open(envelopeXdr, rules);
  const facts = factsOf(transaction, rules);
  const hash = transaction.hash();
  const used = new Set(signaturesBy(rules.serverAddress, hash, transaction));
  const signers = account?.signers ?? [{ key: facts.account, weight: 1, type: 'ed25519_public_key' }];
  const threshold = Math.max(account?.threshold ?? 1, 1);
  let weight = 0;
  let signed = false;
  for (const signer of new Map(signers.map((each) => [each.key, each])).values()) {
    if (
      signer.type !== 'ed25519_public_key' ||
      !isAccountAddress(signer.key) ||
      signer.key === rules.serverAddress ||
      signer.weight === 0
    )
      continue;
    const matching = signaturesBy(signer.key, hash, transaction);
    matching.forEach((index) => used.add(index));
    if (matching.length === 0) continue;
    signed = true;
    weight += Math.min(signer.weight, 255);
  }
  refuseIf(!signed, 'unsigned_by_client');
  refuseIf(weight < threshold, 'weight_too_low');
  refuseIf(used.size !== transaction.signatures.length, 'unused_signature');
  return facts;
}

function refuseIf(wrong: boolean, reason: ChallengeReason): void {
  if (wrong) throw new ChallengeRefused(reason);
}

function open(envelopeXdr: string, rules: ChallengeRules): Transaction {
  try {
    const { transaction, feeBump } = readEnvelope(envelopeXdr, rules.passphrase);
    refuseIf(feeBump !== null, 'fee_bump');
    return transaction;
  } catch (error) {
    if (error instanceof EnvelopeUnreadable) throw new ChallengeRefused(error.reason);
    throw error;
  }
}

function factsOf(transaction: Transaction, rules: ChallengeRules): ChallengeFacts {
  refuseIf(transaction.source !== rules.serverAddress, 'wrong_source');
  refuseIf(transaction.sequence !== '0', 'sequence_not_zero');
  const [first, ...others] = transaction.operations;
  if (first === undefined) throw new ChallengeRefused('no_operation');
  const client = parseDestination(first.source ?? '');
  if (client === undefined) throw new ChallengeRefused('no_client_account');
  const nonce = readNonce(first, rules);
  checkOthers(others, rules);
  const memo = readMemo(transaction, client.muxedId !== null);
  checkTime(transaction, rules.now);
  const hash = transaction.hash();
  refuseIf(signaturesBy(rules.serverAddress, hash, transaction).length === 0, 'unsigned_by_server');
  return { ...client, memo, transactionHash: Buffer.from(hash).toString('hex'), nonce };
}

function isManageData(operation: OperationRecord): operation is Operation.ManageData {
  return operation.type === 'manageData';
}

function readNonce(operation: OperationRecord, rules: ChallengeRules): string {
  if (!isManageData(operation)) throw new ChallengeRefused('not_manage_data');
  refuseIf(operation.name !== `${rules.homeDomain} auth`, 'wrong_home_domain');
  const nonce = textValue(operation);
  refuseIf(nonce.length !== 64 || bytesFromBase64(nonce)?.length !== 48, 'wrong_nonce');
  return nonce;
}

function checkOthers(operations: readonly OperationRecord[], rules: ChallengeRules): void {
  let named = false;
  for (const operation of operations) {
    if (!isManageData(operation)) throw new ChallengeRefused('not_manage_data');
    refuseIf(operation.name === 'client_domain', 'client_domain_unsupported');
    refuseIf(operation.source !== rules.serverAddress, 'foreign_operation');
    if (operation.name !== 'web_auth_domain') continue;
    refuseIf(textValue(operation) !== rules.webAuthDomain, 'wrong_web_auth_domain');
    named = true;
  }
  refuseIf(!named, 'wrong_web_auth_domain');
}

function textValue(operation: Operation.ManageData): string {
  return Buffer.from(operation.value ?? []).toString('utf8');
}

function readMemo(transaction: Transaction, muxed: boolean): bigint | null {
  const { type, value } = transaction.memo;
  if (type === 'none') return null;
  if (type !== 'id' || muxed || typeof value !== 'string') throw new ChallengeRefused('wrong_memo');
  return BigInt(value);
}

function checkTime(transaction: Transaction, now: Date): void {
  const bounds = transaction.timeBounds;
  if (bounds === undefined) throw new ChallengeRefused('no_time_bounds');
  refuseIf(bounds.maxTime === '0', 'infinite_time_bounds');
  const seconds = BigInt(Math.floor(now.getTime() / 1000));
  refuseIf(seconds < BigInt(bounds.minTime) || seconds > BigInt(bounds.maxTime), 'expired');
}
