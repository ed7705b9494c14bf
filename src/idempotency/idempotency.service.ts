import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError, isDomainError } from '../common/errors';
import { Ids } from '../common/ids';
import { violatedUnique } from '../database/database-errors';
import { Transactions } from '../database/transactions';
import type { WriteFragment } from '../database/write-fragment';
import type { Dialect } from '../http/dialect';
import { keyRefusal } from './key-refusals';
import { type BlankAnswer, keepAnswer, type StatementWord } from './answer-keeper';
import { IdempotencyKeysRepository } from './idempotency-keys.repository';
import type { KeyClaim, KeyIdentity } from './key-claim';
import type { KnownKey } from './known-key';
import { isDecision, type StoredAnswer } from './stored-answer';

/** How long a key is promised to be remembered. */
export const PROMISE_SECONDS = 24 * 3600;
/** Longer than any answer takes: after it the worker counts as dead and an equal request takes over. */
const LEASE_SECONDS = 90;

export interface KeyedRequest {
  readonly identity: KeyIdentity;
  readonly fingerprint: Buffer;
  /** What was known of the key when the request came; undefined where it was not looked up. */
  readonly known: KnownKey | null | undefined;
  /** Decides the form of refusals. */
  readonly dialect: Dialect;
  /** What the credentials of this request may do. */
  readonly scopes: ReadonlySet<string>;
}

/** Keeps an answer under the key in the statement of the request's own work. */
export type KeepsBlank = (answerOf: (blank: string) => BlankAnswer, word: StatementWord) => WriteFragment;

/**
 * The request's own work. It keeps its answer where it is given something to do so with. `refuse` renders what it throws; `keep` is
 * what may be stored of an answer.
 */
export interface KeyedWork {
  readonly execute: (keeps?: KeepsBlank) => Promise<StoredAnswer>;
  readonly refuse: (error: DomainError) => StoredAnswer;
  readonly keep: (answer: StoredAnswer) => StoredAnswer;
}

export interface KeyedAnswer {
  readonly answer: StoredAnswer;
  readonly replayed: boolean;
}

/** Another request answered under the key between our look and our write; takes our transaction back. */
class KeyTaken extends Error {}

/** Same key, same effect, same answer. */
@Injectable()
export class IdempotencyService {
  /** Keys that are being answered in this process, without a transaction that would hold them. */
  private readonly composing = new Set<string>();

  constructor(
    private readonly keys: IdempotencyKeysRepository,
    private readonly transactions: Transactions,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Effect and answer in one transaction: after a crash there are both or neither. The work must not leave the
   * database. A decision against the caller takes its effects back and is stored all the same. Throws
   * `idempotency_key_reused`, `idempotency_key_in_use`, and what the work throws.
   */
  async once(request: KeyedRequest, work: KeyedWork): Promise<KeyedAnswer> {
    const claim = this.claimOf(request);
    const earlier = replayOf(request, await this.lookedUp(request, claim));
    return earlier ?? this.inTransaction(request, claim, work);
  }

  /**
   * The same for work that is one statement and keeps its answer in it, so that no transaction has to hold the two together. Equal
   * requests that come to this process meanwhile are refused at once: they would wait for that statement, each on a connection.
   * One that comes to another process does wait, and is then answered as a replay.
   */
  async composed(request: KeyedRequest, work: KeyedWork): Promise<KeyedAnswer> {
    const claim = this.claimOf(request);
    const earlier = replayOf(request, await this.lookedUp(request, claim));
    if (earlier !== undefined) return earlier;
    const name = JSON.stringify([claim.merchantId, claim.scope, claim.key]);
    if (this.composing.has(name)) throw keyRefusal('idempotency_key_in_use', request.dialect, 1);
    this.composing.add(name);
    try {
      return await this.compose(request, claim, work);
    } finally {
      this.composing.delete(name);
    }
  }

  /**
   * For work that calls the network, and so cannot be one transaction: the claim is committed first, under a lease.
   * A worker that dies or loses its lease is followed by the next equal request, so the work must be safe to repeat.
   */
  async leased(request: KeyedRequest, work: KeyedWork): Promise<KeyedAnswer> {
    const claim = this.claimOf(request);
    const earlier = replayOf(request, await this.lookedUp(request, claim));
    if (earlier !== undefined) return earlier;
    const token = this.ids.row();
    if (!(await this.keys.claimLease(claim, token, LEASE_SECONDS))) return this.answeredElsewhere(request, claim);
    const answer = await work.execute().catch(async (error: unknown) => {
      await this.giveBack(claim, token, error, work, isDomainError(error) && isKept(error, request));
      throw error;
    });
    if (await this.keys.complete(claim, token, work.keep(answer))) return { answer, replayed: false };
    return this.answeredElsewhere(request, claim);
  }

  private async compose(request: KeyedRequest, claim: KeyClaim, work: KeyedWork): Promise<KeyedAnswer> {
    let kept = false;
    const keeps: KeepsBlank = (answerOf, word) => {
      kept = true;
      return keepAnswer(claim, answerOf(this.ids.publicId()), word);
    };
    try {
      const answer = await work.execute(keeps);
      if (!kept) throw new Error('a handler that keeps its answer itself has not kept it');
      return { answer, replayed: false };
    } catch (error) {
      // Another request was first, or the key is there from a day ago: the transaction finds out which.
      if (violatedUnique(error) === 'idempotency_keys_pkey') return this.inTransaction(request, claim, work);
      return this.refused(error, request, claim, work);
    }
  }

  private async inTransaction(request: KeyedRequest, claim: KeyClaim, work: KeyedWork): Promise<KeyedAnswer> {
    try {
      return await this.transactions.run(() => this.attempt(request, claim, work));
    } catch (error) {
      if (error instanceof KeyTaken) return this.answeredElsewhere(request, claim);
      return this.refused(error, request, claim, work);
    }
  }

  /** Stores a decision, and throws it, unless an equal request has decided by now: the first decision is for all. */
  private async refused(error: unknown, request: KeyedRequest, claim: KeyClaim, work: KeyedWork): Promise<KeyedAnswer> {
    if (!(error instanceof DomainError) || !isKept(error, request)) throw error;
    if (await this.keys.insertAnswered(claim, work.refuse(error))) throw error;
    return this.answeredElsewhere(request, claim);
  }

  private lookedUp({ known }: KeyedRequest, claim: KeyClaim): Promise<KnownKey | null> {
    return known === undefined ? this.keys.find(claim, claim.createdAt) : Promise.resolve(known);
  }

  private async attempt(request: KeyedRequest, claim: KeyClaim, work: KeyedWork): Promise<KeyedAnswer> {
    const { free, known } = await this.keys.lock(claim, claim.createdAt);
    const earlier = replayOf(request, known);
    if (earlier !== undefined) return earlier;
    if (!free) throw keyRefusal('idempotency_key_in_use', request.dialect, 1);
    const answer = await work.execute();
    if (!(await this.keys.insertAnswered(claim, work.keep(answer)))) throw new KeyTaken();
    return { answer, replayed: false };
  }

  /** The answer of the request that was first, or 409 while it has none. */
  private async answeredElsewhere(request: KeyedRequest, claim: KeyClaim): Promise<KeyedAnswer> {
    const known = await this.keys.find(claim, claim.createdAt);
    const earlier = replayOf(request, known);
    if (earlier === undefined) throw keyRefusal('idempotency_key_in_use', request.dialect, 1);
    return earlier;
  }

  /** A decision stays, a refusal of the input frees the key, and a request with an unknown end stays bound to its key. */
  private async giveBack(
    claim: KeyClaim,
    token: string,
    error: unknown,
    work: KeyedWork,
    kept: boolean,
  ): Promise<void> {
    if (!(error instanceof DomainError) || error.status >= 500) await this.keys.endLease(claim, token);
    else if (kept) await this.keys.complete(claim, token, work.refuse(error));
    else await this.keys.forget(claim, token);
  }

  private claimOf({ identity, fingerprint }: KeyedRequest): KeyClaim {
    const createdAt = this.clock.real();
    return { ...identity, fingerprint, createdAt, expiresAt: new Date(createdAt.getTime() + PROMISE_SECONDS * 1000) };
  }
}

function isKept(error: DomainError, { dialect }: KeyedRequest): boolean {
  return dialect.keys.keepDecisions && isDecision(error);
}

/** A replay is only for callers who could have got the first answer: keys of one merchant differ in what they may read. */
function assertMayBeTold({ scopes }: StoredAnswer, held: ReadonlySet<string>): void {
  const missing = scopes.find((scope) => !held.has(scope));
  if (missing !== undefined)
    throw new DomainError('missing_scope', {
      detail: `These credentials do not allow this: the scope ${missing} is missing, which the answer to this Idempotency-Key takes`,
    });
}

/** Undefined when the key says nothing yet. Throws when it belongs to another request, to one that is being answered, or to credentials that may do more. */
function replayOf(request: KeyedRequest, known: KnownKey | null): KeyedAnswer | undefined {
  if (known === null) return undefined;
  if (!known.fingerprint.equals(request.fingerprint)) throw keyRefusal('idempotency_key_reused', request.dialect);
  if (known.answer !== null) assertMayBeTold(known.answer, request.scopes);
  if (known.answer !== null) return { answer: known.answer, replayed: true };
  if (known.leaseSeconds > 0) throw keyRefusal('idempotency_key_in_use', request.dialect, known.leaseSeconds);
  return undefined;
}
