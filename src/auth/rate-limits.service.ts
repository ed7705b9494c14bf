import { Injectable } from '@nestjs/common';
import { SharedStatement } from '../database/shared-statement';
import { AuthSettings } from './auth-settings';
import type { RateLimitVerdict } from '../http/rate-limit-headers';
import { type RateLimitRule, rateLimited } from './rate-limit';
import { RateLimitsRepository, type Taken } from './rate-limits.repository';

/**
 * Strict limits in fixed windows, shared by all replicas: never one request more, however many arrive at once.
 * Inside a transaction a count is undone with it, so that only what succeeded is counted; the price is that the
 * requests of one key wait for each other.
 */
@Injectable()
export class RateLimitsService {
  /** One for each limit and window. */
  private readonly shared = new Map<string, SharedStatement<string, Taken>>();

  constructor(
    private readonly repository: RateLimitsRepository,
    private readonly settings: AuthSettings,
  ) {}

  async take(key: string, limit: number, windowSeconds: number): Promise<RateLimitVerdict> {
    const { used, resetSeconds } = await this.statementOf(limit, windowSeconds).ask(key);
    return { allowed: used !== null, limit, remaining: used === null ? 0 : limit - used, resetSeconds, windowSeconds };
  }

  /** Counts one of `subject` and leaves what follows from the verdict to the caller. */
  takeFor(rule: RateLimitRule, subject: string): Promise<RateLimitVerdict> {
    return this.take(`${rule.name}:${subject}`, rule.limit(this.settings.limits), rule.windowSeconds);
  }

  /** Counts one of `subject` (an actor or an address) and throws `rate_limited` when there was none left. */
  async enforce(rule: RateLimitRule, subject: string): Promise<RateLimitVerdict> {
    const verdict = await this.takeFor(rule, subject);
    if (!verdict.allowed) throw rateLimited(verdict, rule.message);
    return verdict;
  }

  private statementOf(limit: number, windowSeconds: number): SharedStatement<string, Taken> {
    const name = `${limit} in ${windowSeconds}`;
    const known = this.shared.get(name);
    if (known !== undefined) return known;
    const made = new SharedStatement((keys: readonly string[]) => this.repository.take(keys, limit, windowSeconds));
    this.shared.set(name, made);
    return made;
  }
}
