import type { OperationContext } from '../context';
import type { BodyOf, OperationBodyWire, Party, ResultWire } from '../wire';

export type OperationType = OperationBodyWire['type'];
export type Threshold = 'low' | 'medium' | 'high';

/** What a successful operation leaves behind. */
export interface Outcome {
  readonly result: ResultWire;
  /** Path payments: what the source really paid and the destination really got. */
  readonly sent?: bigint;
  readonly received?: bigint;
  /** The sponsor of the entry it created. */
  readonly sponsor?: string;
  /** end_sponsoring: the sponsor that had begun. */
  readonly beginSponsor?: string;
}

export interface Description {
  /** What Horizon prints besides the members common to all operations. */
  readonly details: Record<string, unknown>;
  /** Accounts it belongs to besides its source. */
  readonly participants?: readonly string[];
}

/** One kind of operation. */
export interface OperationRule<T extends OperationType> {
  threshold(body: BodyOf<T>): Threshold;
  /** Core's doCheckValid: what can be said without the ledger. A negative result code, or undefined. */
  check(body: BodyOf<T>, source: string): number | undefined;
  /** Core's doApply. Throws `OperationRefused`; its changes are then rolled back. */
  apply(context: OperationContext, body: BodyOf<T>): Outcome;
  /** `outcome` is undefined when the operation or its transaction failed. */
  describe(body: BodyOf<T>, source: Party, outcome: Outcome | undefined): Description;
}
