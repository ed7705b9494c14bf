import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { Ids } from '../common/ids';
import type { Network } from '../common/network';
import { leavesMark } from '../common/plain-text';
import { digest, sameDigest } from '../common/secrets';
import { LedgerSources } from '../stellar/ledger-sources';
import type { Credential } from './credential';
import {
  type CredentialRow,
  CredentialsRepository,
  type FoundCredential,
  type LiveCredential,
} from './credentials.repository';
import { invalidCredentials } from './presented-credentials';
import type { KnownCaller, ReadAlong } from './read-along';
import { DEFAULT_KEY_SCOPES, SCOPES, type Scope } from '../common/principal';

interface NewCredential {
  readonly merchantId: string;
  readonly network: Network;
  /** 1 to 100 characters. */
  readonly label: string;
  /** `DEFAULT_KEY_SCOPES` when absent. */
  readonly scopes?: readonly Scope[];
  readonly expiresAt?: Date;
  /** Wallet of the member who issues the key; absent for the operator. */
  readonly issuedBy?: string | null;
}

/** `secret` cannot be had a second time. */
export interface IssuedCredential {
  readonly id: string;
  /** Start of the API key, or the whole client key. */
  readonly publicPart: string;
  readonly secret: string;
}

const TOUCH_EVERY_MS = 60_000;
/** Characters of an API key after its prefix that may be shown; 226 random bits stay unknown. */
const SHOWN = 6;
/** Compared with when there is no such credential, so that both roads do the same work. */
const NOBODY = digest('nobody');

@Injectable()
export class CredentialsService implements OnApplicationShutdown {
  private readonly logger = new Logger(CredentialsService.name);
  private readonly touching = new Set<Promise<void>>();
  /** Those of this deployment: a credential of another one is worth nothing here. */
  private readonly networks: ReadonlySet<Network>;

  constructor(
    private readonly repository: CredentialsRepository,
    private readonly ledgers: LedgerSources,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {
    this.networks = new Set(ledgers.all.map(({ network }) => network));
  }

  /** Throws `network_unknown`. */
  assertNetwork(network: Network): void {
    this.ledgers.of(network);
  }

  /** `sk_live_...` on the public network, `sk_test_...` elsewhere; used as a bearer token. */
  async issueApiKey(request: NewCredential): Promise<IssuedCredential> {
    const prefix = `sk_${mode(request.network)}_`;
    const secret = this.ids.token(prefix);
    return this.issue('api_key', request, secret.slice(0, prefix.length + SHOWN), secret);
  }

  /** A key that names the client and a secret that proves it, sent as two headers. */
  async issueClientKey(request: NewCredential): Promise<IssuedCredential> {
    const key = this.ids.token(`ck_${mode(request.network)}_`, 20);
    return this.issue('client_key', request, key, this.ids.token(`cs_${mode(request.network)}_`));
  }

  /** A merchant's credentials, newest first, revoked ones too; without digests. */
  list(merchantId: string): Promise<CredentialRow[]> {
    return this.repository.listByMerchant(merchantId);
  }

  /** From the next request on the credential is worth nothing. False when it is not the merchant's or already revoked. */
  revoke(merchantId: string, id: string): Promise<boolean> {
    return this.repository.revoke(merchantId, id, this.clock.real());
  }

  /** Throws `invalid_credentials`. */
  async callerOfApiKey(key: string, along?: ReadAlong): Promise<KnownCaller> {
    const presented = digest(key);
    const found = await this.repository.findLiveApiKey(presented, this.clock.real(), along);
    return this.admit('api_key', found, presented);
  }

  /** Throws `invalid_credentials`, whichever of the two is wrong. */
  async callerOfClientKey(key: string, secret: string, along?: ReadAlong): Promise<KnownCaller> {
    const found = await this.repository.findLiveClientKey(key, this.clock.real(), along);
    return this.admit('client_key', found, digest(secret));
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.touching);
  }

  private admit(kind: 'api_key' | 'client_key', found: FoundCredential | null, presented: Buffer): KnownCaller {
    const proven = sameDigest(found?.secretDigest ?? NOBODY, presented);
    // A key outlives the network it was made for when the configuration changes.
    if (found === null || !proven || !this.networks.has(found.network)) throw invalidCredentials();
    this.touch(found);
    const scopes = new Set(SCOPES.filter((scope) => found.scopes.includes(scope)));
    const { merchantId, network, till, key } = found;
    const principal = { kind, merchantId, wallet: null, network, scopes, actor: `${kind}:${found.id}` };
    return {
      principal: till === undefined ? principal : { ...principal, till },
      ...(key === undefined ? {} : { key }),
    };
  }

  /** Beside the request, which does not wait for it, and at most once a minute. */
  private touch(credential: LiveCredential): void {
    const now = this.clock.real();
    const stale = new Date(now.getTime() - TOUCH_EVERY_MS);
    if (credential.lastUsedAt !== null && credential.lastUsedAt >= stale) return;
    const done = this.repository
      .touch(credential.id, now, stale)
      .catch((error: unknown) =>
        this.logger.warn(`last use of credential ${credential.id} not noted: ${String(error)}`),
      )
      .finally(() => this.touching.delete(done));
    this.touching.add(done);
  }

  private async issue(
    kind: Credential['kind'],
    request: NewCredential,
    publicPart: string,
    secret: string,
  ): Promise<IssuedCredential> {
    this.assertNetwork(request.network);
    if (!leavesMark(request.label) || request.label.length > 100) {
      throw new DomainError('validation_failed', {
        faults: [{ path: 'label', message: 'must have 1 to 100 characters, of which something can be seen' }],
      });
    }
    const id = this.ids.row();
    await this.repository.insert({
      id,
      kind,
      publicPart,
      merchantId: request.merchantId,
      secretDigest: digest(secret),
      label: request.label,
      network: request.network,
      scopes: [...(request.scopes ?? DEFAULT_KEY_SCOPES)],
      issuedBy: request.issuedBy ?? null,
      createdAt: this.clock.real(),
      expiresAt: request.expiresAt ?? null,
    });
    return { id, publicPart, secret };
  }
}

function mode(network: Network): 'live' | 'test' {
  return network === 'public' ? 'live' : 'test';
}
