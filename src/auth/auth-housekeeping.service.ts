import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { inBatches } from '../database/batches';
import { ChallengesRepository } from './challenges.repository';
import { RateLimitsRepository } from './rate-limits.repository';
import { SessionsRepository } from './sessions.repository';

/** Kept for a day after their end, to be able to look back at an incident. */
const KEEP_SECONDS = 86_400;
const BATCH = 5_000;

@Injectable()
export class AuthHousekeepingService {
  constructor(
    private readonly challenges: ChallengesRepository,
    private readonly sessions: SessionsRepository,
    private readonly rateLimits: RateLimitsRepository,
    private readonly clock: Clock,
  ) {}

  /** Deletes challenges, sessions and counters that ended long ago. Returns how many rows went. */
  async sweep(): Promise<number> {
    const before = new Date(this.clock.real().getTime() - KEEP_SECONDS * 1000);
    const challenges = await inBatches(BATCH, (size) => this.challenges.deleteExpired(before, size));
    const sessions = await inBatches(BATCH, (size) => this.sessions.deleteExpired(before, size));
    return (
      challenges + sessions + (await inBatches(BATCH, (size) => this.rateLimits.deleteOlderThan(KEEP_SECONDS, size)))
    );
  }
}
