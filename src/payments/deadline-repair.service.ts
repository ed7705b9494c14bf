import { Injectable, Logger } from '@nestjs/common';
import { inBatches } from '../database/batches';
import { DeadlineRepairRepository } from './deadline-repair.repository';

const PAGE = 500;
/** Rows of one kind that are held at a time: payers wait for them. */
const BATCH = 1_000;
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Puts missing rows back into the queue of deadlines: of a process of an earlier release, which knew of no queue, or lost ones.
 * Without it an invoice would stay open for ever. One merchant after the other. It reads all invoices, so it runs once a day.
 */
@Injectable()
export class DeadlineRepairService {
  private readonly logger = new Logger('Deadlines');

  constructor(private readonly repository: DeadlineRepairRepository) {}

  /** How many were missing. */
  async run(): Promise<number> {
    let missing = 0;
    for (let after = NOBODY; ;) {
      const merchants = await this.repository.listMerchants(after, PAGE);
      for (const merchant of merchants)
        missing += await inBatches(BATCH, (size) => this.repository.repair(merchant, size));
      after = merchants.at(-1) ?? NOBODY;
      if (merchants.length < PAGE) break;
    }
    if (missing > 0) this.logger.warn({ msg: 'deadlines that were not in the queue are there again', missing });
    return missing;
  }
}
