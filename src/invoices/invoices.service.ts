import { Injectable } from '@nestjs/common';
import type { Author } from '../audit/audit-entry';
import { AuditService } from '../audit/audit.service';
import { type RateLimitVerdict, rateLimitHeaders } from '../auth/rate-limit';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { Ids, isPublicId } from '../common/ids';
import { type Amount, type Asset, formatAmount } from '../common/money';
import type { Network } from '../common/network';
import { violatedUnique } from '../database/database-errors';
import { Transactions } from '../database/transactions';
import { LivesService } from '../lives/lives.service';
import { EventsService } from '../webhooks/events.service';
import type { StoredLine } from './invoice.entity';
import type { StoredTax } from './invoice-taxes';
import { invoiceEventData } from './invoice-event';
import { invoiceFacts } from './invoice-facts';
import type { CreationLimit, InvoiceCreation, NewEvent, NewInvoice } from './invoice-insert';
import type { Invoice } from './invoice.entity';
import type { InvoiceStatus } from './invoice-states';
import { type InvoiceFilter, type InvoiceListing, type InvoiceStatistics, InvoicesRepository } from './invoices.repository';

/** What any dialect says of a new invoice, already validated and in domain terms. */
export interface InvoiceDraft {
  readonly merchantId: string;
  readonly createdBy: string;
  readonly network: Network;
  readonly destination: string;
  readonly asset: Asset;
  readonly status: Extract<InvoiceStatus, 'DRAFT' | 'PENDING'>;
  readonly title: string;
  readonly description: string | null;
  readonly notes: string | null;
  readonly reference: string | null;
  readonly clientName: string | null;
  readonly clientEmail: string | null;
  readonly clientCompany: string | null;
  readonly clientAddress: string | null;
  readonly lines: readonly StoredLine[];
  readonly subtotal: Amount;
  /** Millionths of one; null where there are several, which `taxes` tells. */
  readonly taxRate: number | null;
  readonly taxes: readonly StoredTax[];
  readonly taxAmount: Amount;
  readonly discount: Amount;
  readonly total: Amount;
  /** Decimals the caller used, so that the amount is printed back as it was given. */
  readonly scale: number;
  readonly activateNewAccounts: boolean;
  readonly expiresAt: Date | null;
  readonly policy: { readonly toleranceBp: number; readonly lateGraceSeconds: number };
}

/** How many creations a window allows, and which window: the caller's documented limit. */
export interface CreationAllowance {
  readonly name: string;
  readonly subject: string;
  readonly limit: number;
  readonly windowSeconds: number;
  readonly refusal: 'link_limit_reached' | 'invoice_limit_reached';
  /** Sentence of the refusal. */
  readonly message: string;
}

export interface CreatedInvoice {
  readonly invoice: Invoice;
  readonly limit: RateLimitVerdict;
}

const MAX_REFERENCE_ATTEMPTS = 5;

/** The rules of invoices that do not involve money arriving. */
@Injectable()
export class InvoicesService {
  constructor(
    private readonly repository: InvoicesRepository,
    private readonly events: EventsService,
    private readonly audit: AuditService,
    private readonly lives: LivesService,
    private readonly transactions: Transactions,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Creates an invoice of its own, with its entry in the audit log. The limit counts created invoices only. Throws the allowance's
   * refusal when the window is full, and `recovering` while no reference may be given out.
   */
  create(author: Author, draft: InvoiceDraft, allowance: CreationAllowance): Promise<CreatedInvoice> {
    return this.transactions.run(async () => {
      const created = await this.insert(draft, allowance, null);
      const { merchantId, network, id, number } = created.invoice;
      await this.audit.record({ ...author, merchantId, network, action: 'invoice.created', subjectType: 'invoices', subjectId: id, before: null, after: { ...invoiceFacts(created.invoice), number } });
      return created;
    });
  }

  /** The invoice that a link asks for, whose own entry in the audit log tells of it. Throws as `create` does. */
  createForLink(draft: InvoiceDraft, allowance: CreationAllowance): Promise<CreatedInvoice> {
    return this.insert(draft, allowance, null);
  }

  /** An invoice with the single-use link that shares its public id, and the link's entry in the audit log: one statement. Throws as `create` does. */
  createWithLink(author: Author, draft: InvoiceDraft, allowance: CreationAllowance): Promise<CreatedInvoice> {
    return this.insert(draft, allowance, author);
  }

  /** What anyone with the public id may see; drafts included, since whoever holds the id was given it. */
  async getPublic(publicId: string): Promise<Invoice> {
    const invoice = isPublicId(publicId) ? await this.repository.findPublicById(publicId) : null;
    if (invoice === null) throw new DomainError('invoice_not_found');
    return invoice;
  }

  async getOwned(merchantId: string, publicId: string): Promise<Invoice> {
    const invoice = isPublicId(publicId) ? await this.repository.findOwned(merchantId, publicId) : null;
    if (invoice === null) throw new DomainError('invoice_not_found');
    return invoice;
  }

  async list(merchantId: string, listing: InvoiceListing): Promise<{ invoices: Invoice[]; total: number }> {
    const filter: InvoiceFilter = listing;
    const [invoices, total] = await Promise.all([this.repository.list(merchantId, listing), this.repository.count(merchantId, filter)]);
    return { invoices, total };
  }

  /** Over one network, or over all when null. */
  statistics(merchantId: string, network: Network | null): Promise<InvoiceStatistics[]> {
    return this.repository.statistics(merchantId, network);
  }

  private async insert(draft: InvoiceDraft, allowance: CreationAllowance, linkAuthor: Author | null): Promise<CreatedInvoice> {
    const now = this.clock.now();
    const limit = limitWindow(allowance, now);
    const { policy, asset, ...rest } = draft;
    for (let attempt = 1; ; attempt++) {
      const invoice: NewInvoice = {
        ...rest,
        ...policy,
        lines: [...draft.lines],
        taxes: [...draft.taxes],
        assetCode: asset.code,
        assetIssuer: asset.issuer,
        id: this.ids.row(),
        publicId: this.ids.publicId(),
        referenceNumber: this.ids.referenceNumber(),
        createdAt: now,
        sentAt: draft.status === 'PENDING' ? now : null,
      };
      const creation = this.creation(invoice, limit.window, linkAuthor, attempt > 1);
      try {
        const created = await this.transactions.recoverable(() => this.repository.create(creation));
        if (created === 'recovering') throw this.lives.refusal();
        if (created === 'limit_reached') throw limitReached(allowance, limit.state(allowance.limit));
        this.events.written([created.invoice.merchantId]);
        return { invoice: created.invoice, limit: limit.state(created.limitUsed) };
      } catch (error) {
        // Another merchant on the same account holds this number, or the random number was drawn twice.
        if (violatedUnique(error) !== 'payment_references_pkey' || attempt === MAX_REFERENCE_ATTEMPTS) throw error;
      }
    }
  }

  private creation(invoice: NewInvoice, limit: CreationLimit, linkAuthor: Author | null, sharedAccount: boolean): InvoiceCreation {
    const data = invoiceEventData(invoice);
    const events: NewEvent[] = [{ id: this.ids.row(), type: 'invoice.created', subjectType: 'invoice', subjectId: invoice.id, data }];
    const link = linkAuthor === null ? null : this.link(invoice, linkAuthor);
    if (link !== null) events.push({ id: this.ids.row(), type: 'link.created', subjectType: 'link', subjectId: link.id, data: { ...data, linkId: link.id } });
    return { invoice, limit, events, link, numberSuffix: sharedAccount ? `-${this.ids.publicId().slice(0, 6).toUpperCase()}` : '' };
  }

  private link(invoice: NewInvoice, { actor, requestId }: Author): NonNullable<InvoiceCreation['link']> {
    const { merchantId, network, total, scale, assetCode, reference, expiresAt, createdAt } = invoice;
    const [id, kind] = [this.ids.row(), 'standard' as const];
    const after = { kind, status: 'pending', amount: formatAmount(total, scale), currency: assetCode, accountCurrency: null, maxPayments: null, reference, expiresAt };
    return { id, kind, audit: { merchantId, id: this.ids.row(), actor, requestId, network, action: 'payment_link.created', subjectType: 'paymentLinks', subjectId: id, before: null, after, occurredAt: createdAt } };
  }
}

function limitWindow(allowance: CreationAllowance, now: Date): { window: CreationLimit; state: (used: number) => RateLimitVerdict } {
  const widthMs = allowance.windowSeconds * 1000;
  const startMs = Math.floor(now.getTime() / widthMs) * widthMs;
  const resetSeconds = Math.ceil((startMs + widthMs - now.getTime()) / 1000);
  const { limit, windowSeconds } = allowance;
  return {
    window: { key: `${allowance.name}:${allowance.subject}`, windowStart: new Date(startMs), limit },
    state: (used) => ({ allowed: true, limit, remaining: Math.max(0, limit - used), resetSeconds, windowSeconds }),
  };
}

function limitReached(allowance: CreationAllowance, verdict: RateLimitVerdict): DomainError {
  return new DomainError(allowance.refusal, { detail: allowance.message, retryAfterSeconds: verdict.resetSeconds, headers: rateLimitHeaders(verdict) });
}
