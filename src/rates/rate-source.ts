import type { Fraction } from '../common/fraction';
import type { Network } from '../common/network';

/** Codes, not assets: what an asset is on a network is configuration. */
export interface CurrencyPair {
  readonly network: Network;
  /** Code of the asset that is paid with. */
  readonly asset: string;
  /** ISO 4217 code of what is priced in. */
  readonly fiat: string;
}

/** What one source says at one time. */
export interface Reading {
  /** Fiat per one unit of the asset. */
  readonly price: Fraction;
  /** When this was the price, by the source's own account. */
  readonly observedAt: Date;
}

/** A provider of rates. No price is believed before it has been compared. */
export abstract class RateSource {
  /** Stored with every quote. */
  abstract readonly name: string;
  /** Throws `NoReading` when there is no sound price now. */
  abstract read(pair: CurrencyPair): Promise<Reading>;
}

/** The sources of this deployment. */
export abstract class RateSources {
  abstract readonly all: readonly RateSource[];
}

/** A source is silent, unreadable, or does not know the pair. The message goes to the log. */
export class NoReading extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NoReading';
  }
}
