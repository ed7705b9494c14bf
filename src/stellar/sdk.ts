import type * as Sdk from '@stellar/stellar-sdk/base';

let loaded: typeof Sdk | undefined;

/**
 * The Stellar SDK, loaded on first use: it is 525 modules, one for each type of XDR, and a process that
 * answers polls and lists never builds or reads an envelope.
 */
export function stellarSdk(): typeof Sdk {
  return (loaded ??= require('@stellar/stellar-sdk/base') as typeof Sdk);
}
