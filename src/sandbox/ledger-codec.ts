import type { ClosedLedger, LedgerHeader, LedgerSnapshot } from './ledger/contract';

/**
 * Text form of a closed ledger. Only `feeCharged`, `totalCoins` and `feePool` are bigint in the contract; they
 * travel as decimal text, everything else is JSON already.
 */
export function encodeLedger(closed: ClosedLedger): string {
  return JSON.stringify(closed, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}

/** Inverse of `encodeLedger`. Throws SyntaxError when the text is not JSON or an amount is not an integer. */
export function decodeLedger(text: string): ClosedLedger {
  const raw = JSON.parse(text) as ClosedLedger;
  return {
    header: reviveHeader(raw.header),
    transactions: raw.transactions.map((transaction) => ({
      ...transaction,
      feeCharged: BigInt(transaction.feeCharged),
    })),
    changes: raw.changes,
  };
}

function reviveHeader(header: LedgerHeader): LedgerHeader {
  return { ...header, totalCoins: BigInt(header.totalCoins), feePool: BigInt(header.feePool) };
}

/** State after the last of `ledgers`, which must begin with the genesis ledger: later changes win, null removes. */
export function foldSnapshot(ledgers: readonly ClosedLedger[]): LedgerSnapshot | null {
  const last = ledgers.at(-1);
  if (last === undefined) return null;
  const entries = new Map<string, unknown>();
  for (const { changes } of ledgers) {
    for (const [key, value] of Object.entries(changes)) {
      if (value === null) entries.delete(key);
      else entries.set(key, value);
    }
  }
  return { header: last.header, entries: Object.fromEntries(entries) };
}
