import type { RateEvidence } from './rate';
import type { CurrencyPair } from './rate-source';

/** A pair with its rate, null while no rate of it can be trusted. */
export interface ExchangeRate extends CurrencyPair {
  readonly rate: string | null;
  readonly observedAt: Date | null;
  readonly evidence: readonly RateEvidence[];
}

export function exchangeRateId({ network, asset, fiat }: CurrencyPair): string {
  return `${network}.${asset}.${fiat}`;
}
