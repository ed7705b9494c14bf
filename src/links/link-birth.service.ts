import { Injectable } from '@nestjs/common';
import { auditAppend } from '../audit-log/audit-append';
import type { AuditValues, Author } from '../audit-log/audit-entry';
import { Ids } from '../common/ids';
import { Transactions } from '../database/transactions';
import { invoiceEventData } from '../invoices/invoice-event';
import type { NewInvoice } from '../invoices/invoice-insert';
import {
  type CreatedInvoice,
  type CreationAllowance,
  type InvoiceDraft,
  InvoicesService,
  type WrittenBeside,
} from '../invoices/invoices.service';
import { LivesService } from '../lives/lives.service';
import { eventAppend, type NewEventRow } from '../webhooks/event-append';
import { EventsService } from '../webhooks/events.service';
import { bornLink, linkInsert, type NewLink } from './link-insert';
import { LinksRepository } from './links.repository';
import { linkEventData, linkState, linkWithInvoiceData, type PaymentLink, printAmount } from './payment-link';

/** The facts of a link that do not depend on how it is made. */
export type LinkFacts = Omit<NewLink, 'id' | 'publicId' | 'invoiceId' | 'createdAt'>;

/** The one place where links are made: with their invoice or without, always with their event and their entry in the audit log, in one statement. */
@Injectable()
export class LinkBirthService {
  constructor(
    private readonly repository: LinksRepository,
    private readonly invoices: InvoicesService,
    private readonly events: EventsService,
    private readonly lives: LivesService,
    private readonly transactions: Transactions,
    private readonly ids: Ids,
  ) {}

  /** A single-use link with the invoice that shares its public id. Throws `recovering`, and violates what `linkInsert` does. */
  async withInvoice(author: Author, facts: LinkFacts, draft: InvoiceDraft): Promise<PaymentLink> {
    let link: PaymentLink | undefined;
    await this.invoices.createWith(draft, (invoice) => {
      const born = this.companions(author, facts, invoice);
      ({ link } = born);
      return born;
    });
    if (link === undefined) throw new Error('an invoice was made without the link that asked for it');
    return link;
  }

  /** The same under a limit: throws the allowance's refusal, too. `beside` is written by the same statement. */
  withLimitedInvoice(
    author: Author,
    facts: LinkFacts,
    draft: InvoiceDraft,
    allowance: CreationAllowance,
    beside: WrittenBeside = () => [],
  ): Promise<CreatedInvoice> {
    return this.invoices.createLimited(draft, allowance, (invoice) => {
      const { events, writes } = this.companions(author, facts, invoice);
      return { events, writes: [...writes, ...beside(invoice)] };
    });
  }

  /** A link whose payers choose first. Throws and violates as `withInvoice` does. */
  async alone(author: Author, facts: LinkFacts, createdAt: Date): Promise<PaymentLink> {
    const link = { ...facts, id: this.ids.row(), publicId: this.ids.publicId(), invoiceId: null, createdAt };
    const born = bornLink(link);
    const told = eventAppend([this.event(born, linkEventData(born))], { table: 'linked' });
    const written = await this.transactions.persist(() =>
      this.repository.insertAlone(link, [told, auditAppend(this.entry(author, born, born.reference), 'linked')]),
    );
    if (!written) throw this.lives.refusal();
    this.events.written([link.merchantId]);
    return born;
  }

  private companions(
    author: Author,
    facts: LinkFacts,
    invoice: NewInvoice,
  ): { link: PaymentLink; events: NewEventRow[]; writes: ReturnType<typeof linkInsert>[] } {
    const row = {
      ...facts,
      id: this.ids.row(),
      publicId: invoice.publicId,
      invoiceId: invoice.id,
      createdAt: invoice.createdAt,
    };
    const link = bornLink(row);
    const events = [this.event(link, linkWithInvoiceData(link, { ...invoice, received: 0n }))];
    return {
      link,
      events,
      writes: [linkInsert(row, 'created'), auditAppend(this.entry(author, link, invoice.reference), 'linked')],
    };
  }

  private event(
    { merchantId, id, network, createdAt }: PaymentLink,
    data: ReturnType<typeof invoiceEventData>,
  ): NewEventRow {
    return {
      merchantId,
      id: this.ids.row(),
      type: 'link.created',
      network,
      subjectType: 'link',
      subjectId: id,
      data,
      createdAt,
    };
  }

  private entry(
    { actor, requestId }: Author,
    link: PaymentLink,
    reference: string | null,
  ): Parameters<typeof auditAppend>[0] {
    const { merchantId, network, createdAt } = link;
    return {
      merchantId,
      id: this.ids.row(),
      actor,
      requestId,
      network,
      action: 'payment_link.created',
      subjectType: 'paymentLinks',
      subjectId: link.id,
      before: null,
      after: { ...factsOf(link), reference },
      occurredAt: createdAt,
    };
  }
}

function factsOf(link: PaymentLink): AuditValues {
  const { kind, currency, accountCurrency, maxPayments, expiresAt } = link;
  return {
    kind,
    status: linkState(link),
    amount: printAmount(link),
    currency,
    accountCurrency,
    maxPayments,
    expiresAt,
  };
}
