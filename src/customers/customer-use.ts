import { DomainError } from '../common/errors';
import { isStillReferenced } from '../database/database-errors';

/** Throws `customer_in_use` when the customer was to go and something refers to it. */
export async function unlessInUse(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    throw isStillReferenced(error) ? new DomainError('customer_in_use', { cause: error }) : error;
  }
}
