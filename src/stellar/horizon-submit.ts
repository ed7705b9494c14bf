import type { EnvelopeHeader } from './envelope-header';
import { failedInLedger, readSubmission, type SubmissionAnswer } from './horizon-submission';
import { readTransaction, type VerifiedTransaction } from './horizon-transaction';
import type { BareReply, HorizonReply } from './horizon-client';
import { EnvelopeUnreadable, readEnvelope } from './envelope';
import { JsonUnreadable } from './json';
import { LedgerUnavailable, type SubmitOutcome } from './ledger-source';

/** What a submission needs of the provider. Each may throw `LedgerUnavailable`. */
export interface SubmissionPort {
  post(): Promise<HorizonReply | BareReply>;
  find(hash: string): Promise<VerifiedTransaction | null>;
  /** Sequence of an account as ingested; null when it does not exist. */
  sequenceOf(address: string): Promise<bigint | null>;
  latestClosedAt(): Promise<Date>;
}

/**
 * Submits and never guesses. A lost answer, a 504 or nonsense leads to one look-up of the hash and then to
 * `unknown`. A refusal is believed when it comes from a ledger; before that, it may be about a copy that went
 * through moments ago (`tx_bad_seq` after a lost answer usually means success), so the hash is looked up first.
 */
export async function submitEnvelope(
  envelopeXdr: string,
  passphrase: string,
  port: SubmissionPort,
): Promise<SubmitOutcome> {
  const own = ownFacts(envelopeXdr, passphrase);
  if (own === undefined) return { kind: 'rejected', transactionCode: 'tx_malformed', operationCodes: [] };
  const answer = await answerOf(port);
  switch (answer.kind) {
    case 'claim':
      return settleClaim(answer.record, passphrase, own.hash, port);
    case 'refused':
      return settleRefusal(answer, own, port);
    case 'malformed':
      return { kind: 'rejected', transactionCode: 'tx_malformed', operationCodes: [] };
    case 'busy':
      return answer;
    case 'closed':
      throw new LedgerUnavailable('this Horizon takes no submissions');
    case 'look':
      return lookUp(own.hash, port);
  }
}

interface OwnFacts extends EnvelopeHeader {
  readonly hash: string;
}

function ownFacts(envelopeXdr: string, passphrase: string): OwnFacts | undefined {
  try {
    const envelope = readEnvelope(envelopeXdr, passphrase);
    return { ...envelope.header, hash: envelope.hash };
  } catch (error) {
    if (error instanceof EnvelopeUnreadable) return undefined;
    throw error;
  }
}

async function answerOf(port: SubmissionPort): Promise<SubmissionAnswer> {
  try {
    return readSubmission(await port.post());
  } catch (error) {
    // The request may have arrived although its answer did not.
    if (error instanceof LedgerUnavailable) return { kind: 'look' };
    throw error;
  }
}

async function settleClaim(
  record: Parameters<typeof readTransaction>[0],
  passphrase: string,
  hash: string,
  port: SubmissionPort,
): Promise<SubmitOutcome> {
  try {
    const transaction = readTransaction(record, passphrase, hash);
    if (transaction.successful) return { kind: 'applied', hash: transaction.hash, ledger: transaction.ledger };
  } catch (error) {
    if (!(error instanceof JsonUnreadable)) throw error;
  }
  return lookUp(hash, port);
}

/** The hash decides when it is found; otherwise nothing is known. */
async function lookUp(hash: string, port: SubmissionPort): Promise<SubmitOutcome> {
  const found = await find(hash, port);
  return found ? outcomeOf(found) : { kind: 'unknown', hash };
}

function outcomeOf(found: VerifiedTransaction): SubmitOutcome {
  if (found.successful) return { kind: 'applied', hash: found.hash, ledger: found.ledger };
  return { kind: 'rejected', transactionCode: 'tx_failed', operationCodes: [] };
}

async function settleRefusal(
  answer: Extract<SubmissionAnswer, { kind: 'refused' }>,
  own: OwnFacts,
  port: SubmissionPort,
): Promise<SubmitOutcome> {
  const rejected: SubmitOutcome = {
    kind: 'rejected',
    transactionCode: answer.transactionCode,
    operationCodes: answer.operationCodes,
  };
  if (failedInLedger(answer.transactionCode)) return rejected;
  const unknown: SubmitOutcome = { kind: 'unknown', hash: own.hash };
  try {
    // What proves the transaction dead is read BEFORE the hash: a ledger ingested in between then shows the hash.
    const dead = await provenDead(answer.transactionCode, own, port);
    const found = await port.find(own.hash);
    if (found !== null) return outcomeOf(found);
    return dead ? rejected : unknown;
  } catch (error) {
    if (error instanceof LedgerUnavailable) return unknown;
    throw error;
  }
}

/** Whether the refusal can be about nothing but this copy, given what the provider has ingested so far. */
async function provenDead(code: string, own: OwnFacts, port: SubmissionPort): Promise<boolean> {
  if (code === 'tx_too_late')
    return own.maxTime > 0n && (await port.latestClosedAt()).getTime() > Number(own.maxTime) * 1000;
  if (code !== 'tx_bad_seq') return true;
  // Below ours: what the network complains about has not been ingested yet, and may be our own transaction.
  const sequence = await port.sequenceOf(own.source);
  return sequence !== null && sequence >= own.sequence;
}

async function find(hash: string, port: SubmissionPort): Promise<VerifiedTransaction | null> {
  try {
    return await port.find(hash);
  } catch (error) {
    if (error instanceof LedgerUnavailable) return null;
    throw error;
  }
}
