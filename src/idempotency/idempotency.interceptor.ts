import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { lastValueFrom, type Observable, of } from 'rxjs';
import type { Principal } from '../common/principal';
import { type Dialect, Dialects } from '../http/dialect';
import { answerHead, answerOf, masked, maskedIfAny } from './answers';
import { fingerprintOf } from './fingerprint';
import { IDEMPOTENCY, type IdempotencyPolicy } from './idempotency-policy';
import {
  IdempotencyService,
  type KeepsBlank,
  type KeyedAnswer,
  type KeyedRequest,
  type KeyedWork,
} from './idempotency.service';
import { keyFrom } from './key-header';
import { keyRefusal } from './key-refusals';
import type { AnswerKeeper } from './answer-keeper';
import './answer-keeper.decorator';
import type { KeyIdentity } from './key-claim';
import { notedPrincipal } from './noted-principal';
import { keptHeaders } from './stored-answer';

/** Whose the keys of callers without credentials are; no merchant has this id. */
const NOBODY = '00000000-0000-0000-0000-000000000000';
const KEYED_METHODS = ['POST', 'PATCH'];

/** Runs between guard and handler of an `@Idempotent` route: the caller is known and counted, and nothing has been done yet. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly idempotency: IdempotencyService,
    private readonly reflector: Reflector,
    private readonly dialects: Dialects,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest & { isKeyed?: true }>();
    if (!KEYED_METHODS.includes(request.method)) return next.handle();
    const policy = this.reflector.getAllAndOverride<IdempotencyPolicy | undefined>(IDEMPOTENCY, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (policy === undefined) return next.handle();
    const key = request.headers['idempotency-key'] === undefined ? undefined : keyFrom(request.raw.rawHeaders);
    if (key === 'malformed') throw keyRefusal('idempotency_key_malformed', this.dialects.of(request.url));
    if (key === undefined && policy.required === true)
      throw keyRefusal('idempotency_key_required', this.dialects.of(request.url));
    // A controller and its handler may both have asked for this.
    if (key === undefined || request.isKeyed === true) return next.handle();
    request.isKeyed = true;
    return this.keyed(key.key, policy, request, context.switchToHttp().getResponse<FastifyReply>(), next);
  }

  private async keyed(
    key: string,
    policy: IdempotencyPolicy,
    request: FastifyRequest,
    reply: FastifyReply,
    next: CallHandler,
  ): Promise<Observable<unknown>> {
    const { method, url, body } = request;
    const dialect = this.dialects.of(url);
    const fingerprint = fingerprintOf({
      method,
      url,
      ifMatch: request.headers['if-match'],
      body,
      isDocument: dialect.documents,
    });
    const keyed: KeyedRequest = {
      identity: identityOf(key, policy, request, dialect),
      fingerprint,
      known: request.knownKey,
      dialect,
      scopes: request.principal?.scopes ?? new Set(),
    };
    const used = noted(request);
    const work: KeyedWork = {
      execute: async (keep) => {
        request.answerKeeper = keep === undefined ? undefined : keeperOf(keep, reply, used);
        const answer = answerOf(await lastValueFrom(next.handle()), reply);
        return { ...answer, scopes: used() };
      },
      refuse: (error) => {
        const { status, contentType, body: text } = this.dialects.answer(url, error, request.id);
        return {
          status,
          headers: keptHeaders({ 'content-type': contentType }),
          body: Buffer.from(text),
          scopes: used(),
        };
      },
      keep: keeperFor(policy),
    };
    const { answer, replayed } = await this.answered(policy, keyed, work);
    void reply.status(answer.status).headers(answer.headers);
    if (replayed) void reply.header('idempotent-replayed', 'true');
    return of(answer.body ?? undefined);
  }

  private answered(policy: IdempotencyPolicy, keyed: KeyedRequest, work: KeyedWork): Promise<KeyedAnswer> {
    if (policy.lease === true) return this.idempotency.leased(keyed, work);
    return policy.composed === true ? this.idempotency.composed(keyed, work) : this.idempotency.once(keyed, work);
  }
}

/** What may be stored of an answer. */
function keeperFor({ secret = false }: IdempotencyPolicy): KeyedWork['keep'] {
  if (secret === false) return (answer) => answer;
  return secret === 'if_made' ? maskedIfAny : masked;
}

/** The handler's answer becomes the bytes that `answerOf` would make of it. */
function keeperOf(keep: KeepsBlank, reply: FastifyReply, used: () => readonly string[]): AnswerKeeper {
  return (tell, word) =>
    keep((blank) => ({ ...answerHead(reply), text: JSON.stringify(tell(blank)), blank, scopes: used() }), word);
}

/** From here on the request's principal notes what it is let in by. */
function noted(request: FastifyRequest & { principal?: Principal }): () => readonly string[] {
  if (request.principal === undefined) return () => [];
  const { principal, used } = notedPrincipal(request.principal);
  request.principal = principal;
  return used;
}

/** Keys belong to the merchant and what the credentials reach, in some dialects to the path too; without credentials to the address they come from. */
function identityOf(
  key: string,
  { byWallet = false }: IdempotencyPolicy,
  request: FastifyRequest & { principal?: Principal },
  { keys }: Dialect,
): KeyIdentity {
  const { principal } = request;
  if (principal === undefined) return { merchantId: NOBODY, scope: `from ${request.ip}`, key };
  return {
    merchantId: principal.merchantId,
    scope:
      (principal.network ?? 'every network') +
      (byWallet && principal.wallet !== null ? ` for ${principal.wallet}` : '') +
      (keys.byPath ? ` at ${request.url.split('?', 1)[0]}` : ''),
    key,
  };
}
