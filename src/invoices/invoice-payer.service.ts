import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { InvoicePayerRepository } from './invoice-payer.repository';

/** What payers change of what they said. */
@Injectable()
export class InvoicePayerService {
  constructor(
    private readonly repository: InvoicePayerRepository,
    private readonly clock: Clock,
  ) {}

  /** Another address on an invoice that waits for money; false for one that does not. Inside the caller's transaction. */
  readdress(key: { readonly merchantId: string; readonly id: string }, email: string | null): Promise<boolean> {
    return this.repository.readdress(key, email, this.clock.now());
  }
}
