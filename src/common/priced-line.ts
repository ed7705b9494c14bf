/** A line of an invoice as it is kept and told: decimals as text, because JSON has no bigint. */
export interface PricedLine {
  readonly description: string;
  readonly quantity: string;
  readonly rate: string;
  readonly amount: string;
}
