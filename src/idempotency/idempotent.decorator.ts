import { SetMetadata } from '@nestjs/common';
import { IDEMPOTENCY, type IdempotencyPolicy } from './idempotency-policy';

/**
 * The handler, or every POST and PATCH of the controller, honours `Idempotency-Key`: for 24 hours a repetition of the
 * same request is answered with the same bytes and `Idempotent-Replayed: true`, without doing anything again.
 */
export function Idempotent(policy: IdempotencyPolicy = {}): MethodDecorator & ClassDecorator {
  return SetMetadata(IDEMPOTENCY, policy);
}
