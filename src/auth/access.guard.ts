import { type CanActivate, type ExecutionContext, Injectable, Logger } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, isDomainError } from '../common/errors';
import { AuthenticationService } from './authentication.service';
import { type Dialect, Dialects } from '../http/dialect';
import './caller.decorator';
import { CallerLimitsService } from './caller-limits.service';
import { limitedAddress } from './client-address';
import { ASKS_TILL, OWN_LIMIT, type Policy, POLICY, RATE_LIMIT } from './policy';
import type { Principal } from '../common/principal';
import { IDEMPOTENCY } from '../idempotency/idempotency-policy';
import { keyFrom } from '../idempotency/key-header';
import type { RateLimitRule } from './rate-limit';
import type { KnownCaller, ReadAlong } from './read-along';

const READING = ['GET', 'HEAD', 'OPTIONS'];

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
    private readonly limits: CallerLimitsService,
    private readonly dialects: Dialects,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const dialect = this.dialectOf(request);
    const policy = this.read<Policy>(POLICY, context);
    if (policy === undefined) {
      this.logger.error(`${context.getClass().name}.${context.getHandler().name} has no access policy and is closed`);
      throw new DomainError('forbidden');
    }
    if (policy.kind !== 'public') {
      const { principal, key } = await this.authenticate(request, reply, this.alongOf(request, context));
      if (this.isCounted(request, context)) await this.limits.countCaller(dialect, principal, reply);
      assertScope(policy, principal);
      request.principal = principal;
      if (key !== undefined) request.knownKey = key;
    } else if (policy.limited) this.limits.countVisitor(dialect, request, reply);
    const rule = this.read<RateLimitRule>(RATE_LIMIT, context);
    if (rule !== undefined)
      await this.limits.countRule(dialect, rule, request.principal?.actor ?? limitedAddress(request.ip), reply);
    return true;
  }

  /** Whatever writes is limited by default; a route says so when something else counts it. */
  private isCounted(request: FastifyRequest, context: ExecutionContext): boolean {
    if (this.dialectOf(request).limiter.counts === 'every_request') return true;
    const hasOwn = this.read(OWN_LIMIT, context) !== undefined || this.read(RATE_LIMIT, context) !== undefined;
    return !READING.includes(request.method) && !hasOwn;
  }

  /** What the handler and the keys before it would ask for next. The part that uses a key judges it. */
  private alongOf(request: FastifyRequest, context: ExecutionContext): ReadAlong {
    const till = this.read(ASKS_TILL, context) === true;
    const isKeyed = request.headers['idempotency-key'] !== undefined && this.read(IDEMPOTENCY, context) !== undefined;
    // A key that belongs to an address is looked up by the part that uses it.
    if (!isKeyed || this.dialectOf(request).keys.byPath) return { key: null, till };
    const key = keyFrom(request.raw.rawHeaders);
    return { key: key === undefined || key === 'malformed' ? null : key.key, till };
  }

  private read<T>(key: string, context: ExecutionContext): T | undefined {
    return this.reflector.getAllAndOverride<T | undefined>(key, [context.getHandler(), context.getClass()]);
  }

  private dialectOf({ routeOptions }: FastifyRequest): Dialect {
    return this.dialects.of(routeOptions.url ?? '');
  }

  /** Good credentials always pass; guessing counts like any other anonymous request. */
  private async authenticate(request: FastifyRequest, reply: FastifyReply, along: ReadAlong): Promise<KnownCaller> {
    try {
      return await this.authentication.callerOf(request.raw.rawHeaders, along);
    } catch (error) {
      if (isDomainError(error) && error.status < 500) this.limits.countAddress(this.dialectOf(request), request, reply);
      throw error;
    }
  }
}

function assertScope(policy: Policy, principal: Principal): void {
  if (policy.kind !== 'requires' || principal.scopes.has(policy.scope)) return;
  throw new DomainError('missing_scope', {
    detail: `These credentials do not allow this: the scope ${policy.scope} is missing`,
  });
}
