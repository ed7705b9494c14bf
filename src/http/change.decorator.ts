import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { bodyTypes } from './form-body';
import { bodyMembers, type DtoClass, readChange, type SentBody } from './sent-body';

/** A change from the body, compared with what its subject shows now. Throws `validation_failed` for a body that is not an object. */
export type Change<T> = (told: Readonly<Record<string, unknown>>) => SentBody<T>;

/** The body of a PATCH, which cannot be judged before its subject is known. */
export const ChangeBody = createParamDecorator(
  (dtoClass: DtoClass<object>, context: ExecutionContext): Change<object> => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return (told) => readChange(dtoClass, bodyMembers(request.body, bodyTypes(request)), told);
  },
);

/** The same of a command, which need not change anything. */
export const OptionalChangeBody = createParamDecorator(
  (dtoClass: DtoClass<object>, context: ExecutionContext): Change<object> => {
    const { body = {} } = context.switchToHttp().getRequest<FastifyRequest>();
    return (told) => readChange(dtoClass, bodyMembers(body ?? {}), told);
  },
);
