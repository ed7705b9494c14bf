import { Injectable } from '@nestjs/common';
import { AuthSettings } from './auth-settings';
import { type RateLimitRule, type RateLimitVerdict, rateLimited } from './rate-limit';
import { RateLimitsRepository } from './rate-limits.repository';

/**
 * Strict limits in fixed windows, shared by all replicas: never one request more, however many arrive at once.
 * Inside a transaction a count is undone with it, so that only what succeeded is counted; the price is that the
 * requests of one key wait for each other.
 */
@Injectable()
export class RateLimitsService {
  constructor(
    private readonly repository: RateLimitsRepository,
    private readonly settings: AuthSettings,
  ) {}

  async take(key: string, limit: number, windowSeconds: number): Promise<RateLimitVerdict> {
    const { used, resetSeconds } = await this.repository.take(key, limit, windowSeconds);
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
}
