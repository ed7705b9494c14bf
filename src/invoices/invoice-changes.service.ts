import { Injectable } from '@nestjs/common';
import { auditChanges, type AuditValues } from '../audit/audit-entry';
import { AuditService } from '../audit/audit.service';
import type { ChangingPrincipal } from '../auth/principal';
import { formatAmount } from '../common/money';
import { Transactions } from '../database/transactions';
import type { Invoice } from './invoice.entity';
import { type CreatedInvoice, type CreationAllowance, type InvoiceDraft, InvoicesService } from './invoices.service';

type Patch = Parameters<InvoicesService['patch']>[2];
type Change = 'created' | 'updated' | 'sent' | 'deleted';

/** Words about a person or a deal: which of them changed is kept, what they said can be erased. */
const WORDS = ['title', 'description', 'notes', 'clientName', 'clientEmail', 'clientCompany', 'clientAddress'] as const;

/** Drafts as a human makes and changes them, each with its entry in the audit log. */
@Injectable()
export class InvoiceChanges {
  constructor(
    private readonly invoices: InvoicesService,
    private readonly audit: AuditService,
    private readonly transactions: Transactions,
  ) {}

  /** See InvoicesService.create. */
  create(author: ChangingPrincipal, draft: InvoiceDraft, allowance: CreationAllowance): Promise<CreatedInvoice> {
    return this.transactions.run(async () => {
      const created = await this.invoices.create(draft, allowance, null);
      await this.note(author, 'created', created.invoice, null, { ...facts(created.invoice), number: created.invoice.number });
      return created;
    });
  }

  /** Throws `invoice_not_draft`, as `send` and `delete` do. */
  patch(author: ChangingPrincipal, before: Invoice, patch: Patch): Promise<Invoice> {
    return this.transactions.run(async () => {
      const after = await this.invoices.patch(author.merchantId, before.publicId, patch);
      const changes = auditChanges(facts(before), facts(after));
      const words = WORDS.filter((name) => before[name] !== after[name]);
      await this.note(author, 'updated', after, changes?.before ?? null, { ...changes?.after, ...(words.length === 0 ? {} : { changed: words }) });
      return after;
    });
  }

  send(author: ChangingPrincipal, before: Invoice): Promise<Invoice> {
    return this.transactions.run(async () => {
      const after = await this.invoices.send(author.merchantId, before.publicId);
      await this.note(author, 'sent', after, { status: before.status }, { status: after.status });
      return after;
    });
  }

  delete(author: ChangingPrincipal, before: Invoice): Promise<void> {
    return this.transactions.run(async () => {
      await this.invoices.delete(author.merchantId, before.publicId);
      await this.note(author, 'deleted', before, facts(before), null);
    });
  }

  private note({ actor, requestId }: ChangingPrincipal, change: Change, { merchantId, network, id }: Invoice, before: AuditValues | null, after: AuditValues | null): Promise<void> {
    return this.audit.record({ merchantId, network, actor, requestId, action: `invoice.${change}`, subjectType: 'invoices', subjectId: id, before, after });
  }
}

function facts({ status, total, scale, assetCode, reference, expiresAt }: Invoice): AuditValues {
  return { status, amount: formatAmount(total, scale), currency: assetCode, reference, expiresAt };
}
