/** Operation-level codes that are not a member of the operation's own list. */
export const OPERATION_CODES = {
  opBadAuth: -1,
  opNoAccount: -2,
  opNotSupported: -3,
  opTooManySubentries: -4,
  opExceededWorkLimit: -5,
  opTooManySponsoring: -6,
} as const;

export type OuterCode = keyof typeof OPERATION_CODES;

/** How an operation says no; caught by the one place that runs operations and turned into its result. */
export class OperationRefused extends Error {
  /** @param code the negative code of the operation's own result, or the name of one common to all operations. */
  constructor(readonly code: number | OuterCode) {
    super(`operation refused: ${code}`);
    this.name = 'OperationRefused';
  }
}

export function refuse(code: number | OuterCode): never {
  throw new OperationRefused(code);
}
