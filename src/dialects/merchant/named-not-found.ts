import { DomainError, isDomainError } from '../../common/errors';

/** What is not there, or not the caller's, is told by its name: "Product not found". */
export async function namedNotFound<T>(noun: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isDomainError(error, 'resource_not_found')) throw error;
    throw new DomainError('resource_not_found', { detail: `${noun} not found`, cause: error });
  }
}
