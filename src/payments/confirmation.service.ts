import { Injectable } from '@nestjs/common';
import { DomainError } from '../common/errors';
import { formatAmount } from '../common/money';
import type { Network } from '../common/network';
import type { Invoice } from '../invoices/invoice';
import { InvoicesService } from '../invoices/invoices.service';
import type { LedgerTransaction } from '../stellar/ledger-source';
import { LedgerSources } from '../stellar/ledger-sources';
import { asDomainFailure } from './ledger-failure';
import { notPayable } from './payable';
import type { Outcome } from './payment-matcher';
import { PaymentsService } from './payments.service';

export interface Confirmation {
  readonly alreadyPaid: boolean;
  readonly transactionHash: string;
  readonly ledger: number;
  readonly paidAt: Date;
}

const HASH = /^[0-9a-f]{64}$/i;
/** Why money that meant this invoice could not pay it any more. */
const CAME_TOO_LATE: readonly Outcome[] = ['invoice_closed', 'too_late', 'link_full'];

/** A hash is only a hint where to look: what counts is what the ledger says about the operations behind it. */
@Injectable()
export class ConfirmationService {
  constructor(
    private readonly invoices: InvoicesService,
    private readonly payments: PaymentsService,
    private readonly sources: LedgerSources,
  ) {}

  /**
   * Reads the transaction, records every credit in it, and says whether this invoice is paid now. Throws
   * `transaction_not_found`, `transaction_failed`, `transaction_mismatch`, `underpayment`, `invoice_not_payable`.
   */
  async confirm(publicId: string, hash: string): Promise<Confirmation> {
    const invoice = await this.invoices.getPublic(publicId);
    if (invoice.status === 'PAID') return confirmationOf(invoice, true);
    const transaction = await this.lookUp(invoice.network, hash);
    if (transaction === null)
      throw new DomainError('transaction_not_found', { detail: 'Transaction not found on network' });
    if (!transaction.successful) throw new DomainError('transaction_failed');
    await this.payments.record(invoice.network, transaction.credits, transaction.unreadable);
    const after = await this.invoices.getPublic(publicId);
    if (after.status === 'PAID') return confirmationOf(after, after.paidTransaction !== transaction.hash);
    throw await this.reason(after, transaction);
  }

  /** Any transaction of any enabled network, with every credit in it. Independent of invoices. */
  async verify(hash: string): Promise<LedgerTransaction> {
    for (const { network } of this.sources.all) {
      const transaction = await this.lookUp(network, hash);
      if (transaction !== null) return transaction;
    }
    throw new DomainError('transaction_not_found');
  }

  private async lookUp(network: Network, hash: string): Promise<LedgerTransaction | null> {
    if (!HASH.test(hash)) return null;
    try {
      return await this.sources.of(network).transaction(hash.toLowerCase());
    } catch (error) {
      throw asDomainFailure(error);
    }
  }

  private async reason(invoice: Invoice, transaction: LedgerTransaction): Promise<DomainError> {
    const outcomes = await this.payments.outcomesFor(invoice, transaction.hash);
    if (outcomes.some((each) => each.disposition === 'applied')) {
      return new DomainError('underpayment', {
        detail: `Underpayment: paid ${formatAmount(invoice.received, 2)}, expected ${formatAmount(invoice.total, 2)}`,
      });
    }
    if (outcomes.some((each) => CAME_TOO_LATE.includes(each.outcome))) return notPayable(invoice);
    return new DomainError('transaction_mismatch');
  }
}

function confirmationOf(invoice: Invoice, alreadyPaid: boolean): Confirmation {
  const { paidTransaction, paidLedger, paidAt } = invoice;
  if (paidTransaction === null || paidLedger === null || paidAt === null)
    throw new Error('a paid invoice without proof');
  return { alreadyPaid, transactionHash: paidTransaction, ledger: paidLedger, paidAt };
}
