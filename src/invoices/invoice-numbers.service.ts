import { Injectable } from '@nestjs/common';
import type { Network } from '../common/network';
import { InvoiceNumbersRepository, type NumberSeen } from './invoice-numbers.repository';

export type { NumberSeen };

/** Numbers that were given out in a lost life, as far as the ledger shows them. */
@Injectable()
export class InvoiceNumbersService {
  constructor(private readonly repository: InvoiceNumbersRepository) {}

  /** True when a payment names a number that no merchant on that account has come to yet. */
  anyBeyond(network: Network, seen: readonly NumberSeen[]): Promise<boolean> {
    return this.repository.anyBeyond(network, seen);
  }

  /** The next numbers of these merchants come after what was seen. */
  async passBy(network: Network, seen: readonly NumberSeen[]): Promise<void> {
    await this.repository.passBy(network, seen);
  }
}
