import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { inBatches } from '../database/batches';
import { QuotesRepository } from './quotes.repository';

/** Long enough to answer a payer's question about a price that was offered. */
const KEEP_MS = 30 * 24 * 3600 * 1000;
const BATCH = 2_000;

@Injectable()
export class QuoteHousekeepingService {
  constructor(
    private readonly quotes: QuotesRepository,
    private readonly clock: Clock,
  ) {}

  /** Deletes quotes without a choice, 30 days after their end, in short statements. A quote that an invoice rests on stays. Returns how many went. */
  sweep(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - KEEP_MS);
    return inBatches(BATCH, (size) => this.quotes.deleteUnchosen(before, size));
  }
}
