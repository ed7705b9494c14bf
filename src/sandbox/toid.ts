/**
 * Total order ids (SEP-35): ledger in bits 32..63, transaction order in 12..31, operation index in 0..11.
 * Transactions and operations count from 1; zero in the lower parts means the ledger or transaction itself.
 */
export function toid(ledger: number, transaction = 0, operation = 0): bigint {
  return (BigInt(ledger) << 32n) | (BigInt(transaction) << 12n) | BigInt(operation);
}

export function ledgerOf(id: bigint): number {
  return Number(id >> 32n);
}

/** The greatest id inside a ledger: an exclusive cursor "after this ledger", which is what `now` stands for. */
export function afterLedger(ledger: number): bigint {
  return (BigInt(ledger) << 32n) | 0xffff_ffffn;
}
