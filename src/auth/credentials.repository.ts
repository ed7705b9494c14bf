import { Injectable } from '@nestjs/common';
import type { Network } from '../common/network';
import type { Scope } from '../common/principal';
import type { TillRow } from '../common/till';
import { CREATION_COLUMNS, type Keyset, keysetClause } from '../database/keyset';
import { SharedStatement } from '../database/shared-statement';
import { Transactions } from '../database/transactions';
import { type KnownKey, knownKey } from '../idempotency/known-key';
import type { Credential } from './credential';
import { ALONG_TABLES, type AlongRow, NOTHING_ALONG, type ReadAlong, tillOf } from './read-along';

/** Everything but the digest. */
export type CredentialRow = Omit<Credential, 'secretDigest'>;

/** Neither used nor revoked yet. */
export type NewCredentialRow = Omit<Credential, 'revokedAt' | 'lastUsedAt'>;

/** What has to be known of a credential to let a request in. */
export interface LiveCredential {
  readonly id: string;
  readonly merchantId: string;
  readonly network: Network;
  readonly scopes: readonly Scope[];
  readonly secretDigest: Buffer;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date | null;
}

const LIVE = `id, merchant_id as "merchantId", network, scopes, secret_digest as "secretDigest", last_used_at as "lastUsedAt", expires_at as "expiresAt"`;
const API_KEYS = `revoked_at is null and kind = 'api_key' and secret_digest`;
const CLIENT_KEYS = `revoked_at is null and kind = 'client_key' and public_part`;
const FIND_API_KEYS = `select ${LIVE}, encode(secret_digest, 'hex') as presented from credentials where ${API_KEYS} = any($1::bytea[])`;
const FIND_CLIENT_KEYS = `select ${LIVE}, public_part as presented from credentials where ${CLIENT_KEYS} = any($1::text[])`;
const FIND_API_KEYS_ALONG = findAlong('bytea', API_KEYS);
const FIND_CLIENT_KEYS_ALONG = findAlong('text', CLIENT_KEYS);
const INSERT = `insert into credentials (id, merchant_id, kind, public_part, secret_digest, label, network, scopes, issued_by, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;
const REVOKE = `update credentials set revoked_at = $3 where merchant_id = $1 and id = $2 and revoked_at is null`;
const TOUCH = `update credentials set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at < $3)`;

/** A credential, and what was read along with it. */
export interface FoundCredential extends LiveCredential {
  /** Null where no such key counts; undefined where it was not asked for. */
  readonly key?: KnownKey | null;
  readonly till?: TillRow;
}

interface Asked extends ReadAlong {
  /** The digest of an API key in hex, or a client key. */
  readonly presented: string;
  readonly now: Date;
}

/** `kind` null for both; `reach` is the one network the caller may see, null for all. */
export interface CredentialFilter {
  readonly kind: Credential['kind'] | null;
  readonly reach: Network | null;
  readonly network?: readonly Network[];
}

const COLUMNS = `id, merchant_id as "merchantId", kind, public_part as "publicPart", label, network, scopes, issued_by as "issuedBy", created_at as "createdAt", expires_at as "expiresAt",
  revoked_at as "revokedAt", last_used_at as "lastUsedAt"`;
const OWNED = 'merchant_id = $1 and ($2::text is null or kind = $2) and ($3::text is null or network = $3)';

@Injectable()
export class CredentialsRepository {
  private readonly apiKeys = new SharedStatement((asked: readonly Asked[]) =>
    this.findEach(FIND_API_KEYS, asked, fromHex),
  );
  private readonly clientKeys = new SharedStatement((asked: readonly Asked[]) =>
    this.findEach(FIND_CLIENT_KEYS, asked, asItIs),
  );
  private readonly apiKeysAlong = new SharedStatement((asked: readonly Asked[]) =>
    this.findEachAlong(FIND_API_KEYS_ALONG, asked, fromHex),
  );
  private readonly clientKeysAlong = new SharedStatement((asked: readonly Asked[]) =>
    this.findEachAlong(FIND_CLIENT_KEYS_ALONG, asked, asItIs),
  );

  constructor(private readonly transactions: Transactions) {}

  /** By digest across all merchants: the caller does not know yet which one it is. */
  async findLiveApiKey(secretDigest: Buffer, now: Date, along = NOTHING_ALONG): Promise<FoundCredential | null> {
    const found = asksAlong(along) ? this.apiKeysAlong : this.apiKeys;
    return unexpired(await found.ask({ presented: secretDigest.toString('hex'), now, ...along }), now);
  }

  async findLiveClientKey(key: string, now: Date, along = NOTHING_ALONG): Promise<FoundCredential | null> {
    const found = asksAlong(along) ? this.clientKeysAlong : this.clientKeys;
    return unexpired(await found.ask({ presented: key, now, ...along }), now);
  }

  async insert(credential: NewCredentialRow): Promise<void> {
    const { id, merchantId, kind, publicPart, secretDigest, label, network, scopes, issuedBy, createdAt, expiresAt } =
      credential;
    await this.transactions.affected(INSERT, [
      id,
      merchantId,
      kind,
      publicPart,
      secretDigest,
      label,
      network,
      scopes,
      issuedBy,
      createdAt,
      expiresAt,
    ]);
  }

  listByMerchant(merchantId: string): Promise<CredentialRow[]> {
    return this.transactions.rows(
      `select ${COLUMNS} from credentials where merchant_id = $1 order by created_at desc, id desc`,
      [merchantId],
    );
  }

  page(merchantId: string, { kind, reach, network }: CredentialFilter, page: Keyset): Promise<CredentialRow[]> {
    const values: unknown[] = [merchantId, kind, reach, network ?? null];
    return this.transactions.page(
      `select ${COLUMNS} from credentials where ${OWNED} and ($4::text[] is null or network = any($4)) ${keysetClause(page, CREATION_COLUMNS, values)}`,
      values,
    );
  }

  async find(merchantId: string, { kind, reach }: CredentialFilter, id: string): Promise<CredentialRow | null> {
    const [row] = await this.transactions.rows<CredentialRow>(
      `select ${COLUMNS} from credentials where ${OWNED} and id = $4`,
      [merchantId, kind, reach, id],
    );
    return row ?? null;
  }

  /** The wallet behind a credential, null for the operator's; see Credential. */
  async issuerOf(merchantId: string, id: string): Promise<string | null> {
    const [row] = await this.transactions.rows<{ issuedBy: string | null }>(
      `select issued_by as "issuedBy" from credentials where merchant_id = $1 and id = $2`,
      [merchantId, id],
    );
    return row?.issuedBy ?? null;
  }

  /** How many of a merchant's credentials would be let in, with a lock that makes other requests to add one wait. */
  async lockLiveCount(merchantId: string, kind: Credential['kind'], now: Date): Promise<number> {
    await this.transactions.rows('select from merchants where id = $1 for no key update', [merchantId]);
    const [row] = await this.transactions.rows<{ count: bigint }>(
      'select count(*) as count from credentials where merchant_id = $1 and kind = $2 and revoked_at is null and (expires_at is null or expires_at > $3)',
      [merchantId, kind, now],
    );
    return Number(row?.count ?? 0n);
  }

  /** False when there is nothing (left) to revoke. */
  async revoke(merchantId: string, id: string, now: Date): Promise<boolean> {
    return (await this.transactions.affected(REVOKE, [merchantId, id, now])) === 1;
  }

  async touch(id: string, now: Date, unlessAfter: Date): Promise<void> {
    await this.transactions.affected(TOUCH, [id, now, unlessAfter]);
  }

  private async findEach(
    text: string,
    asked: readonly Asked[],
    toColumn: (presented: string) => unknown,
  ): Promise<(FoundCredential | undefined)[]> {
    const rows = await this.transactions.rows<LiveCredential & { presented: string }>(text, [
      [...new Set(asked.map(({ presented }) => presented))].map(toColumn),
    ]);
    const found = new Map(rows.map((row) => [row.presented, row]));
    return asked.map(({ presented }) => found.get(presented));
  }

  private async findEachAlong(
    text: string,
    asked: readonly Asked[],
    toColumn: (presented: string) => unknown,
  ): Promise<(FoundCredential | undefined)[]> {
    const rows = await this.transactions.rows<LiveCredential & AlongRow & { place: number }>(text, [
      asked.map(({ presented }) => toColumn(presented)),
      asked.map(({ key }) => key),
      asked.map(({ till }) => till),
      asked.map(({ now }) => now),
    ]);
    const found = new Map(rows.map((row) => [row.place, row]));
    return asked.map(({ key }, index) => {
      const row = found.get(index + 1);
      if (row === undefined) return undefined;
      const till = tillOf(row);
      return {
        ...row,
        ...(key === null ? {} : { key: knownKey(row) }),
        ...(till === undefined ? {} : { till }),
      };
    });
  }
}

/** One look into the index for each that is asked about; see keyLookup for the limit. */
function findAlong(type: 'bytea' | 'text', credential: string): string {
  return `
  select a.place::int, c.*, t.*, k.*
  from unnest($1::${type}[], $2::text[], $3::boolean[], $4::timestamptz[]) with ordinality as a (presented, key, till, at, place)
    cross join lateral (select ${LIVE} from credentials where ${credential} = a.presented limit 1) c${ALONG_TABLES}`;
}

function asksAlong({ key, till }: ReadAlong): boolean {
  return key !== null || till;
}

function fromHex(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}

function asItIs(presented: string): string {
  return presented;
}

function unexpired(found: FoundCredential | undefined, now: Date): FoundCredential | null {
  return found === undefined || (found.expiresAt !== null && found.expiresAt <= now) ? null : found;
}
