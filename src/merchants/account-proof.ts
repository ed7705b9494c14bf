import type { Network } from '../common/network';

/**
 * What an account signs (SEP-53) to say that its money is for this merchant. It names the merchant, so a stolen signature
 * is of no other use.
 */
export function accountProofText(domain: string, merchantId: string, network: Network, address: string): string {
  return [
    `${domain} receives payments at this account.`,
    '',
    `Merchant: ${merchantId}`,
    `Network: ${network}`,
    `Account: ${address}`,
  ].join('\n');
}
