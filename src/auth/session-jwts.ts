import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Randomness, sameDigest } from '../common/secrets';
import { LedgerSources } from '../stellar/ledger-sources';
import { AuthSettings, domainOf } from './auth-settings';

/** The one header there is: it is compared and never read, so no token chooses its algorithm or its key. */
const HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');
const SID_BYTES = 24;

export interface JwtFacts {
  /** G... */
  readonly wallet: string;
  /** Hash of the challenge transaction, lower-case hex. */
  readonly challengeHash: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/**
 * The token of a session as SEP-10 wants it: a JWT (RFC 7519). The whole token is the secret of the session, of which a
 * digest is stored, so that it can be revoked and its role is the present one; the signature only spares the look. `sid`
 * is random, because nothing else in it need be unknown to others. The key follows from the key that signs
 * challenges, apart for every network.
 */
@Injectable()
export class SessionJwts {
  private readonly key: KeyObject | null;
  private readonly issuer: string;
  private readonly homeDomain: string;

  constructor(
    settings: AuthSettings,
    ledgers: LedgerSources,
    private readonly randomness: Randomness,
    private readonly clock: Clock,
  ) {
    const { sep10Secret, publicUrl } = settings;
    this.key =
      sep10Secret === null
        ? null
        : createSecretKey(
            Buffer.from(
              hkdfSync('sha256', sep10Secret, ledgers.all[0]?.passphrase ?? '', 'lumentill session tokens', 32),
            ),
          );
    this.issuer = `${publicUrl}/api/auth/sep10`;
    this.homeDomain = domainOf(settings);
  }

  issue({ wallet, challengeHash, createdAt, expiresAt }: JwtFacts): string {
    const [iss, sid] = [this.issuer, this.randomness.bytes(SID_BYTES).toString('base64url')];
    const claims = {
      iss,
      sub: wallet,
      iat: seconds(createdAt),
      exp: seconds(expiresAt),
      jti: challengeHash,
      sid,
      home_domain: this.homeDomain,
    };
    const signed = `${HEADER}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
    return `${signed}.${this.mac(signed).toString('base64url')}`;
  }

  /** True for a token that was issued here and has not expired; whether its session still lives is another question. */
  isGenuine(token: string): boolean {
    const parts = token.split('.');
    const [header, payload = '', mac = ''] = parts;
    if (this.key === null || parts.length !== 3 || header !== HEADER) return false;
    const given = Buffer.from(mac, 'base64url');
    // Lenient decoding would let one token be written in several ways.
    if (given.toString('base64url') !== mac || !sameDigest(given, this.mac(`${header}.${payload}`))) return false;
    const { iss, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as {
      iss: unknown;
      exp: unknown;
    };
    return iss === this.issuer && typeof exp === 'number' && exp > seconds(this.clock.real());
  }

  private mac(signed: string): Buffer {
    return createHmac('sha256', this.key as KeyObject)
      .update(signed)
      .digest();
  }
}

function seconds(instant: Date): number {
  return Math.floor(instant.getTime() / 1000);
}
