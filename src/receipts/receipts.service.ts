import type { Tenant } from '../common/tenant';
import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DomainError } from '../common/errors';
import { Transactions } from '../database/transactions';
import { InvoiceReadsService } from '../invoices/invoice-reads.service';
import type { Invoice } from '../invoices/invoice';
import { InvoicesService } from '../invoices/invoices.service';
import { MerchantsService } from '../merchants/merchants.service';
import { PaymentReadsService } from '../payments/payment-reads.service';
import { EDITION } from './edition';
import { type Reader, type Receipt, receiptOf } from './receipt';
import { ReceiptPrinterService } from './receipt-printer.service';
import { type ReceiptFile, receiptFileName } from './receipt-file';
import { ReceiptsRepository } from './receipts.repository';

/** Receipts of what has been paid. */
@Injectable()
export class ReceiptsService {
  constructor(
    private readonly reads: InvoiceReadsService,
    private readonly invoices: InvoicesService,
    private readonly payments: PaymentReadsService,
    private readonly merchants: MerchantsService,
    private readonly repository: ReceiptsRepository,
    private readonly transactions: Transactions,
    private readonly printer: ReceiptPrinterService,
  ) {}

  /** The merchant's own. Throws `resource_not_found`, for another merchant's too, and `nothing_received` (409). */
  forOwner(owner: Tenant, id: string): Promise<ReceiptFile> {
    return this.file('owner', async () => {
      const invoice = await this.reads.get(owner, id);
      if (invoice.received === 0n)
        throw new DomainError('nothing_received', { detail: 'There is a receipt as soon as something has been paid' });
      return invoice;
    });
  }

  /** For a holder of the public id of a paid invoice; otherwise throws `invoice_not_found`. */
  forPayer(publicId: string): Promise<ReceiptFile> {
    return this.file('payer', async () => {
      const invoice = await this.invoices.getPublic(publicId);
      if (invoice.status !== 'PAID') throw new DomainError('invoice_not_found');
      return invoice;
    });
  }

  private async file(reader: Reader, find: () => Promise<Invoice>): Promise<ReceiptFile> {
    const receipt = await this.transactions.run(async () => {
      await this.repository.fixMoment();
      return this.receipt(await find(), reader);
    });
    const tag = createHash('sha256')
      .update(JSON.stringify([EDITION, receipt]))
      .digest('base64url')
      .slice(0, 22);
    return { name: receiptFileName(receipt.number), tag, bytes: () => this.printer.print(tag, receipt) };
  }

  private async receipt(invoice: Invoice, reader: Reader): Promise<Receipt> {
    const { merchantId, network, id } = invoice;
    const { name } = await this.merchants.settings(merchantId);
    const payments = await this.payments.listApplied({ merchantId, network }, id);
    return receiptOf(
      { invoice, merchantName: name, payments, quote: await this.repository.findQuotedPrice(merchantId, id) },
      reader,
    );
  }
}
