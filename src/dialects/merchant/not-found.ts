import { DomainError, isDomainError } from '../../common/errors';

/** The answer of `work`; what it does not find is called by its name here (`Webhook not found`). */
export async function orNotFound<T>(noun: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isDomainError(error, 'resource_not_found')
      ? new DomainError('resource_not_found', { detail: `${noun} not found`, cause: error })
      : error;
  }
}
