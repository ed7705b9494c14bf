import type { PricedLine } from '../common/priced-line';
import { Injectable } from '@nestjs/common';
import type { Author } from '../audit-log/audit-entry';
import { AuditLogService } from '../audit-log/audit-log.service';
import { type RateLimitVerdict, rateLimitHeaders } from '../http/rate-limit-headers';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { Ids, isPublicId } from '../common/ids';
import type { Amount, Asset } from '../common/money';
import type { Network } from '../common/network';
import { TransactionConflict, violatedUnique } from '../database/database-errors';
import { Transactions } from '../database/transactions';
import type { WriteFragment } from '../database/write-fragment';
import { LivesService } from '../lives/lives.service';
import { eventAppend, type NewEventRow } from '../webhooks/event-append';
import { EventsService } from '../webhooks/events.service';
import type { StoredTax } from './invoice-totals';
import { invoiceEventData } from './invoice-event';
import { invoiceFacts } from './invoice-facts';
import { CREATED, CREATED_EACH, type CreationLimit, type NewInvoice } from './invoice-insert';
import type { Invoice, PayerAnswers } from './invoice';
import type { InvoiceStatus } from './invoice-states';
import {
  type InvoiceFilter,
  type InvoiceListing,
  type InvoiceStatistics,
  InvoicesRepository,
} from './invoices.repository';

/** Which period of which subscription an invoice asks for. */
export interface InvoicePeriod {
  readonly subscriptionId: string;
  readonly index: number;
}

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
  /** Nothing where it is left out. */
  readonly payer?: PayerAnswers | null;
  readonly lines: readonly PricedLine[];
  readonly subtotal: Amount;
  /** Millionths of one; null where there are several, which `taxes` lists. */
  readonly taxRate: number | null;
  readonly taxes: readonly StoredTax[];
  readonly taxAmount: Amount;
  readonly discount: Amount;
  readonly total: Amount;
  /** Decimals the caller used, so that the amount is printed back as it was given. */
  readonly scale: number;
  readonly activateNewAccounts: boolean;
  readonly expiresAt: Date | null;
  /** The instant that its deadline was counted from; left out, the one of its birth. */
  readonly createdAt?: Date;
  readonly policy: { readonly toleranceBp: number; readonly lateGraceSeconds: number };
  /** Absent for what no subscription asks for. */
  readonly period?: InvoicePeriod;
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

/** What comes with a new invoice, written by the same statement; fragments may read its columns from the table `created`. */
export interface Companions {
  readonly events: readonly NewEventRow[];
  readonly writes: readonly WriteFragment[];
}

/** Rows of other nouns, written by the statement that makes an invoice. */
export type WrittenBeside = (invoice: NewInvoice) => readonly WriteFragment[];

/** The rules of invoices that do not involve money arriving. */
@Injectable()
export class InvoicesService {
  constructor(
    private readonly repository: InvoicesRepository,
    private readonly events: EventsService,
    private readonly audit: AuditLogService,
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
      const created = await this.createLimited(draft, allowance);
      await this.note(author, created.invoice);
      return created;
    });
  }

  /** The same where only the rate of requests is limited. Throws `recovering`. */
  createUnlimited(author: Author, draft: InvoiceDraft): Promise<Invoice> {
    return this.transactions.run(async () => {
      const invoice = await this.createWith(draft);
      await this.note(author, invoice);
      return invoice;
    });
  }

  /** An invoice whose companions record its creator. Throws as `create` does. */
  async createLimited(
    draft: InvoiceDraft,
    allowance: CreationAllowance,
    companions?: (invoice: NewInvoice) => Companions,
  ): Promise<CreatedInvoice> {
    const limit = limitWindow(allowance, this.clock.real());
    const created = await this.insert([draft], limit.window, companions);
    if (created === 'limit_reached') throw limitReached(allowance, limit.state(allowance.limit));
    return { invoice: one(created.invoices), limit: limit.state(created.limitUsed ?? 0) };
  }

  /** The same where only the rate of requests is limited. Throws `recovering`. */
  async createWith(draft: InvoiceDraft, companions?: (invoice: NewInvoice) => Companions): Promise<Invoice> {
    return one(await this.unlimited([draft], companions));
  }

  /** However many of one merchant on one network, in one statement, each in the place of its draft. Throws `recovering`: then none is made. */
  async createAll(drafts: readonly InvoiceDraft[]): Promise<Invoice[]> {
    return drafts.length === 0 ? [] : this.unlimited(drafts);
  }

  /** What anyone with the public id may see. Drafts are included: the merchant gave the id to its holder. */
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
    const [invoices, total] = await Promise.all([
      this.repository.list(merchantId, listing),
      this.repository.count(merchantId, filter),
    ]);
    return { invoices, total };
  }

  /** Over one network, or over all when null. */
  statistics(merchantId: string, network: Network | null): Promise<InvoiceStatistics[]> {
    return this.repository.statistics(merchantId, network);
  }

  private async unlimited(
    drafts: readonly InvoiceDraft[],
    companions?: (invoice: NewInvoice) => Companions,
  ): Promise<Invoice[]> {
    const created = await this.insert(drafts, null, companions);
    if (created === 'limit_reached') throw new Error('an invoice without a limit reached it');
    return created.invoices;
  }

  /** One statement. Companions come with one invoice alone. */
  private insert(
    drafts: readonly InvoiceDraft[],
    limit: CreationLimit | null,
    companions: (invoice: NewInvoice) => Companions = () => ALONE,
  ): Promise<{ invoices: Invoice[]; limitUsed: number | null } | 'limit_reached'> {
    return this.transactions.persist(async () => {
      const invoices = drafts.map((draft) => this.birth(draft));
      const own = invoices.map((invoice) => this.birthEvent(invoice));
      const { events, writes } = companions(one(invoices.slice(0, 1)));
      const told = invoices.length === 1 ? eventAppend([...own, ...events], CREATED) : eventAppend(own, CREATED_EACH);
      const created = await this.repository
        .create({
          invoices: invoices.map((invoice) => ({
            invoice,
            numberSuffix: `-${this.ids.publicId().slice(0, 6).toUpperCase()}`,
          })),
          limit,
          companions: [...writes, told],
        })
        .catch((error: unknown) => {
          // Another merchant on the same account has taken the number at the same moment, or the random one was drawn twice.
          throw violatedUnique(error) === 'payment_references_pkey'
            ? new TransactionConflict('a payment reference was taken by another transaction', { cause: error })
            : error;
        });
      if (created === 'recovering') throw this.lives.refusal();
      if (created !== 'limit_reached') this.events.written([one(invoices.slice(0, 1)).merchantId]);
      return created;
    });
  }

  private birthEvent(invoice: NewInvoice): NewEventRow {
    const { merchantId, network, id, createdAt } = invoice;
    return {
      merchantId,
      id: this.ids.row(),
      type: 'invoice.created',
      network,
      subjectType: 'invoice',
      subjectId: id,
      data: invoiceEventData(invoice),
      createdAt,
    };
  }

  private birth({ policy, asset, period, ...draft }: InvoiceDraft): NewInvoice {
    const now = draft.createdAt ?? this.clock.now();
    return {
      ...draft,
      payer: draft.payer ?? null,
      ...policy,
      lines: [...draft.lines],
      taxes: [...draft.taxes],
      assetCode: asset.code,
      assetIssuer: asset.issuer,
      subscriptionId: period?.subscriptionId ?? null,
      periodIndex: period?.index ?? null,
      id: this.ids.row(),
      publicId: this.ids.publicId(),
      referenceNumber: this.ids.referenceNumber(),
      createdAt: now,
      sentAt: draft.status === 'PENDING' ? now : null,
    };
  }

  private note({ actor, requestId }: Author, invoice: Invoice): Promise<void> {
    const { merchantId, network, id, number } = invoice;
    return this.audit.record({
      actor,
      requestId,
      merchantId,
      network,
      action: 'invoice.created',
      subjectType: 'invoices',
      subjectId: id,
      before: null,
      after: { ...invoiceFacts(invoice), number },
    });
  }
}

const ALONE: Companions = { events: [], writes: [] };

function one<T>(rows: readonly T[]): T {
  const [row, ...more] = rows;
  if (row === undefined || more.length > 0) throw new Error(`${rows.length} rows where one was to be`);
  return row;
}

function limitWindow(
  allowance: CreationAllowance,
  now: Date,
): { window: CreationLimit; state: (used: number) => RateLimitVerdict } {
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
  return new DomainError(allowance.refusal, {
    detail: allowance.message,
    retryAfterSeconds: verdict.resetSeconds,
    headers: rateLimitHeaders(verdict),
  });
}
