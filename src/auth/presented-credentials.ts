import { DomainError } from '../common/errors';

/** The credentials in a request. Nothing is verified yet. */
export type PresentedCredentials =
  | { readonly kind: 'bearer'; readonly token: string; readonly claimedWallet: string | null }
  | {
      readonly kind: 'client_key';
      readonly key: string;
      readonly secret: string;
      readonly claimedWallet: string | null;
    }
  | { readonly kind: 'wallet'; readonly wallet: string; readonly nonce: string; readonly signature: string };

const HEADERS = [
  'authorization',
  'x-client-key',
  'x-client-secret',
  'x-wallet-address',
  'x-auth-nonce',
  'x-auth-signature',
] as const;
type Header = (typeof HEADERS)[number];

/** Longest value worth reading: every credential is far below it, also a session's JWT with a long address in it. */
const MAX_LENGTH = 2_048;
const NONCE_MISSING =
  'Authentication required. Provide x-auth-nonce and x-auth-signature headers. Request a nonce from POST /api/auth/nonce';

/**
 * Reads the credentials from the header lines as they arrived (`[name, value, name, value, ...]`), because the
 * joined form hides that one was sent twice. Throws `authentication_required` when there are none,
 * `several_credentials` for two kinds at once, `invalid_credentials` for a repeated or oversized header.
 */
export function presentedCredentials(rawHeaders: readonly string[]): PresentedCredentials {
  const headers = collect(rawHeaders);
  const bearer = headers.authorization !== undefined;
  const client = headers['x-client-key'] !== undefined || headers['x-client-secret'] !== undefined;
  const signed = headers['x-auth-nonce'] !== undefined || headers['x-auth-signature'] !== undefined;
  if (Number(bearer) + Number(client) + Number(signed) > 1) throw new DomainError('several_credentials');
  const claimedWallet = headers['x-wallet-address'] ?? null;
  if (bearer) return { kind: 'bearer', token: bearerToken(headers.authorization as string), claimedWallet };
  if (client)
    return {
      kind: 'client_key',
      key: headers['x-client-key'] ?? '',
      secret: headers['x-client-secret'] ?? '',
      claimedWallet,
    };
  if (signed)
    return {
      kind: 'wallet',
      wallet: claimedWallet ?? '',
      nonce: headers['x-auth-nonce'] ?? '',
      signature: headers['x-auth-signature'] ?? '',
    };
  throw authenticationRequired(claimedWallet === null ? undefined : NONCE_MISSING);
}

export function authenticationRequired(detail?: string): DomainError {
  return new DomainError('authentication_required', detail === undefined ? {} : { detail });
}

/** One answer for every bad credential: a caller must not learn which half was wrong. */
export function invalidCredentials(): DomainError {
  return new DomainError('invalid_credentials');
}

function collect(rawHeaders: readonly string[]): Partial<Record<Header, string>> {
  const found: Partial<Record<Header, string>> = {};
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = HEADERS.find((header) => header === rawHeaders[index]?.toLowerCase());
    const value = rawHeaders[index + 1];
    if (name === undefined) continue;
    if (found[name] !== undefined || typeof value !== 'string' || value.length > MAX_LENGTH) throw invalidCredentials();
    found[name] = value.trim();
  }
  return found;
}

function bearerToken(authorization: string): string {
  const match = /^Bearer ([\x21-\x7e]+)$/i.exec(authorization);
  if (match === null) throw authenticationRequired();
  return match[1] as string;
}
