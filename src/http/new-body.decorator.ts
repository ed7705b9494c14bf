import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { bodyMembers, type DtoClass, readNew, type SentBody } from './sent-body';

/** The body of a POST with the faults of its shape. The handler adds its own; `assertAll` reports all of them. */
export const NewBody = createParamDecorator(
  (dtoClass: DtoClass<object>, context: ExecutionContext): SentBody<object> => {
    return readNew(dtoClass, bodyMembers(context.switchToHttp().getRequest<FastifyRequest>().body));
  },
);
