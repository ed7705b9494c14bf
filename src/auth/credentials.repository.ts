import { Injectable } from '@nestjs/common';
import type { Network } from '../common/network';
import { CREATION_COLUMNS, type Keyset, keysetClause } from '../database/keyset';
import { SharedStatement } from '../database/shared-statement';
import { Transactions } from '../database/transactions';
import type { Credential } from './credential';
import type { Scope } from '../common/principal';

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

const LIVE = `select id, merchant_id as "merchantId", network, scopes, secret_digest as "secretDigest", last_used_at as "lastUsedAt", expires_at as "expiresAt"`;
const FIND_API_KEYS = `${LIVE}, encode(secret_digest, 'hex') as presented from credentials where revoked_at is null and kind = 'api_key' and secret_digest = any($1::bytea[])`;
const FIND_CLIENT_KEYS = `${LIVE}, public_part as presented from credentials where revoked_at is null and kind = 'client_key' and public_part = any($1::text[])`;
const INSERT = `insert into credentials (id, merchant_id, kind, public_part, secret_digest, label, network, scopes, issued_by, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;
const REVOKE = `update credentials set revoked_at = $3 where merchant_id = $1 and id = $2 and revoked_at is null`;
const TOUCH = `update credentials set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at < $3)`;

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
  /** Asked by the digest in hex, and by the key. */
  private readonly apiKeys = new SharedStatement((digests: readonly string[]) =>
    this.findEach(FIND_API_KEYS, digests, (hex) => Buffer.from(hex, 'hex')),
  );
  private readonly clientKeys = new SharedStatement((keys: readonly string[]) =>
    this.findEach(FIND_CLIENT_KEYS, keys, (key) => key),
  );

  constructor(private readonly transactions: Transactions) {}

  /** By digest across all merchants: the caller does not know yet which one it is. */
  async findLiveApiKey(secretDigest: Buffer, now: Date): Promise<LiveCredential | null> {
    return unexpired(await this.apiKeys.ask(secretDigest.toString('hex')), now);
  }

  async findLiveClientKey(key: string, now: Date): Promise<LiveCredential | null> {
    return unexpired(await this.clientKeys.ask(key), now);
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

  /** How many of a merchant's credentials would be let in, with a lock that makes others who want to add one wait. */
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
    asked: readonly string[],
    toColumn: (presented: string) => unknown,
  ): Promise<(LiveCredential | undefined)[]> {
    const rows = await this.transactions.rows<LiveCredential & { presented: string }>(text, [
      [...new Set(asked)].map(toColumn),
    ]);
    const found = new Map(rows.map((row) => [row.presented, row]));
    return asked.map((presented) => found.get(presented));
  }
}

function unexpired(found: LiveCredential | undefined, now: Date): LiveCredential | null {
  return found === undefined || (found.expiresAt !== null && found.expiresAt <= now) ? null : found;
}
