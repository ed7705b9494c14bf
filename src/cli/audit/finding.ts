/** The rules that must always hold, as far as this version has something to hold them. Numbers are stable. */
export const INVARIANTS = {
  I1: 'every successful credit to a watched account is recorded exactly once, as the ledger has it',
  I2: 'no invoice is PAID without enough money of the right network, destination, asset and reference',
  I3: 'nothing funded stays unpaid',
  I6: 'every change of state has its event, once',
  I9: 'a limit is a limit: slots used are invoices that may be paid or were',
  I10: 'final is final',
  I11: 'no row crosses merchants',
  I13: 'whatever has a deadline stands in the queue of deadlines',
  I14: 'a subscription asks once for every period, on its day, and is what its periods say',
} as const;

export type Invariant = keyof typeof INVARIANTS;

/** One breach of one rule; `text` says what is wrong and carries the ids to look it up by. */
export interface Breach {
  readonly invariant: Invariant;
  readonly text: string;
}

export interface Report {
  readonly breaches: readonly Breach[];
  /** How much was looked at, per rule. */
  readonly notes: readonly { readonly invariant: Invariant; readonly text: string }[];
  /** Worth a look, no breach. */
  readonly warnings: readonly string[];
  /** Checks that could not be made, with the reason; their rules are not proven. */
  readonly unchecked: readonly string[];
}

/** A rule that SQL alone can judge: every row is a breach, and its one column `subject` names it. */
export interface RowCheck {
  readonly invariant: Invariant;
  readonly says: string;
  readonly sql: string;
}
