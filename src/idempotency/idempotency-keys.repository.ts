import { Injectable } from '@nestjs/common';
import { SharedStatement } from '../database/shared-statement';
import { Transactions } from '../database/transactions';
import type { KeyClaim, KeyIdentity } from './key-claim';
import { KEY_COLUMNS, keyCounts, keyLookup, type KeyRow, type KnownKey, knownKey } from './known-key';
import type { StoredAnswer } from './stored-answer';

interface AskedKey extends KeyIdentity {
  readonly now: Date;
}

const COUNTS = keyCounts({ merchant: '$1::uuid', scope: '$2', key: '$3', at: '$4' });

const FIND = `
  select a.place::int, k.*
  from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) with ordinality as a (merchant_id, scope, key, at, place)
    cross join lateral (${keyLookup({ merchant: 'a.merchant_id', scope: 'a.scope', key: 'a.key', at: 'a.at' })}) k`;

// Never waits: a duplicate that held its connection until the first one is done would let one caller take them all.
const LOCK = `
  with lock as materialized (
    select pg_try_advisory_xact_lock(hashtextextended(concat_ws(' ', $1::uuid::text, $2::text, $3::text), 0)) as free
  )
  select lock.free, ${KEY_COLUMNS} from lock left join idempotency_keys k on ${COUNTS}`;

/** An expired key counts as new, unless a request still works under it. */
const EXPIRED = 'k.expires_at <= excluded.created_at and (k.status is not null or k.locked_until < clock_timestamp())';

const INSERT_ANSWERED = `
  insert into idempotency_keys as k (merchant_id, scope, key, fingerprint, created_at, expires_at, status, headers, body, scopes)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
  on conflict (merchant_id, scope, key) do update set
    fingerprint = excluded.fingerprint, created_at = excluded.created_at, expires_at = excluded.expires_at,
    status = excluded.status, headers = excluded.headers, body = excluded.body, scopes = excluded.scopes, lock_token = null, locked_until = null
  where ${EXPIRED}`;

const CLAIM_LEASE = `
  insert into idempotency_keys as k (merchant_id, scope, key, fingerprint, created_at, expires_at, lock_token, locked_until)
  values ($1, $2, $3, $4, $5, $6, $7, clock_timestamp() + make_interval(secs => $8::int))
  on conflict (merchant_id, scope, key) do update set
    fingerprint = excluded.fingerprint, created_at = excluded.created_at, expires_at = excluded.expires_at,
    status = null, headers = null, body = null, scopes = '{}', lock_token = excluded.lock_token, locked_until = excluded.locked_until
  where (${EXPIRED}) or (k.status is null and k.locked_until < clock_timestamp() and k.fingerprint = excluded.fingerprint)`;

const FENCED = 'merchant_id = $1 and scope = $2 and key = $3 and lock_token = $4 and status is null';
const COMPLETE = `update idempotency_keys set status = $5, headers = $6, body = $7, scopes = $8, lock_token = null, locked_until = null where ${FENCED}`;
const END_LEASE = `update idempotency_keys set locked_until = clock_timestamp() where ${FENCED}`;
const FORGET = `delete from idempotency_keys where ${FENCED}`;

const DELETE_EXPIRED = `
  delete from idempotency_keys where (merchant_id, scope, key) in (
    select merchant_id, scope, key from idempotency_keys where status is not null and expires_at < $1 limit $2 for update skip locked
  )`;

@Injectable()
export class IdempotencyKeysRepository {
  private readonly found = new SharedStatement((asked: readonly AskedKey[]) => this.findEach(asked));

  constructor(private readonly transactions: Transactions) {}

  find(identity: KeyIdentity, now: Date): Promise<KnownKey | null> {
    return this.found.ask({ ...identity, now });
  }

  /** Holds the key until the end of the transaction. `free` is false when another transaction holds it: then nothing is held. */
  async lock(identity: KeyIdentity, now: Date): Promise<{ free: boolean; known: KnownKey | null }> {
    const [row] = await this.transactions.rows<KeyRow & { free: boolean }>(LOCK, [
      identity.merchantId,
      identity.scope,
      identity.key,
      now,
    ]);
    return { free: row?.free === true, known: knownKey(row) };
  }

  /** False when the key is taken: the row that is there decides, whatever was read before. */
  async insertAnswered(claim: KeyClaim, answer: StoredAnswer): Promise<boolean> {
    return (await this.transactions.affected(INSERT_ANSWERED, [...values(claim), ...columns(answer)])) === 1;
  }

  /** True for the one caller that may work under the key now: it is new, expired, or its worker's lease is over. */
  async claimLease(claim: KeyClaim, token: string, seconds: number): Promise<boolean> {
    return (await this.transactions.affected(CLAIM_LEASE, [...values(claim), token, seconds])) === 1;
  }

  /** False when the lease was lost to another worker: then nothing is written. */
  async complete(identity: KeyIdentity, token: string, answer: StoredAnswer): Promise<boolean> {
    return (await this.transactions.affected(COMPLETE, [...fence(identity, token), ...columns(answer)])) === 1;
  }

  /** Ends the lease and leaves the key bound to its request: the next attempt with the same body takes over. */
  async endLease(identity: KeyIdentity, token: string): Promise<void> {
    await this.transactions.affected(END_LEASE, fence(identity, token));
  }

  /** As if the key had never been used. */
  async forget(identity: KeyIdentity, token: string): Promise<void> {
    await this.transactions.affected(FORGET, fence(identity, token));
  }

  /** Deletes at most `limit` answered keys; one that is not answered is never deleted. */
  deleteExpired(before: Date, limit: number): Promise<number> {
    return this.transactions.affected(DELETE_EXPIRED, [before, limit]);
  }

  private async findEach(asked: readonly AskedKey[]): Promise<(KnownKey | null)[]> {
    const columns = [
      asked.map(({ merchantId }) => merchantId),
      asked.map(({ scope }) => scope),
      asked.map(({ key }) => key),
      asked.map(({ now }) => now),
    ];
    const rows = await this.transactions.rows<KeyRow & { place: number }>(FIND, columns);
    const found = new Map(rows.map((row) => [row.place, row]));
    return asked.map((_each, index) => knownKey(found.get(index + 1)));
  }
}

function values(claim: KeyClaim): unknown[] {
  return [claim.merchantId, claim.scope, claim.key, claim.fingerprint, claim.createdAt, claim.expiresAt];
}

function columns(answer: StoredAnswer): unknown[] {
  return [answer.status, JSON.stringify(answer.headers), answer.body, answer.scopes];
}

function fence(identity: KeyIdentity, token: string): unknown[] {
  return [identity.merchantId, identity.scope, identity.key, token];
}
