import { type CanActivate, type ExecutionContext, Injectable, Logger } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, isDomainError } from '../common/errors';
import { digest } from '../common/secrets';
import { AnonymousLimiter } from './anonymous-limiter';
import { AuthenticationService } from './authentication.service';
import { type Dialect, Dialects } from '../http/dialect';
import './caller.decorator';
import { limitedAddress } from './client-address';
import { ASKS_TILL, OWN_LIMIT, type Policy, POLICY, RATE_LIMIT } from './policy';
import type { Principal } from '../common/principal';
import { IDEMPOTENCY } from '../idempotency/idempotency-policy';
import { keyFrom } from '../idempotency/key-header';
import { rateLimitHeaders, type RateLimitVerdict, structuredRateLimit } from '../http/rate-limit-headers';
import { type RateLimitRule, rateLimited } from './rate-limit';
import { RateLimitsService } from './rate-limits.service';
import type { KnownCaller, ReadAlong } from './read-along';

const EVERY_LIMIT: RateLimitRule = {
  name: 'partner',
  limit: ({ partnerPerMinute }) => partnerPerMinute,
  windowSeconds: 60,
};
const WRITE_LIMIT: RateLimitRule = {
  name: 'writes',
  limit: ({ writesPerMinute }) => writesPerMinute,
  windowSeconds: 60,
};
const READING = ['GET', 'HEAD', 'OPTIONS'];
const RETRY_SPREAD_SECONDS = 4;

/**
 * The one door to every handler. It is bound to handlers, not to paths, so no spelling of a path walks around
 * it, and it is closed where a handler says nothing.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly logger = new Logger(AccessGuard.name);

  constructor(
    private readonly reflector: Reflector,
    private readonly authentication: AuthenticationService,
    private readonly rateLimits: RateLimitsService,
    private readonly anonymous: AnonymousLimiter,
    private readonly dialects: Dialects,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const policy = this.read<Policy>(POLICY, context);
    if (policy === undefined) {
      this.logger.error(`${context.getClass().name}.${context.getHandler().name} has no access policy and is closed`);
      throw new DomainError('forbidden');
    }
    if (policy.kind !== 'public') {
      const { principal, key } = await this.authenticate(request, this.alongOf(request, context));
      if (this.dialectOf(request).limiter === 'every_request') await this.countEvery(principal, reply);
      else if (!READING.includes(request.method) && !this.hasOwnLimit(context))
        show(reply, await this.rateLimits.enforce(WRITE_LIMIT, principal.actor));
      assertScope(policy, principal);
      request.principal = principal;
      if (key !== undefined) request.knownKey = key;
    } else if (policy.limited) this.countAnonymous(request, reply);
    const rule = this.read<RateLimitRule>(RATE_LIMIT, context);
    if (rule !== undefined) await this.countRule(rule, request, reply);
    return true;
  }

  /** Whatever writes is limited by default; a route says so when something else counts it. */
  private hasOwnLimit(context: ExecutionContext): boolean {
    return this.read(OWN_LIMIT, context) !== undefined || this.read(RATE_LIMIT, context) !== undefined;
  }

  /** What the handler and the keys before it would ask for next. The part that uses a key judges it. */
  private alongOf(request: FastifyRequest, context: ExecutionContext): ReadAlong {
    const till = this.read(ASKS_TILL, context) === true;
    if (request.headers['idempotency-key'] === undefined || this.read(IDEMPOTENCY, context) === undefined)
      return { key: null, till };
    const key = keyFrom(request.raw.rawHeaders);
    return { key: key === undefined || key === 'malformed' ? null : key.key, till };
  }

  private read<T>(key: string, context: ExecutionContext): T | undefined {
    return this.reflector.getAllAndOverride<T | undefined>(key, [context.getHandler(), context.getClass()]);
  }

  private dialectOf({ routeOptions }: FastifyRequest): Dialect {
    return this.dialects.of(routeOptions.url ?? '');
  }

  private async countRule(rule: RateLimitRule, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const subject = request.principal?.actor ?? limitedAddress(request.ip);
    if (this.dialectOf(request).limiter !== 'every_request')
      return show(reply, await this.rateLimits.enforce(rule, subject));
    const verdict = await this.rateLimits.takeFor(rule, subject);
    for (const [name, value] of Object.entries(structuredRateLimit(verdict, rule.name)))
      reply.header(name, `${String(reply.getHeader(name))}, ${value}`);
    if (!verdict.allowed)
      throw new DomainError('rate_limited', {
        ...(rule.message === undefined ? {} : { detail: rule.message }),
        retryAfterSeconds: verdict.resetSeconds,
      });
  }

  /** One limit over the whole dialect, per credential; requests without the needed scope count as well. */
  private async countEvery(principal: Principal, reply: FastifyReply): Promise<void> {
    const verdict = await this.rateLimits.takeFor(EVERY_LIMIT, principal.actor);
    void reply.headers(structuredRateLimit(verdict));
    if (verdict.allowed) return;
    // A second or two of delay by credential, so that not all that wait for the same window come back at once.
    const spread = (digest(principal.actor)[0] ?? 0) % RETRY_SPREAD_SECONDS;
    throw new DomainError('rate_limited', { retryAfterSeconds: verdict.resetSeconds + spread });
  }

  /** Good credentials always pass; guessing counts like any other anonymous request. */
  private async authenticate(request: FastifyRequest, along: ReadAlong): Promise<KnownCaller> {
    try {
      return await this.authentication.callerOf(request.raw.rawHeaders, along);
    } catch (error) {
      if (isDomainError(error) && error.status < 500) this.countAnonymous(request);
      throw error;
    }
  }

  private countAnonymous(request: FastifyRequest, reply?: FastifyReply): void {
    const verdict = this.anonymous.take(limitedAddress(request.ip));
    if (!verdict.allowed) throw rateLimited(verdict);
    if (reply !== undefined) show(reply, verdict);
  }
}

function assertScope(policy: Policy, principal: Principal): void {
  if (policy.kind !== 'requires' || principal.scopes.has(policy.scope)) return;
  throw new DomainError('missing_scope', {
    detail: `These credentials do not allow this: the scope ${policy.scope} is missing`,
  });
}

function show(reply: FastifyReply, verdict: RateLimitVerdict): void {
  for (const [name, value] of Object.entries(rateLimitHeaders(verdict))) reply.header(name, value);
}
