import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { limitedAddress } from './client-address';
import type { ChangingPrincipal, Principal } from '../common/principal';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the access guard on every route that is not public. */
    principal?: Principal;
  }
}

/** The principal of the request. Using it on a public route is a defect. */
export const Caller = createParamDecorator((_data: unknown, context: ExecutionContext): Principal =>
  principalOf(context),
);

/** The principal as the author of a change. */
export const Author = createParamDecorator((_data: unknown, context: ExecutionContext): ChangingPrincipal => {
  return { ...principalOf(context), requestId: context.switchToHttp().getRequest<FastifyRequest>().id };
});

/** What limits per address count, on public routes too. */
export const CallerAddress = createParamDecorator((_data: unknown, context: ExecutionContext): string =>
  limitedAddress(context.switchToHttp().getRequest<FastifyRequest>().ip),
);

function principalOf(context: ExecutionContext): Principal {
  const { principal } = context.switchToHttp().getRequest<FastifyRequest>();
  if (principal === undefined)
    throw new Error(`${context.getClass().name}.${context.getHandler().name} is public and has no caller`);
  return principal;
}
