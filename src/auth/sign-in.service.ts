import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import { type Membership, MerchantsService } from '../merchants/merchants.service';
import { ChallengesService, invalidSignature, type MessageProof } from './challenges.service';
import { Sep10Service } from './sep10.service';
import { SessionJwts } from './session-jwts';
import { type OpenedSession, SessionsService } from './sessions.service';
import { WalletControlService } from './wallet-control.service';

/**
 * Both ways for a wallet to prove itself. The proof is checked and the ledger asked before anything is written;
 * then using the challenge up, opening the merchant and opening the session are one transaction, so that a
 * failure in between leaves the wallet with a challenge that still works.
 */
@Injectable()
export class SignInService {
  constructor(
    private readonly challenges: ChallengesService,
    private readonly sep10: Sep10Service,
    private readonly control: WalletControlService,
    private readonly merchants: MerchantsService,
    private readonly sessions: SessionsService,
    private readonly jwts: SessionJwts,
    private readonly transactions: Transactions,
  ) {}

  /** A session for a signed message. Throws `invalid_signature` or `ledger_unavailable`. */
  async withMessage(proof: MessageProof): Promise<OpenedSession> {
    await this.verify(proof);
    return this.transactions.run(async () =>
      this.sessions.open({ ...(await this.claim(proof)), wallet: proof.wallet }),
    );
  }

  /** The same proof for one request only, without a session. */
  async memberByMessage(proof: MessageProof): Promise<Membership> {
    await this.verify(proof);
    return this.transactions.run(() => this.claim(proof));
  }

  /** A session for a signed challenge transaction (SEP-10), whose token is a JWT. Throws `challenge_invalid`, `invalid_signature` or `ledger_unavailable`. */
  async withTransaction(envelopeXdr: string): Promise<OpenedSession> {
    const proof = await this.sep10.verify(envelopeXdr);
    return this.transactions.run(async () => {
      await this.sep10.claim(proof);
      const { wallet, digest } = proof;
      const owner = { ...(await this.merchants.openForWallet(wallet)), wallet };
      return this.sessions.open(owner, (createdAt, expiresAt) =>
        this.jwts.issue({ wallet, challengeHash: digest.toString('hex'), createdAt, expiresAt }),
      );
    });
  }

  private async verify(proof: MessageProof): Promise<void> {
    await this.challenges.verify(proof);
    if (!(await this.control.ownKeyControls(proof.wallet))) throw invalidSignature();
  }

  private async claim(proof: MessageProof): Promise<Membership> {
    await this.challenges.claim(proof);
    return this.merchants.openForWallet(proof.wallet);
  }
}
