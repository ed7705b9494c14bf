/** The networks a deployment may enable. Every link, invoice, payment and credential belongs to exactly one. */
export const NETWORKS = ['sandbox', 'testnet', 'public'] as const;
export type Network = (typeof NETWORKS)[number];

/**
 * The passphrase is part of what every transaction signs; two networks never share one. The sandbox's may be
 * changed by configuration (so that it can stand in for the test network), the others are facts.
 */
export const DEFAULT_PASSPHRASES: Readonly<Record<Network, string>> = {
  sandbox: 'Lumentill Sandbox Network ; November 2026',
  testnet: 'Test SDF Network ; September 2015',
  public: 'Public Global Stellar Network ; September 2015',
};

export function isNetwork(text: string): text is Network {
  return (NETWORKS as readonly string[]).includes(text);
}
