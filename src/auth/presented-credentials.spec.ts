import fc from 'fast-check';
import { isDomainError } from '../common/errors';
import { type PresentedCredentials, presentedCredentials } from './presented-credentials';

function read(...rawHeaders: string[]): PresentedCredentials | string {
  try {
    return presentedCredentials(rawHeaders);
  } catch (error) {
    return isDomainError(error) ? error.code : String(error);
  }
}

test.each([
  ['a bearer token', ['Authorization', 'Bearer abc'], { kind: 'bearer', token: 'abc', claimedWallet: null }],
  [
    'a bearer token in lower case',
    ['authorization', 'bearer abc'],
    { kind: 'bearer', token: 'abc', claimedWallet: null },
  ],
  [
    'a client key',
    ['X-Client-Key', 'k', 'x-client-secret', 's'],
    { kind: 'client_key', key: 'k', secret: 's', claimedWallet: null },
  ],
  ['half a client key', ['x-client-secret', 's'], { kind: 'client_key', key: '', secret: 's', claimedWallet: null }],
  [
    'a signed request',
    ['x-wallet-address', 'G', 'x-auth-nonce', 'n', 'x-auth-signature', 's'],
    { kind: 'wallet', wallet: 'G', nonce: 'n', signature: 's' },
  ],
  [
    'a token with an address beside it',
    ['authorization', 'Bearer abc', 'x-wallet-address', 'G'],
    { kind: 'bearer', token: 'abc', claimedWallet: 'G' },
  ],
  ['nothing', ['accept', '*/*'], 'authentication_required'],
  ['an address alone', ['x-wallet-address', 'G'], 'authentication_required'],
  ['another scheme', ['authorization', 'Basic abc'], 'authentication_required'],
  ['two tokens in one header', ['authorization', 'Bearer abc, Bearer def'], 'authentication_required'],
  ['D05 a token and a client key', ['authorization', 'Bearer abc', 'x-client-key', 'k'], 'several_credentials'],
  ['D05 a token and a signature', ['authorization', 'Bearer abc', 'x-auth-signature', 's'], 'several_credentials'],
  ['D04 a header sent twice', ['authorization', 'Bearer abc', 'Authorization', 'Bearer abc'], 'invalid_credentials'],
  ['an oversized header', ['authorization', `Bearer ${'a'.repeat(2_049)}`], 'invalid_credentials'],
] as const)('%s', (_what, headers, expected) => {
  expect(read(...headers)).toEqual(expected);
});

test('any headers are read or refused, never half read', () => {
  const name = fc.constantFrom(
    'authorization',
    'x-client-key',
    'x-client-secret',
    'x-wallet-address',
    'x-auth-nonce',
    'x-auth-signature',
    'accept',
  );
  const value = fc.oneof(
    fc.string(),
    fc.string().map((text) => `Bearer ${text}`),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 6 }), (headers) => {
      const answer = read(...headers.flat());
      const names = new Set(headers.map(([header]) => header));
      const kinds = [
        names.has('authorization'),
        names.has('x-client-key') || names.has('x-client-secret'),
        names.has('x-auth-nonce') || names.has('x-auth-signature'),
      ];
      if (kinds.filter(Boolean).length > 1) expect(['several_credentials', 'invalid_credentials']).toContain(answer);
      if (kinds.every((kind) => !kind)) expect(['authentication_required', 'invalid_credentials']).toContain(answer);
    }),
  );
});
