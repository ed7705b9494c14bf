import { DomainError, type ErrorCode } from '../common/errors';
import type { Dialect } from '../http/dialect';

type KeyRefusal = Extract<ErrorCode, `idempotency_key_${string}`>;

const HEADER = 'Idempotency-Key';
const SPECIFICATION = 'https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header';

const MESSAGES: Readonly<Record<KeyRefusal, string>> = {
  idempotency_key_required:
    'is required here: send a new UUID with every new request, and the same one when you repeat it',
  idempotency_key_malformed: 'must be sent once, with 1 to 255 visible ASCII characters',
  idempotency_key_reused: 'was used with another method, address or body; send a new key with a new request',
  idempotency_key_in_use: 'belongs to a request that is still being answered; repeat this one unchanged later',
};

/** A refusal of the key itself, in this dialect's form. */
export function keyRefusal(code: KeyRefusal, { documents }: Dialect, retryAfterSeconds?: number): DomainError {
  return new DomainError(code, {
    detail: `The ${HEADER} header ${MESSAGES[code]}`,
    ...(documents
      ? { faults: [{ path: `The ${HEADER} header`, message: MESSAGES[code], header: HEADER, type: SPECIFICATION }] }
      : {}),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}
