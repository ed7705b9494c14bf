/** Where a merchant's money goes on one network, and how money that does not fit is taken. */
export interface TillRow {
  /** Null while there is no receiving account on the network. */
  readonly address: string | null;
  /** Basis points of the total that may be missing. */
  readonly toleranceBp: number;
  /** Seconds after the deadline in which money still counts. */
  readonly lateGraceSeconds: number;
}
