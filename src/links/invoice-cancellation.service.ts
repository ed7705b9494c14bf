import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service';
import type { ChangingPrincipal } from '../auth/principal';
import { Transactions } from '../database/transactions';
import type { Invoice } from '../invoices/invoice.entity';
import { InvoiceReads } from '../invoices/invoice-reads.service';
import { LinksService } from './links.service';

/** Withdraws an invoice and the link it belongs to. Here and not with the invoices, because the link must follow. */
@Injectable()
export class InvoiceCancellation {
  constructor(
    private readonly reads: InvoiceReads,
    private readonly links: LinksService,
    private readonly audit: AuditService,
    private readonly transactions: Transactions,
  ) {}

  /** Throws `resource_not_found`, and `invoice_not_cancellable` for what is paid or closed. */
  cancel(author: ChangingPrincipal, id: string): Promise<Invoice> {
    return this.transactions.run(async () => {
      const { before, after } = await this.withdraw(author, id);
      await this.note(author, before, after);
      return after;
    });
  }

  /** Inside the caller's transaction, which notes it at its end: the head of the audit log is the last row that anybody takes. */
  async withdraw(author: ChangingPrincipal, id: string): Promise<{ before: Invoice; after: Invoice }> {
    const before = await this.reads.get(author, id);
    return { before, after: await this.links.cancel(author.merchantId, before.publicId) };
  }

  async note(author: ChangingPrincipal, before: Invoice, { merchantId, network, id, status }: Invoice): Promise<void> {
    await this.audit.record({ merchantId, network, actor: author.actor, requestId: author.requestId, action: 'invoice.cancelled', subjectType: 'invoices', subjectId: id, before: { status: before.status }, after: { status } });
  }
}
