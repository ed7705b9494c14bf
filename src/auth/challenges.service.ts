import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { base32, digest, Randomness } from '../common/secrets';
import { LedgerSources } from '../stellar/ledger-sources';
import { verifySignedMessage } from '../stellar/sep53';
import { AuthSettings, domainOf } from './auth-settings';
import { ChallengesRepository } from './challenges.repository';
import { signInMessage } from './sign-in-message';

export const NONCE_SECONDS = 300;
/** 160 random bits, which are 32 characters of base32. */
const NONCE_BYTES = 20;

interface IssuedNonce {
  readonly nonce: string;
  /** The exact text to sign (SEP-53). */
  readonly message: string;
}

export interface MessageProof {
  readonly wallet: string;
  readonly nonce: string;
  /** base64 or hex of 64 bytes, over the message that came with the nonce. */
  readonly signature: string;
}

/**
 * Nonces for wallets that sign messages (SEP-53). A wallet may hold several live ones, so that a stranger who
 * asks for a nonce of the same wallet takes nothing away from its owner.
 */
@Injectable()
export class ChallengesService {
  constructor(
    private readonly repository: ChallengesRepository,
    private readonly settings: AuthSettings,
    private readonly ledgers: LedgerSources,
    private readonly randomness: Randomness,
    private readonly clock: Clock,
  ) {}

  async issue(wallet: string): Promise<IssuedNonce> {
    const nonce = base32(this.randomness.bytes(NONCE_BYTES));
    const issuedAt = this.clock.real();
    const expiresAt = new Date(issuedAt.getTime() + NONCE_SECONDS * 1000);
    const passphrases = this.ledgers.all.map((ledger) => ledger.passphrase);
    const message = signInMessage({ domain: domainOf(this.settings), wallet, passphrases, nonce, issuedAt, expiresAt });
    await this.repository.insert({ digest: digest(nonce), kind: 'message', wallet, message, expiresAt });
    return { nonce, message };
  }

  /** Throws `invalid_signature` unless the wallet's key signed the message of this live nonce. Uses nothing up. */
  async verify(proof: MessageProof): Promise<void> {
    const message = await this.repository.findOpenMessage(digest(proof.nonce), proof.wallet, this.clock.real());
    if (message === null || !verifySignedMessage(message, proof.signature, proof.wallet)) throw invalidSignature();
  }

  /** Uses the nonce up. Throws `invalid_signature` for everyone but the first. */
  async claim(proof: MessageProof): Promise<void> {
    const claimed = await this.repository.claim(digest(proof.nonce), 'message', proof.wallet, this.clock.real());
    if (!claimed) throw invalidSignature();
  }
}

/** One answer for a wrong signature, a used, an expired and an unknown nonce. */
export function invalidSignature(): DomainError {
  return new DomainError('invalid_signature', {
    detail: 'Invalid or expired signature. Request a new nonce from POST /api/auth/nonce',
  });
}
