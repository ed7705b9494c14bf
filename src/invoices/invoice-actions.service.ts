import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { type Author, auditChanges } from '../audit-log/audit-entry';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { isPublicId, isRowId } from '../common/ids';
import type { NotedChange } from './invoice-change';
import { InvoiceDoorService } from './invoice-door.service';
import { invoiceFacts } from './invoice-facts';
import { type InvoiceReason, invoiceSources, type InvoiceStatus } from './invoice-states';
import type { Invoice } from './invoice';
import { type InvoiceAddress, type InvoicePatch, InvoicesRepository } from './invoices.repository';

export type { InvoiceAddress, InvoicePatch };

type OwnerChange = NotedChange & { readonly invoice: Invoice };

interface OwnerMove {
  readonly type: NotedChange['type'];
  readonly sources: readonly InvoiceStatus[];
  readonly target: InvoiceStatus;
  readonly reason: InvoiceReason;
}

/** The owner's actions on an invoice. Every method throws `resource_not_found`, or `invoice_not_found` when called with the public id. */
@Injectable()
export class InvoiceActionsService {
  constructor(
    private readonly repository: InvoicesRepository,
    private readonly door: InvoiceDoorService,
    private readonly clock: Clock,
  ) {}

  /**
   * Money is judged by the terms that it met, and these stay: of an invoice that money has named only the words change.
   * Throws `invoice_not_draft`, `invoice_met_by_money`.
   */
  patch(author: Author, address: InvoiceAddress, patch: InvoicePatch): Promise<Invoice> {
    return this.change(author, address, async (before) => {
      assertDraft(before);
      if (changesTerms(before, patch) && (await this.repository.isMet(before)))
        throw metByMoney('what it asks for cannot change any more');
      const invoice = await this.repository.patchDraft(before, patch, this.clock.now());
      return { type: 'invoice.updated', invoice, moved: null, note: noteOfPatch(before, invoice) };
    });
  }

  /** Throws `invoice_not_draft`. */
  send(author: Author, address: InvoiceAddress): Promise<Invoice> {
    const move = { type: 'invoice.sent', sources: ['DRAFT'], target: 'PENDING', reason: 'owner_sent' } as const;
    return this.move(author, address, move, notDraft);
  }

  /** Throws `invoice_not_draft`, `invoice_met_by_money`. */
  async delete(author: Author, address: InvoiceAddress): Promise<void> {
    await this.change(author, address, async (before) => {
      assertDraft(before);
      if (await this.repository.isMet(before)) throw metByMoney('it cannot be deleted');
      const invoice = await this.repository.deleteDraft(before, this.clock.now());
      return { type: 'invoice.deleted', invoice, moved: null, note: { before: invoiceFacts(before), after: null } };
    });
  }

  /** Money that arrives afterwards is held in suspense, never silently accepted. Throws `invoice_not_cancellable`. */
  cancel(author: Author, address: InvoiceAddress): Promise<Invoice> {
    const sources = invoiceSources('CANCELLED');
    const move = { type: 'invoice.cancelled', sources, target: 'CANCELLED', reason: 'owner_cancelled' } as const;
    return this.move(author, address, move, notCancellable);
  }

  private async move(
    author: Author,
    address: InvoiceAddress,
    { type, sources, target, reason }: OwnerMove,
    refusal: (from: InvoiceStatus) => DomainError,
  ): Promise<Invoice> {
    const [{ invoice }] = await this.door.change(author, async (): Promise<readonly [OwnerChange]> => {
      assertAddress(address);
      const found = await this.repository.holdAndMove(address, sources, target, this.clock.now());
      if (found === null) throw unknown(address);
      if (found.invoice === null) throw refusal(found.from);
      const note = { before: { status: found.from }, after: { status: target } };
      return [{ type, invoice: found.invoice, moved: { from: found.from, reason }, note }];
    });
    return invoice;
  }

  private async change(
    author: Author,
    address: InvoiceAddress,
    write: (before: Invoice) => Promise<OwnerChange>,
  ): Promise<Invoice> {
    const [{ invoice }] = await this.door.change(author, async (): Promise<readonly [OwnerChange]> => [
      await write(await this.hold(address)),
    ]);
    return invoice;
  }

  private async hold(address: InvoiceAddress): Promise<Invoice> {
    assertAddress(address);
    const invoice = await this.repository.hold(address);
    if (invoice === null) throw unknown(address);
    return invoice;
  }
}

/** A malformed id belongs to no invoice. */
function assertAddress(address: InvoiceAddress): void {
  const isId = address.by === 'id' ? isRowId : isPublicId;
  if (!isId(address.value)) throw unknown(address);
}

function unknown({ by }: InvoiceAddress): DomainError {
  return new DomainError(by === 'id' ? 'resource_not_found' : 'invoice_not_found');
}

/** Words about a person or a deal: which of them changed is kept, what they said can be erased. */
const WORDS = ['title', 'description', 'notes', 'clientName', 'clientEmail', 'clientCompany', 'clientAddress'] as const;

function noteOfPatch(before: Invoice, after: Invoice): NotedChange['note'] {
  const changes = auditChanges(invoiceFacts(before), invoiceFacts(after));
  const words = WORDS.filter((name) => before[name] !== after[name]);
  return {
    before: changes?.before ?? null,
    after: { ...changes?.after, ...(words.length === 0 ? {} : { changed: words }) },
  };
}

/** What decides whether money fits, and so may not change behind money that was judged. */
const TERMS = [
  'lines',
  'subtotal',
  'taxRate',
  'taxes',
  'taxAmount',
  'discount',
  'total',
  'scale',
  'assetCode',
  'assetIssuer',
  'expiresAt',
] as const satisfies readonly (keyof InvoicePatch)[];

function changesTerms(invoice: Invoice, patch: InvoicePatch): boolean {
  return TERMS.some((term) => patch[term] !== undefined && !isDeepStrictEqual(patch[term], invoice[term]));
}

function assertDraft({ status }: Invoice): void {
  if (status !== 'DRAFT') throw notDraft();
}

function notDraft(): DomainError {
  return new DomainError('invoice_not_draft');
}

function notCancellable(from: InvoiceStatus): DomainError {
  return new DomainError('invoice_not_cancellable', {
    detail: `Invoice cannot be cancelled. Current status: ${from}`,
  });
}

function metByMoney(what: string): DomainError {
  return new DomainError('invoice_met_by_money', {
    detail: `Money has arrived for this invoice, so ${what}. Cancel it, or supersede it by a new one`,
  });
}
