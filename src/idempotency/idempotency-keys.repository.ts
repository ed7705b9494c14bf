import { Injectable } from '@nestjs/common';
import { SharedStatement } from '../database/shared-statement';
import { Transactions } from '../database/transactions';
import type { StoredAnswer } from './stored-answer';

/** Whose key it is. */
export interface KeyIdentity {
  readonly merchantId: string;
  /** What the credentials reach: a network, every network, or for callers without credentials their address. */
  readonly scope: string;
  readonly key: string;
}

export interface KeyClaim extends KeyIdentity {
  readonly fingerprint: Buffer;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** A key that counts: it has not expired. */
export interface KnownKey {
  readonly fingerprint: Buffer;
  /** Null while it is being answered, and after a worker died on it. */
  readonly answer: StoredAnswer | null;
  /** Seconds left of the lease by the database clock; not positive when it is over or there is none. */
  readonly leaseSeconds: number;
}

interface AskedKey extends KeyIdentity {
  readonly now: Date;
}

interface KeyRow {
  readonly fingerprint: Buffer | null;
  readonly status: number | null;
  readonly headers: Record<string, string> | null;
  readonly body: Buffer | null;
  readonly scopes: readonly string[] | null;
  readonly leaseSeconds: number | null;
}

const COLUMNS = `k.fingerprint, k.status, k.headers, k.body, k.scopes, extract(epoch from k.locked_until - clock_timestamp())::float8 as "leaseSeconds"`;
const COUNTS = 'k.merchant_id = $1::uuid and k.scope = $2 and k.key = $3 and k.expires_at > $4';

// One look into the primary key for each that is asked about: the limit keeps the planner from joining with the whole
// of a table that is still small, which it would go on doing while the table grows.
const FIND = `
  select a.place::int, k.fingerprint, k.status, k.headers, k.body, k.scopes, k."leaseSeconds"
  from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) with ordinality as a (merchant_id, scope, key, at, place)
    cross join lateral (
      select ${COLUMNS} from idempotency_keys k where k.merchant_id = a.merchant_id and k.scope = a.scope and k.key = a.key and k.expires_at > a.at limit 1
    ) k`;

// Never waits: a duplicate that held its connection until the first one is done would let one caller take them all.
const LOCK = `
  with lock as materialized (
    select pg_try_advisory_xact_lock(hashtextextended(concat_ws(' ', $1::uuid::text, $2::text, $3::text), 0)) as free
  )
  select lock.free, ${COLUMNS} from lock left join idempotency_keys k on ${COUNTS}`;

/** An expired key counts as new, unless somebody still works under it. */
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
    return { free: row?.free === true, known: known(row) };
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
    return asked.map((_each, index) => known(found.get(index + 1)));
  }
}

function known(row: KeyRow | undefined): KnownKey | null {
  if (row === undefined || row.fingerprint === null) return null;
  const answer =
    row.status === null
      ? null
      : { status: row.status, headers: row.headers ?? {}, body: row.body, scopes: row.scopes ?? [] };
  return { fingerprint: row.fingerprint, answer, leaseSeconds: row.leaseSeconds ?? 0 };
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
