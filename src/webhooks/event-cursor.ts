import { DomainError } from '../common/errors';
import { isRowId } from '../common/ids';

/** Where a reader stands: the transaction and id of the last event it has seen. */
export interface EventPosition {
  readonly transactionId: string;
  readonly id: string;
}

/** Before the first event. */
const START: EventPosition = { transactionId: '0', id: '00000000-0000-0000-0000-000000000000' };

export function formatEventCursor(position: EventPosition): string {
  return `${position.transactionId}_${position.id}`;
}

/** Throws `validation_failed` for what no list has returned; absent means the start. */
export function parseEventCursor(text: string | undefined): EventPosition {
  if (text === undefined) return START;
  const [transactionId = '', id = '', ...rest] = text.slice(0, 80).split('_');
  const valid = rest.length === 0 && /^\d{1,19}$/.test(transactionId) && (isRowId(id) || id === START.id);
  if (!valid) throw new DomainError('validation_failed', { faults: [{ path: 'after', message: 'must be a cursor returned by this list' }] });
  return { transactionId, id };
}
