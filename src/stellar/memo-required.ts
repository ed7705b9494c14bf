/** SEP-29: the data entry `config.memo_required` with the value "1" asks every sender for a memo. */
const ENTRY = 'config.memo_required';
const ONE_IN_BASE64 = 'MQ==';

/** `data` is Horizon's account member: entry name to base64 of the value. */
export function memoRequired(data: unknown): boolean {
  return typeof data === 'object' && data !== null && (data as Record<string, unknown>)[ENTRY] === ONE_IN_BASE64;
}

/**
 * SEP-29 for one outgoing payment: refused when the account asks for a memo, the transaction has none and the
 * destination is not muxed (an M address carries the id itself).
 */
export function lacksRequiredMemo(required: boolean, hasMemo: boolean, destinationMuxed: boolean): boolean {
  return required && !hasMemo && !destinationMuxed;
}
