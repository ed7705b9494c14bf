import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { bodyMembers, type DtoClass, readNew, type SentBody } from './sent-body';

/** The body of a POST with what is wrong with its shapes, for who has more to say about it: `assertAll` tells all of it. */
export const NewBody = createParamDecorator(
  (dtoClass: DtoClass<object>, context: ExecutionContext): SentBody<object> => {
    return readNew(dtoClass, bodyMembers(context.switchToHttp().getRequest<FastifyRequest>().body));
  },
);
