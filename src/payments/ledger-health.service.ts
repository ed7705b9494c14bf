import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import type { Network } from '../common/network';
import { Networks } from '../stellar/networks';
import { CursorsRepository } from './cursors.repository';
import { QuarantineRepository } from './quarantine.repository';

export interface ReadingState {
  readonly network: Network;
  /** Last ledger read completely. */
  readonly ledger: number;
  /** Seconds since everything up to some close time was read; null before the first complete read. */
  readonly ageSeconds: number | null;
  readonly healthy: boolean;
  /** Items and payments that a human must look at. They are reported, and the service stays ready for payers. */
  readonly quarantined: number;
  /** Payments put aside, because another transaction held their invoice; tried again by themselves. */
  readonly waiting: number;
}

/** A network closes a ledger every few seconds; reading that is this far behind is broken, whatever the cause. */
const MAX_AGE_SECONDS = 60;

@Injectable()
export class LedgerHealthService {
  constructor(
    private readonly cursors: CursorsRepository,
    private readonly quarantine: QuarantineRepository,
    private readonly networks: Networks,
    private readonly clock: Clock,
  ) {}

  /** Health is the age of what was read, not that a process runs. */
  async state(): Promise<ReadingState[]> {
    const [read, counts] = await Promise.all([this.cursors.list(), this.quarantine.counts()]);
    const cursors = new Map(read.map((cursor) => [cursor.network, cursor]));
    const kept = new Map(counts.map((count) => [count.network, count]));
    const now = this.clock.now().getTime();
    return this.networks.enabled.map(({ network }) => {
      const cursor = cursors.get(network);
      const through = cursor?.ingestedThrough ?? null;
      const ageSeconds = through === null ? null : Math.max(0, Math.round((now - through.getTime()) / 1000));
      return {
        network,
        ledger: cursor?.ledger ?? 0,
        ageSeconds,
        healthy: ageSeconds !== null && ageSeconds <= MAX_AGE_SECONDS,
        quarantined: kept.get(network)?.quarantined ?? 0,
        waiting: kept.get(network)?.waiting ?? 0,
      };
    });
  }
}
