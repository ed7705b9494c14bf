import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { Ids } from '../common/ids';
import { digest } from '../common/secrets';
import { type Principal, SCOPES_OF_ROLE, type Role } from '../common/principal';
import { SessionsRepository } from './sessions.repository';

export const SESSION_PREFIX = 'ses_';
export const SESSION_SECONDS = 1800;

export interface OpenedSession {
  /** Shown once; only its digest is stored. */
  readonly token: string;
  readonly expiresAt: Date;
  readonly wallet: string;
}

interface SessionOwner {
  readonly merchantId: string;
  readonly memberId: string;
  readonly wallet: string;
}

/** The only place where sessions come from, whichever way the wallet has proven itself. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly repository: SessionsRepository,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** `tokenOf` makes the token where it is not a plain one; it must be as hard to guess. */
  async open(owner: SessionOwner, tokenOf?: (createdAt: Date, expiresAt: Date) => string): Promise<OpenedSession> {
    const createdAt = this.clock.real();
    const expiresAt = new Date(createdAt.getTime() + SESSION_SECONDS * 1000);
    const token = tokenOf?.(createdAt, expiresAt) ?? this.ids.token(SESSION_PREFIX);
    await this.repository.insert({ ...owner, digest: digest(token), createdAt, expiresAt });
    return { token, expiresAt, wallet: owner.wallet };
  }

  /** Throws `invalid_credentials` for a token that is unknown, revoked or expired. */
  async principalOf(token: string): Promise<Principal> {
    const session = await this.repository.findLive(digest(token), this.clock.real());
    if (session !== null) return walletPrincipal(session.merchantId, session.wallet, session.role);
    throw sessionOver();
  }

  async revoke(token: string): Promise<void> {
    await this.repository.revoke(digest(token), this.clock.real());
  }
}

/** One answer for every token that opens no session, whatever it looks like. */
export function sessionOver(): DomainError {
  return new DomainError('invalid_credentials', {
    detail: 'Invalid or expired session token. Re-authenticate your wallet.',
  });
}

/** A wallet acts with the scopes of its role, on every enabled network. */
export function walletPrincipal(merchantId: string, wallet: string, role: Role): Principal {
  return {
    kind: 'session',
    merchantId,
    wallet,
    network: null,
    scopes: new Set(SCOPES_OF_ROLE[role]),
    actor: `wallet:${wallet}`,
  };
}
