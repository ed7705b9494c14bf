import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import { InvoiceSettlementService } from '../invoices/invoice-settlement.service';
import { IntentsRepository, type NewIntent } from './intents.repository';

/** Payments that payers have prepared, and the invoices that show it. */
@Injectable()
export class PreparedPaymentsService {
  constructor(
    private readonly repository: IntentsRepository,
    private readonly settlement: InvoiceSettlementService,
    private readonly transactions: Transactions,
  ) {}

  /** False, and nothing is kept, when the invoice is no longer payable, whatever it was when the caller read it. */
  add(intent: NewIntent): Promise<boolean> {
    return this.transactions.run(async () => {
      if (!(await this.settlement.startProcessing({ merchantId: intent.merchantId, id: intent.invoiceId })))
        return false;
      await this.repository.insert(intent);
      return true;
    });
  }
}
