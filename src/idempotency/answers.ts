import type { FastifyReply } from 'fastify';
import { redact } from '../http/logger';
import { FinishedAnswer } from '../http/finished-answer';
import { keptHeaders, type StoredAnswer } from './stored-answer';

const JSON_TYPE = 'application/json; charset=utf-8';

/** What a handler returned as the bytes that will be sent, now and on every replay. */
export function answerOf(value: unknown, reply: FastifyReply): Omit<StoredAnswer, 'scopes'> {
  if (reply.sent) throw new Error('a handler that sends its answer by itself cannot be idempotent');
  if (value instanceof FinishedAnswer) {
    const { status, headers, contentType, body } = value;
    void reply.headers(headers);
    return { status, headers: keptHeaders({ ...headers, 'content-type': contentType }), body };
  }
  if (value === undefined || value === null)
    return { status: reply.statusCode, headers: keptHeaders(reply.getHeaders()), body: null };
  if (typeof value !== 'object') throw new Error('only JSON answers can be idempotent');
  return { ...answerHead(reply), body: Buffer.from(JSON.stringify(value)) };
}

/** Of an answer in JSON. */
export function answerHead(reply: FastifyReply): Pick<StoredAnswer, 'status' | 'headers'> {
  return {
    status: reply.statusCode,
    headers: { ...keptHeaders(reply.getHeaders()), 'content-type': JSON_TYPE },
  };
}

/**
 * The answer without the secret it shows once: a replay has everything else. Secrets are recognised by their shape,
 * as in the log. An answer without one belongs to a route that promises a secret by mistake, and is not stored.
 */
export function masked(answer: StoredAnswer): StoredAnswer {
  if (answer.body === null) throw new Error('an answer that shows a secret has a body');
  const text = answer.body.toString('utf8');
  const safe = redact(text);
  if (safe === text)
    throw new Error('no secret was recognised in an answer that shows one: storing it could store the secret');
  return { ...answer, body: Buffer.from(safe) };
}

/** The same of a route whose answer need not show a secret. */
export function maskedIfAny(answer: StoredAnswer): StoredAnswer {
  return answer.body === null ? answer : { ...answer, body: Buffer.from(redact(answer.body.toString('utf8'))) };
}
