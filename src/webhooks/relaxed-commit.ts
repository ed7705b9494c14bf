/**
 * A commit that a crash of the database undoes costs nothing here: places, claims and outcomes are all found again
 * from the outbox, and what was sent is sent once more under its id. So none of them waits for the disk.
 * A condition that is always true, for the first part of a statement; it ends with the transaction.
 */
export const RELAXED = `(select set_config('synchronous_commit', 'off', true)) = 'off'`;
