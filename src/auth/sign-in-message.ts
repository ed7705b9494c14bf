/** What a wallet is asked to sign. Everything that binds the proof is in the text, because SEP-53 itself binds nothing. */
interface SignInMessage {
  readonly domain: string;
  readonly wallet: string;
  /** Passphrases of the networks the session will reach. */
  readonly passphrases: readonly string[];
  readonly nonce: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** Fixed lines, LF between them and none at the end. ASCII as long as the passphrases are. */
export function signInMessage(message: SignInMessage): string {
  return [
    `${message.domain} wants you to sign in with your Stellar account:`,
    message.wallet,
    '',
    'This proves that the wallet is yours. It moves no money.',
    '',
    ...message.passphrases.map((passphrase) => `Network: ${passphrase}`),
    `Nonce: ${message.nonce}`,
    `Issued At: ${message.issuedAt.toISOString()}`,
    `Expires At: ${message.expiresAt.toISOString()}`,
  ].join('\n');
}
