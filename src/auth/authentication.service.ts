import { Injectable } from '@nestjs/common';
import { DomainError } from '../common/errors';
import { isAccountAddress } from '../stellar/address';
import { CredentialsService } from './credentials.service';
import { authenticationRequired, type PresentedCredentials, presentedCredentials } from './presented-credentials';
import type { Principal } from '../common/principal';
import { type KnownCaller, NOTHING_ALONG, type ReadAlong } from './read-along';
import { SessionJwts } from './session-jwts';
import { SESSION_PREFIX, sessionOver, SessionsService, walletPrincipal } from './sessions.service';
import { SignInService } from './sign-in.service';

/** Turns what a request presents into the one Principal it acts as. */
@Injectable()
export class AuthenticationService {
  constructor(
    private readonly credentials: CredentialsService,
    private readonly sessions: SessionsService,
    private readonly jwts: SessionJwts,
    private readonly signIn: SignInService,
  ) {}

  /**
   * `rawHeaders` as Node gives them. Throws `authentication_required`, `several_credentials`,
   * `invalid_credentials`, `invalid_signature` or, for a signed request, `ledger_unavailable`.
   */
  async callerOf(rawHeaders: readonly string[], along: ReadAlong = NOTHING_ALONG): Promise<KnownCaller> {
    const presented = presentedCredentials(rawHeaders);
    if (presented.kind === 'wallet') return { principal: await this.principalOfWallet(presented) };
    const caller = await this.callerOfSecret(presented, along);
    // Some clients send their address along with the token. It must not say anything the token does not say.
    if (presented.claimedWallet !== null && presented.claimedWallet !== caller.principal.wallet)
      throw new DomainError('several_credentials');
    return caller;
  }

  /** Ends the session whose token the request presents. Throws `authentication_required` for any other credential. */
  async signOut(rawHeaders: readonly string[]): Promise<void> {
    const presented = presentedCredentials(rawHeaders);
    if (
      presented.kind === 'bearer' &&
      (presented.token.startsWith(SESSION_PREFIX) || this.jwts.isGenuine(presented.token))
    )
      return this.sessions.revoke(presented.token);
    throw authenticationRequired('Only a session can be ended here: send its token as a bearer token');
  }

  /** Nothing is read along with a session, which reaches every network. */
  private async callerOfSecret(
    presented: Exclude<PresentedCredentials, { kind: 'wallet' }>,
    along: ReadAlong,
  ): Promise<KnownCaller> {
    if (presented.kind === 'client_key')
      return this.credentials.callerOfClientKey(presented.key, presented.secret, along);
    const { token } = presented;
    if (token.startsWith('sk_')) return this.credentials.callerOfApiKey(token, along);
    if (!token.startsWith(SESSION_PREFIX) && !this.jwts.isGenuine(token)) throw sessionOver();
    return { principal: await this.sessions.principalOf(token) };
  }

  private async principalOfWallet(proof: Extract<PresentedCredentials, { kind: 'wallet' }>): Promise<Principal> {
    if (!isAccountAddress(proof.wallet))
      throw authenticationRequired('Valid wallet address required (x-wallet-address)');
    const member = await this.signIn.memberByMessage(proof);
    return walletPrincipal(member.merchantId, proof.wallet, member.role);
  }
}
