import type { FastifyRequest } from 'fastify';
import { DomainError } from '../common/errors';
import { keyFrom } from '../idempotency/key-header';
import type { ChoiceKey } from '../links/choices/link-choice-keys.service';

/** Belongs to the link, not to its sender: several payers may share one address. Throws `idempotency_key_malformed`. */
export function choiceKey(request: FastifyRequest): ChoiceKey | null {
  const sent = keyFrom(request.raw.rawHeaders);
  if (sent === 'malformed')
    throw new DomainError('idempotency_key_malformed', {
      detail: 'The Idempotency-Key header must be sent once, with 1 to 255 visible ASCII characters',
    });
  return sent === undefined ? null : { text: sent.key, bound: true };
}
