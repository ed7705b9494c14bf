import { Injectable } from '@nestjs/common';
import type { Holding, InvoiceKey } from '../invoices/invoice-settlement.service';
import { LinkLocksRepository } from './link-locks.repository';

/** The second of the locks that money and time take: invoices first, then their links. */
@Injectable()
export class LinkLocksService {
  constructor(private readonly repository: LinkLocksRepository) {}

  /**
   * Holds the links of invoices, which the caller holds, until the caller's transaction ends, so that none that follows its
   * invoice is waited for later. Returns the ids of invoices whose link somebody else holds: none, unless they are skipped.
   */
  async hold(invoices: readonly InvoiceKey[], holding: Holding): Promise<ReadonlySet<string>> {
    return new Set(invoices.length === 0 ? [] : await this.repository.hold(invoices, holding));
  }
}
