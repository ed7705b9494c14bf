import { Injectable } from '@nestjs/common';
import type { Amount } from '../../common/money';
import type { Invoice } from '../../invoices/invoice';
import { LinkChoicesRepository } from '../choices/link-choices.repository';
import type { PaymentLink } from '../payment-link';

/** Slots that a merchant fills in the name of a customer. */
@Injectable()
export class SlotHoldingService {
  constructor(private readonly choices: LinkChoicesRepository) {}

  /** The invoice holds the slot that the caller has just taken, in the same transaction. */
  hold(link: PaymentLink, invoice: Invoice, payCurrency: string, amount: Amount): Promise<void> {
    const choice = {
      invoiceId: invoice.id,
      quoteId: null,
      payCurrency,
      amount,
      quantity: 1,
      createdAt: invoice.createdAt,
      basket: null,
      keyDigest: null,
      saidDigest: null,
    };
    return this.choices.hold(link, choice, null);
  }
}
