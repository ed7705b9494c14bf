import { text, whole } from '../../../http/json-schema';
import { SCOPE_MEANINGS } from './scopes';

const header = (name: string, description: string): object => ({ type: 'apiKey', in: 'header', name, description });

export const SECURITY_SCHEMES = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description:
      'An API key (`sk_test_...`, `sk_live_...`) or the token of a wallet session (`ses_...`, or a JWT after SEP-10). What it may do is said by its scopes; `x-scopes` lists them, `x-required-scopes` of an operation names the one it takes.',
    'x-scopes': SCOPE_MEANINGS,
  },
  clientKey: header('X-Client-Key', 'A client key, together with its secret.'),
  clientSecret: header('X-Client-Secret', 'The secret of the client key.'),
  walletAddress: header('X-Wallet-Address', 'The wallet that signs this one request.'),
  authNonce: header('X-Auth-Nonce', 'A nonce from `POST /api/auth/nonce`; it works once.'),
  authSignature: header('X-Auth-Signature', 'The signature (SEP-53) of the message that came with the nonce.'),
};

export const RESPONSE_HEADERS = {
  'Request-Id': { description: 'Names this request; send `X-Request-Id` to choose it.', schema: text(128) },
  RateLimit: { description: 'What is left of the limit: `"default";r=119;t=42`.', schema: text(200) },
  'RateLimit-Policy': { description: 'The limit: `"default";q=120;w=60`.', schema: text(200) },
  'Retry-After': { description: 'Seconds to wait.', schema: whole(1) },
  Location: { description: 'Where the new resource is.', schema: text(2048, { format: 'uri' }) },
  ETag: {
    description: 'The version of the resource, for `If-Match` and `If-None-Match`; absent with `include`.',
    schema: text(255),
  },
  'Idempotent-Replayed': { description: '`true` on an answer that was given before.', schema: text(4) },
};
