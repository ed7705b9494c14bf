import { Injectable } from '@nestjs/common';
import { auditChanges, type Author, type AuditValues } from '../audit-log/audit-entry';
import { AuditLogService } from '../audit-log/audit-log.service';
import type { Invoice } from '../invoices/invoice';
import { EventsService } from '../webhooks/events.service';
import type { EventType } from '../webhooks/event-types';
import type { LinkRevision } from './links.repository';
import { linkEventData, linkState, linkWithInvoiceData, type PaymentLink, printAmount } from './payment-link';

/** Writes the events and audit entries of a link, inside the caller's transaction. */
@Injectable()
export class LinkRecordService {
  constructor(
    private readonly events: EventsService,
    private readonly audit: AuditLogService,
  ) {}

  async announce(type: EventType, link: PaymentLink, invoice: Invoice | null): Promise<void> {
    const data = invoice === null ? linkEventData(link) : linkWithInvoiceData(link, invoice);
    await this.events.record([
      { merchantId: link.merchantId, type, network: link.network, subjectType: 'link', subjectId: link.id, data },
    ]);
  }

  /** By an anonymous payer: only what was chosen is known. */
  chosen(link: PaymentLink, payCurrency: string, invoiceId: string): Promise<void> {
    return this.note(
      'payment_link.chosen',
      link,
      { actor: 'payer', requestId: null },
      { invoiceId: link.invoiceId },
      { invoiceId, payCurrency },
    );
  }

  async updated(link: PaymentLink, author: Author, before: LinkRevision, after: LinkRevision): Promise<void> {
    const changes = auditChanges<AuditValues>(revisionFacts(before), revisionFacts(after));
    if (changes !== null) await this.note('payment_link.updated', link, author, changes.before, changes.after);
  }

  /** `before` and the link as it is now differ in their status. */
  expired(before: PaymentLink, author: Author): Promise<void> {
    return this.note('payment_link.expired', before, author, { status: linkState(before) }, { status: 'expired' });
  }

  private note(
    action: string,
    link: PaymentLink,
    author: Author,
    before: AuditValues | null,
    after: AuditValues,
  ): Promise<void> {
    const { merchantId, network, id } = link;
    return this.audit.record({
      merchantId,
      network,
      actor: author.actor,
      requestId: author.requestId,
      action,
      subjectType: 'paymentLinks',
      subjectId: id,
      before,
      after,
    });
  }
}

/** Amounts as they are printed. */
function revisionFacts({ amount, minimum, maximum, presets, scale, ...facts }: LinkRevision): AuditValues {
  const print = (value: bigint | null): string | null => printAmount({ amount: value, scale });
  return {
    ...facts,
    amount: print(amount),
    minimum: print(minimum),
    maximum: print(maximum),
    presets: presets?.map(print) ?? null,
  };
}
