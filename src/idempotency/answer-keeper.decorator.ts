import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { AnswerKeeper } from './answer-keeper';

declare module 'fastify' {
  interface FastifyRequest {
    answerKeeper?: AnswerKeeper;
  }
}

/** For handlers whose policy says `composed`: undefined for a request without a key, and where the answer is kept for them. */
export const KeepsAnswer = createParamDecorator(
  (_data: unknown, context: ExecutionContext): AnswerKeeper | undefined =>
    context.switchToHttp().getRequest<FastifyRequest>().answerKeeper,
);
