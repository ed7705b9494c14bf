/** A line of an invoice as stored and serialized: decimals as text, because JSON has no bigint. */
export interface PricedLine {
  readonly description: string;
  readonly quantity: string;
  readonly rate: string;
  readonly amount: string;
}
