import { Injectable } from '@nestjs/common';
import type { Author } from '../audit-log/audit-entry';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { isRowId } from '../common/ids';
import type { Network } from '../common/network';
import type { Keyset } from '../database/keyset';
import { Transactions } from '../database/transactions';
import { MerchantsService } from '../merchants/merchants.service';
import { type CredentialFilter, type CredentialRow, CredentialsRepository } from './credentials.repository';
import { CredentialsService } from './credentials.service';
import { KeyRecordsService } from './key-records.service';
import { type ChangingPrincipal, DEFAULT_KEY_SCOPES, type Principal, type Scope } from '../common/principal';

export type { CredentialRow };
export type KeyKind = CredentialRow['kind'];

export interface KeyDraft {
  /** 1 to 100 characters. */
  readonly label: string;
  /** The caller's own, or the merchant's default one, when absent. */
  readonly network?: Network | undefined;
  /** What a key may do unasked and the caller may do as well, when absent. */
  readonly scopes?: readonly Scope[] | undefined;
  readonly expiresAt?: Date | null | undefined;
}

/** `secret` is returned this once. */
export interface IssuedKey {
  readonly key: CredentialRow;
  readonly secret: string;
}

/** Of each kind; revoked and expired ones do not count. Enough for a key per program and machine. */
export const MAX_LIVE_KEYS = 200;

/** A merchant's credentials for its own programs. A thief would need a new one, so each is audited and announced by an event. */
@Injectable()
export class KeysService {
  constructor(
    private readonly repository: CredentialsRepository,
    private readonly credentials: CredentialsService,
    private readonly merchants: MerchantsService,
    private readonly records: KeyRecordsService,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  list(merchantId: string, filter: CredentialFilter, page: Keyset): Promise<CredentialRow[]> {
    return this.repository.page(merchantId, filter, page);
  }

  /** Throws `resource_not_found`. */
  async get(merchantId: string, filter: CredentialFilter, id: string): Promise<CredentialRow> {
    const key = isRowId(id) ? await this.repository.find(merchantId, filter, id) : null;
    if (key === null) throw new DomainError('resource_not_found');
    return key;
  }

  /** Throws `network_unknown` for a network that the author does not reach. */
  assertReached(author: ChangingPrincipal, network: Network | undefined): void {
    if (network !== undefined) this.credentials.assertNetwork(network);
    if (network !== undefined && author.network !== null && author.network !== network)
      throw new DomainError('network_unknown');
  }

  /** Throws `expiry_in_past`. */
  assertAhead(expiresAt: Date | null | undefined): void {
    if (expiresAt instanceof Date && expiresAt <= this.clock.real())
      throw new DomainError('expiry_in_past', { detail: 'must be in the future' });
  }

  /** Callers can only issue scopes that they have. Errors: scope_not_held, network_unknown, expiry_in_past, key_limit_reached. */
  async issue(author: ChangingPrincipal, kind: KeyKind, draft: KeyDraft): Promise<IssuedKey> {
    const network =
      draft.network ?? author.network ?? (await this.merchants.settings(author.merchantId)).defaultNetwork;
    if (author.network !== null && author.network !== network) throw new DomainError('network_unknown');
    const scopes = draft.scopes ?? DEFAULT_KEY_SCOPES.filter((scope) => author.scopes.has(scope));
    const missing = scopes.filter((scope) => !author.scopes.has(scope));
    if (missing.length > 0)
      throw new DomainError('scope_not_held', { detail: `These credentials cannot give away ${missing.join(', ')}` });
    return this.issueBy(author, author.merchantId, kind, { ...draft, network, scopes }, await this.walletOf(author));
  }

  /** Without asking what the author may do: for the operator. Errors: network_unknown, expiry_in_past, key_limit_reached. */
  issueBy(
    author: Author,
    merchantId: string,
    kind: KeyKind,
    draft: KeyDraft & { readonly network: Network },
    issuedBy: string | null = null,
  ): Promise<IssuedKey> {
    const { label, network, scopes, expiresAt = null } = draft;
    this.assertAhead(expiresAt);
    const request = {
      merchantId,
      label,
      network,
      issuedBy,
      ...(scopes === undefined ? {} : { scopes }),
      ...(expiresAt === null ? {} : { expiresAt }),
    };
    return this.transactions.run(async () => {
      const live = await this.repository.lockLiveCount(merchantId, kind, this.clock.real());
      if (live >= MAX_LIVE_KEYS)
        throw new DomainError('key_limit_reached', {
          detail: `A merchant may have ${MAX_LIVE_KEYS} live keys of a kind: revoke one that is not used any more`,
        });
      const { id, secret } = await (kind === 'api_key'
        ? this.credentials.issueApiKey(request)
        : this.credentials.issueClientKey(request));
      const key = await this.get(merchantId, { kind, reach: null }, id);
      await this.records.created(author, key);
      return { key, secret };
    });
  }

  /** The member behind a caller: a key acts for the member who issued it. */
  private async walletOf({ kind, merchantId, wallet, actor }: Principal): Promise<string | null> {
    return kind === 'session' ? wallet : this.repository.issuerOf(merchantId, actor.slice(kind.length + 1));
  }

  /** From the next request on it is worth nothing. False when it was so already. Throws `resource_not_found`. */
  revoke(author: Author, merchantId: string, filter: CredentialFilter, id: string): Promise<boolean> {
    return this.transactions.run(async () => {
      const key = await this.get(merchantId, filter, id);
      if (!(await this.credentials.revoke(merchantId, id))) return false;
      await this.records.revoked(author, key);
      return true;
    });
  }
}
