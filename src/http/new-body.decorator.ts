import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { bodyTypes } from './form-body';
import { bodyMembers, type DtoClass, readNew, type SentBody } from './sent-body';

/** The body of a POST with the faults of its shape. The handler adds its own; `assertAll` reports all of them. */
export const NewBody = createParamDecorator(
  (dtoClass: DtoClass<object>, context: ExecutionContext): SentBody<object> => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return readNew(dtoClass, bodyMembers(request.body, bodyTypes(request)));
  },
);
