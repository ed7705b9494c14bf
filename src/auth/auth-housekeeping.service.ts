import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { ChallengesRepository } from './challenges.repository';
import { RateLimitsRepository } from './rate-limits.repository';
import { SessionsRepository } from './sessions.repository';

/** Kept for a day after their end, to be able to look back at an incident. */
const KEEP_SECONDS = 86_400;

@Injectable()
export class AuthHousekeeping {
  constructor(
    private readonly challenges: ChallengesRepository,
    private readonly sessions: SessionsRepository,
    private readonly rateLimits: RateLimitsRepository,
    private readonly clock: Clock,
  ) {}

  /** Deletes challenges, sessions and counters that ended long ago. Returns how many rows went. */
  async sweep(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - KEEP_SECONDS * 1000);
    const challenges = await this.challenges.deleteExpired(before);
    const sessions = await this.sessions.deleteExpired(before);
    return challenges + sessions + (await this.rateLimits.deleteOlderThan(KEEP_SECONDS));
  }
}
