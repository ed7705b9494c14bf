import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { AuthSettings } from './auth-settings';
import type { RateLimitVerdict } from '../http/rate-limit-headers';

const WINDOW_SECONDS = 60;
/** Addresses counted one by one; in a flood from more than these the rest share one counter, so memory is bounded. */
const MAX_ADDRESSES = 100_000;
const ALL_OTHERS = '*';

/**
 * The generous limit for all callers without credentials. It keeps one address from occupying a process, so it is
 * counted in that process alone and costs no statement.
 */
@Injectable()
export class AnonymousLimiter {
  private window = -1;
  private used = new Map<string, number>();

  constructor(
    private readonly settings: AuthSettings,
    private readonly clock: Clock,
  ) {}

  /** Counts one of the address. */
  take(address: string): RateLimitVerdict {
    return this.verdict(address, 1);
  }

  /** What is left to the address, without counting; allowed while there is anything. */
  look(address: string): RateLimitVerdict {
    const verdict = this.verdict(address, 0);
    return { ...verdict, allowed: verdict.remaining > 0 };
  }

  private verdict(address: string, times: 0 | 1): RateLimitVerdict {
    const seconds = this.clock.real().getTime() / 1000;
    const window = Math.floor(seconds / WINDOW_SECONDS);
    if (window !== this.window) {
      this.window = window;
      this.used = new Map();
    }
    const limit = this.settings.limits.anonymousPerMinute;
    const key = this.used.has(address) || this.used.size < MAX_ADDRESSES ? address : ALL_OTHERS;
    const used = Math.min((this.used.get(key) ?? 0) + times, limit + 1);
    if (times > 0) this.used.set(key, used);
    const resetSeconds = Math.max(1, Math.ceil((window + 1) * WINDOW_SECONDS - seconds));
    return {
      allowed: used <= limit,
      limit,
      remaining: Math.max(0, limit - used),
      resetSeconds,
      windowSeconds: WINDOW_SECONDS,
    };
  }
}
