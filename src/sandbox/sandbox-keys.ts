import { createHash } from 'node:crypto';
import type { Keypair } from '@stellar/stellar-sdk/base';
import type { Asset } from '../common/money';
import { secretSeed } from '../stellar/address';
import { stellarSdk } from '../stellar/sdk';
import { SigningKey } from '../stellar/signing-key';

/**
 * Keys of the sandbox's own accounts follow from the passphrase, so that every process knows the issuers before
 * the network runs and two networks never share a key.
 */
export type SandboxRole = 'friendbot' | 'usdc-issuer' | 'eurc-issuer' | 'market-maker';

/** S... of what `sandboxKeypair` makes, without the SDK. */
export function sandboxSecret(label: SandboxRole | (string & {}), passphrase: string): string {
  return secretSeed(seedFor(label, passphrase));
}

/** Any label is legal: tests and the demo derive their wallets the same way. */
export function sandboxKeypair(label: SandboxRole | (string & {}), passphrase: string): Keypair {
  return stellarSdk().Keypair.fromRawEd25519Seed(seedFor(label, passphrase));
}

function seedFor(label: string, passphrase: string): Buffer {
  return createHash('sha256').update(`${label}\n${passphrase}`, 'utf8').digest();
}

/** The account holding all lumens at genesis: the seed is SHA-256 of the passphrase, as in stellar-core. */
export function sandboxRoot(passphrase: string): Keypair {
  return stellarSdk().Keypair.fromRawEd25519Seed(createHash('sha256').update(passphrase, 'utf8').digest());
}

export interface SandboxIssuers {
  readonly USDC: string;
  readonly EURC: string;
}

/** G addresses of the issuers of the sandbox's two stable coins. */
export function sandboxIssuers(passphrase: string): SandboxIssuers {
  return {
    USDC: new SigningKey(sandboxSecret('usdc-issuer', passphrase)).address,
    EURC: new SigningKey(sandboxSecret('eurc-issuer', passphrase)).address,
  };
}

export function sandboxAsset(code: keyof SandboxIssuers, passphrase: string): Asset {
  return { code, issuer: sandboxIssuers(passphrase)[code] };
}
