import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { bodyMembers, type DtoClass, readChange, type SentBody } from './sent-body';

/** A change from the body, compared with what its subject shows now. Throws `validation_failed` for a body that is not an object. */
export type Change<T> = (told: Readonly<Record<string, unknown>>) => SentBody<T>;

function reader(dtoClass: DtoClass<object>, body: unknown): Change<object> {
  return (told) => readChange(dtoClass, bodyMembers(body), told);
}

/** The body of a PATCH, which cannot be judged before its subject is known. */
export const ChangeBody = createParamDecorator(
  (dtoClass: DtoClass<object>, context: ExecutionContext): Change<object> =>
    reader(dtoClass, context.switchToHttp().getRequest<FastifyRequest>().body),
);

/** The same of a command, which need not change anything. */
export const OptionalChangeBody = createParamDecorator(
  (dtoClass: DtoClass<object>, context: ExecutionContext): Change<object> =>
    reader(dtoClass, context.switchToHttp().getRequest<FastifyRequest>().body ?? {}),
);
