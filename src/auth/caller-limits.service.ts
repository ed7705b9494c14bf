import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from '../common/clock';
import { DomainError, isDomainError } from '../common/errors';
import type { Principal } from '../common/principal';
import { digest } from '../common/secrets';
import { type Dialect, Dialects } from '../http/dialect';
import type { RateLimitVerdict } from '../http/rate-limit-headers';
import { AnonymousLimiter } from './anonymous-limiter';
import { AuthenticationService } from './authentication.service';
import { limitedAddress } from './client-address';
import { presentedCredentials } from './presented-credentials';
import type { RateLimitRule } from './rate-limit';
import { RateLimitsService } from './rate-limits.service';

declare module 'fastify' {
  interface FastifyReply {
    /** The header fields of a limit are set. */
    tellsLimit?: true;
  }
}

type Request = Pick<FastifyRequest, 'ip' | 'raw'>;

/** Counts requests against the limits of their dialect, and tells what is left in its header fields. */
@Injectable()
export class CallerLimitsService {
  constructor(
    private readonly rateLimits: RateLimitsService,
    private readonly anonymous: AnonymousLimiter,
    private readonly authentication: AuthenticationService,
    private readonly dialects: Dialects,
    private readonly clock: Clock,
  ) {}

  /** One limit over the whole dialect, per credential; requests without the needed scope count as well. Throws `rate_limited`. */
  async countCaller({ limiter }: Dialect, { actor }: Principal, reply: FastifyReply): Promise<void> {
    const verdict = await this.rateLimits.takeFor(limiter, actor);
    this.show(limiter, verdict, reply);
    const spread = limiter.spreadSeconds === 0 ? 0 : (digest(actor)[0] ?? 0) % limiter.spreadSeconds;
    if (!verdict.allowed) throw new DomainError('rate_limited', { retryAfterSeconds: verdict.resetSeconds + spread });
  }

  /** A limit of one route, beside that of the dialect. Throws `rate_limited`. */
  async countRule({ limiter }: Dialect, rule: RateLimitRule, subject: string, reply: FastifyReply): Promise<void> {
    const verdict = await this.rateLimits.takeFor(rule, subject);
    if (limiter.ownLimit !== 'left_out') this.show(limiter, verdict, reply, rule.name);
    if (verdict.allowed) return;
    throw new DomainError('rate_limited', {
      ...(rule.message === undefined ? {} : { detail: rule.message }),
      retryAfterSeconds: verdict.resetSeconds,
    });
  }

  /** Callers without good credentials, by address. Throws `rate_limited`. */
  countAddress({ limiter }: Dialect, request: Request, reply: FastifyReply): void {
    const verdict = this.anonymous.take(limitedAddress(request.ip));
    if (!verdict.allowed || limiter.onEveryAnswer) this.showAddress(limiter, verdict, reply);
    if (!verdict.allowed) throw new DomainError('rate_limited', { retryAfterSeconds: verdict.resetSeconds });
  }

  /** Public routes tell what is left to the address. Throws `rate_limited`. */
  countVisitor({ limiter }: Dialect, request: Request, reply: FastifyReply): void {
    const verdict = this.anonymous.take(limitedAddress(request.ip));
    this.showAddress(limiter, verdict, reply);
    if (!verdict.allowed) throw new DomainError('rate_limited', { retryAfterSeconds: verdict.resetSeconds });
  }

  /**
   * Before an answer to a request that nothing has counted is sent, where the dialect tells its limits on every answer: it is counted
   * like any other of its client, or shows what is left to its address. Never fails.
   */
  async countRefused(request: Request, reply: FastifyReply): Promise<void> {
    const { limiter } = this.dialects.of(request.raw.url ?? '/');
    if (!limiter.onEveryAnswer || reply.tellsLimit === true) return;
    const caller = await this.clientOf(request);
    const verdict =
      caller === undefined ? undefined : await this.rateLimits.takeFor(limiter, caller.actor).catch(() => undefined);
    if (verdict === undefined) this.showUncounted(request, reply);
    else this.show(limiter, verdict, reply);
  }

  /** What is left to the address, where nothing may be awaited. */
  showUncounted(request: Request, reply: FastifyReply): void {
    const { limiter } = this.dialects.of(request.raw.url ?? '/');
    if (limiter.onEveryAnswer) this.showAddress(limiter, this.anonymous.look(limitedAddress(request.ip)), reply);
  }

  /** The same for what is answered without a reply: bytes that are not HTTP. Behind a proxy the address is that of the proxy. */
  fieldsUncounted(url: string, address: string): Readonly<Record<string, string>> {
    const { limiter } = this.dialects.of(url);
    if (!limiter.onEveryAnswer) return {};
    return limiter.addressFields(this.anonymous.look(limitedAddress(address)), this.clock.real());
  }

  /** The client whose pair a request presents; guessing counts like any other anonymous request. */
  private async clientOf({ raw, ip }: Request): Promise<Principal | undefined> {
    if (!this.anonymous.look(limitedAddress(ip)).allowed) return undefined;
    try {
      if (presentedCredentials(raw.rawHeaders).kind !== 'client_key') return undefined;
      return (await this.authentication.callerOf(raw.rawHeaders)).principal;
    } catch (error) {
      if (isDomainError(error, 'invalid_credentials')) this.anonymous.take(limitedAddress(ip));
      return undefined;
    }
  }

  private show(limiter: Dialect['limiter'], verdict: RateLimitVerdict, reply: FastifyReply, name?: string): void {
    const fields = limiter.fields(verdict, this.clock.real(), name);
    for (const [field, value] of Object.entries(fields)) {
      const told = name === undefined || limiter.ownLimit !== 'joins' ? undefined : reply.getHeader(field);
      void reply.header(field, told === undefined ? value : `${String(told)}, ${value}`);
    }
    reply.tellsLimit = true;
  }

  private showAddress(limiter: Dialect['limiter'], verdict: RateLimitVerdict, reply: FastifyReply): void {
    void reply.headers(limiter.addressFields(verdict, this.clock.real()));
    reply.tellsLimit = true;
  }
}
