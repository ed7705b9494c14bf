import { Allow, IsString, MaxLength } from '../../../http/validators';
import { isoInstant } from '../../../common/clock';
import type { Principal } from '../../../common/principal';
import { type OpenedSession, SESSION_SECONDS } from '../../../auth/sessions.service';
import { Trimmed } from '../../../http/trimmed.decorator';
import { MAX_ENVELOPE_CHARACTERS } from '../../../stellar/transactions';

export class NonceRequest {
  /** G...; anything else is answered with the one documented sentence, so the pipe lets it through. */
  @Allow()
  walletAddress: unknown;
}

export class SessionRequest extends NonceRequest {
  @IsString()
  @MaxLength(64)
  nonce: string;

  /** base64 or hex of 64 bytes. */
  @IsString()
  @MaxLength(256)
  signature: string;
}

export class Sep10Request {
  /** The challenge with the wallet's signatures, at most 50 KiB of base64 XDR. */
  @Trimmed()
  @IsString()
  @MaxLength(MAX_ENVELOPE_CHARACTERS)
  transaction: string;
}

/** Both documented spellings of the token, and the end of the session both as an instant and as seconds. */
export interface SessionResponse {
  readonly token: string;
  readonly sessionToken: string;
  readonly expiresAt: string;
  readonly expiresIn: number;
  readonly walletAddress: string;
}

export function sessionResponse(session: OpenedSession): SessionResponse {
  return {
    token: session.token,
    sessionToken: session.token,
    expiresAt: isoInstant(session.expiresAt),
    expiresIn: SESSION_SECONDS,
    walletAddress: session.wallet,
  };
}

/** The caller; `walletAddress` is null for keys, `network` for wallets. */
export interface MeResponse {
  readonly kind: Principal['kind'];
  readonly walletAddress: string | null;
  readonly merchantId: string;
  readonly network: string | null;
  readonly scopes: readonly string[];
}

export function meResponse(principal: Principal): MeResponse {
  const { kind, wallet, merchantId, network, scopes } = principal;
  return { kind, walletAddress: wallet, merchantId, network, scopes: [...scopes] };
}
