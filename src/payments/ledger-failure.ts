import { DomainError } from '../common/errors';
import { LedgerMismatch, LedgerUnavailable } from '../stellar/ledger-source';

/** The caller's error when the ledger gave no answer; every other error is passed through. */
export function asDomainFailure(error: unknown): unknown {
  if (error instanceof LedgerUnavailable)
    return new DomainError(error.rateLimited ? 'ledger_busy' : 'ledger_unavailable', {
      retryAfterSeconds: error.retryAfterSeconds ?? 5,
      cause: error,
    });
  if (error instanceof LedgerMismatch)
    return new DomainError('ledger_unavailable', { retryAfterSeconds: 60, cause: error });
  return error;
}
