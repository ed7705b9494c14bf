import { signInMessage } from './sign-in-message';

test('D19 the text names domain, wallet, networks, nonce, issue and expiry, in fixed lines', () => {
  const message = signInMessage({
    domain: 'pay.example.com:8443',
    wallet: 'GBXFXNDLV4LSWA4VB7YIL5GBD7BVNR22SGBTDKMO2SBZZHDXSKZYCP7L',
    passphrases: ['Test SDF Network ; September 2015', 'Public Global Stellar Network ; September 2015'],
    nonce: 'a'.repeat(32),
    issuedAt: new Date('2026-11-21T10:00:00.000Z'),
    expiresAt: new Date('2026-11-21T10:05:00.000Z'),
  });
  expect(message.split('\n')).toEqual([
    'pay.example.com:8443 wants you to sign in with your Stellar account:',
    'GBXFXNDLV4LSWA4VB7YIL5GBD7BVNR22SGBTDKMO2SBZZHDXSKZYCP7L',
    '',
    'This proves that the wallet is yours. It moves no money.',
    '',
    'Network: Test SDF Network ; September 2015',
    'Network: Public Global Stellar Network ; September 2015',
    `Nonce: ${'a'.repeat(32)}`,
    'Issued At: 2026-11-21T10:00:00.000Z',
    'Expires At: 2026-11-21T10:05:00.000Z',
  ]);
});
