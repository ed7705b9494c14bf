import { AsyncLocalStorage } from 'node:async_hooks';

/** Marks the stretch of a call in which a database transaction is open, whatever the transaction holds. */
export const transactionScope = new AsyncLocalStorage<object>();

/**
 * A network call while a transaction is open would hold row locks for as long as a stranger likes. Every client
 * of the outside calls this first; a breach is a defect, so it throws a plain Error (500), not a DomainError.
 */
export function assertNoTransaction(what: string): void {
  if (transactionScope.getStore() !== undefined) throw new Error(`${what} inside a database transaction`);
}
