import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { Randomness } from '../common/secrets';
import { isAccountAddress } from '../stellar/address';
import { LedgerSources } from '../stellar/ledger-sources';
import {
  buildChallenge,
  type ChallengeFacts,
  ChallengeRefused,
  type ChallengeRules,
  NONCE_BYTES,
  readChallenge,
  verifyChallenge,
} from '../stellar/sep10';
import { SigningKey } from '../stellar/signing-key';
import { AuthSettings, domainOf, webAuthDomainOf } from './auth-settings';
import { ChallengesRepository } from './challenges.repository';
import { WalletControlService } from './wallet-control.service';

/** The query of GET /api/auth/sep10, as it came. `client_domain` is ignored, as SEP-10 lets a server do that does not verify it. */
export interface ChallengeQuery {
  readonly account?: unknown;
  readonly memo?: unknown;
  readonly home_domain?: unknown;
}

/** Names of SEP-10's own answer. */
export interface ChallengeAnswer {
  readonly transaction: string;
  readonly network_passphrase: string;
}

interface TransactionProof {
  readonly wallet: string;
  readonly digest: Buffer;
}

const UNPROVEN: readonly string[] = ['unsigned_by_server', 'unsigned_by_client', 'weight_too_low', 'unused_signature'];

/**
 * Signing in with a transaction (SEP-10), for wallets that cannot sign messages. One wallet is one merchant, so
 * the identities that share an account (M addresses, memos) are refused; the subject of a session is always a
 * whole G address. Challenges are kept, and each is accepted once.
 */
@Injectable()
export class Sep10Service {
  private readonly key: SigningKey | null;

  constructor(
    private readonly repository: ChallengesRepository,
    private readonly settings: AuthSettings,
    private readonly ledgers: LedgerSources,
    private readonly control: WalletControlService,
    private readonly randomness: Randomness,
    private readonly clock: Clock,
  ) {
    this.key = settings.sep10Secret === null ? null : new SigningKey(settings.sep10Secret);
  }

  /** G address that signs challenges (SIGNING_KEY of SEP-1); null when SEP-10 is off. */
  get signingAddress(): string | null {
    return this.key?.address ?? null;
  }

  /** Throws `route_not_found` when SEP-10 is off, `invalid_address` or `malformed_request` for the query. */
  async challenge(query: ChallengeQuery): Promise<ChallengeAnswer> {
    const rules = this.rules();
    const account = checkedAccount(query, rules.homeDomain);
    const nonce = this.randomness.bytes(NONCE_BYTES);
    const challenge = buildChallenge({ ...rules, account, memo: null, nonce });
    const { envelopeXdr, expiresAt } = challenge;
    await this.repository.insert({
      digest: Buffer.from(challenge.transactionHash, 'hex'),
      kind: 'sep10',
      wallet: account,
      message: challenge.nonce,
      expiresAt,
    });
    return { transaction: envelopeXdr, network_passphrase: rules.passphrase };
  }

  /**
   * Checks form, time, both signatures and the account's present signers; uses nothing up. Throws `challenge_invalid` for
   * anything but a challenge of ours, `invalid_signature` where a proof is missing.
   */
  async verify(envelopeXdr: string): Promise<TransactionProof> {
    const rules = this.rules();
    const facts = checked(() => readChallenge(envelopeXdr, rules));
    if (facts.memo !== null || facts.muxedId !== null)
      throw new DomainError('challenge_invalid', { detail: PLAIN_ACCOUNT });
    const account = await this.control.account(facts.account);
    checked(() =>
      verifyChallenge(
        envelopeXdr,
        rules,
        account && { signers: account.signers, threshold: account.thresholds.medium },
      ),
    );
    return { wallet: facts.account, digest: Buffer.from(facts.transactionHash, 'hex') };
  }

  /** Throws `invalid_signature` for everyone but the first, and for a challenge that was not issued here. */
  async claim(proof: TransactionProof): Promise<void> {
    const claimed = await this.repository.claim(proof.digest, 'sep10', proof.wallet, this.clock.real());
    if (!claimed) throw unproven();
  }

  private rules(): ChallengeRules & { readonly serverKey: SigningKey } {
    const [ledger] = this.ledgers.all;
    if (this.key === null || ledger === undefined) throw new DomainError('route_not_found');
    return {
      passphrase: ledger.passphrase,
      serverKey: this.key,
      serverAddress: this.key.address,
      homeDomain: domainOf(this.settings),
      webAuthDomain: webAuthDomainOf(this.settings),
      now: this.clock.real(),
    };
  }
}

const PLAIN_ACCOUNT =
  'Sign in with a plain account (G...). One wallet is one merchant here, so muxed accounts (M...) and memos are not accepted.';

function checkedAccount(query: ChallengeQuery, homeDomain: string): string {
  const { account, memo, home_domain: home } = query;
  if (home !== undefined && home !== homeDomain)
    throw new DomainError('malformed_request', { detail: `home_domain must be ${homeDomain}` });
  if (memo !== undefined) throw new DomainError('invalid_address', { detail: PLAIN_ACCOUNT });
  if (typeof account === 'string' && isAccountAddress(account)) return account;
  throw new DomainError(
    'invalid_address',
    typeof account === 'string' && account.startsWith('M') ? { detail: PLAIN_ACCOUNT } : {},
  );
}

function checked(check: () => ChallengeFacts): ChallengeFacts {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof ChallengeRefused)) throw error;
    if (UNPROVEN.includes(error.reason)) throw unproven(error);
    throw new DomainError('challenge_invalid', {
      detail: `The challenge transaction is not valid (${error.reason.replaceAll('_', ' ')})`,
      cause: error,
    });
  }
}

function unproven(cause?: Error): DomainError {
  return new DomainError('invalid_signature', {
    detail: 'Invalid or expired signature. Request a new challenge from GET /api/auth/sep10',
    cause,
  });
}
