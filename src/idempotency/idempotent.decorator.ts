import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import { IDEMPOTENCY, type IdempotencyPolicy } from './idempotency-policy';
import { IdempotencyInterceptor } from './idempotency.interceptor';

/**
 * The handler, or every POST and PATCH of the controller, honours `Idempotency-Key`: for 24 hours a repetition of the
 * same request is answered with the same bytes and `Idempotent-Replayed: true`, without doing anything again.
 */
export function Idempotent(policy: IdempotencyPolicy = {}): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(IDEMPOTENCY, policy), KeysFirst());
}

/**
 * Keys are seen to before the interceptors that are named after this one: what these make of an answer is what is kept and sent again. Says
 * nothing of whether keys are honoured.
 */
export function KeysFirst(): MethodDecorator & ClassDecorator {
  return UseInterceptors(IdempotencyInterceptor);
}
